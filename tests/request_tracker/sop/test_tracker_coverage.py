"""The acceptance list and how a test's name counts for it."""

import pytest

from request_tracker.sop.coverage import Clause, clause_ids, coverage, markdown, read_clauses


def test_the_acceptance_list_has_its_101_rows() -> None:
    rows = read_clauses()
    counts = {p: sum(row.priority == p for row in rows) for p in ("P1", "P2", "P3", "X")}
    assert (len(rows), counts) == (101, {"P1": 71, "P2": 16, "P3": 4, "X": 10})


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("test_PKL_B_03_section_head_waits", {"PKL-B-03"}),
        ("test_PKL_B_01_to_03_a_letter", {"PKL-B-01", "PKL-B-02", "PKL-B-03"}),
        ("test_PKL_G_02_03_filed_afterwards", {"PKL-G-02", "PKL-G-03"}),
        ("test_BTM_08a_a_photo", {"BTM-08a"}),
        ("test_BTM_KT1_to_3_a_new_sop", {"BTM-KT1", "BTM-KT2", "BTM-KT3"}),
        ("test_PKL_B_SUM_BTM_SUM_KTM_E_golden", {"PKL-B-SUM", "BTM-SUM", "KTM-E"}),
        ("test_X_AUD_a_flipped_bit", {"X-AUD"}),
        ("test_nothing_of_the_kind", set()),
    ],
)
def test_a_tests_name_carries_its_clauses(name: str, ids: set[str]) -> None:
    assert clause_ids(name) == ids


def test_a_row_of_several_clauses_is_complete_only_with_all_of_them() -> None:
    row = Clause(("PKL-G-06", "PKL-G-07"), "P1", "")
    assert not coverage([row], ["t.py::test_PKL_G_06_read"])[0].complete
    assert coverage([row], ["t.py::test_PKL_G_06_07_read"])[0].complete


def test_a_test_of_a_whole_path_alone_proves_no_row_of_it() -> None:
    rows = [Clause(("BTM-06",), "P1", ""), Clause(("BTM-KT1", "BTM-KT2"), "P1", "")]
    path, whole = "t.py::test_BTM_01_to_14_the_path", "t.py::test_BTM_KT1_to_2_both"
    six, kept = coverage(rows, [path, whole])
    assert (six.tests, six.complete, six.paths) == ((), False, (path,))
    assert (kept.tests, kept.complete) == ((whole,), True)
    own = "t.py::test_BTM_06_the_analysis"
    assert coverage(rows, [path, own])[0].complete
    assert "not yet<br>passed through by `test_BTM_01_to_14_the_path`" in markdown([six])
