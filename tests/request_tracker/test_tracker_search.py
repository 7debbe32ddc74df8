"""Search: any piece of a number, a subject or a letter's number, whatever signs it holds."""

import pytest
from tracker_office import request

from request_tracker.cases import Desk, find_cases
from request_tracker.upkeep import rebuild


@pytest.mark.parametrize("text", ["bandwidth", "ambahan ba", "2026/0000", "BW", "PKL-BW/2026/000001"])
def test_a_case_is_found_by_any_piece_of_its_number_or_subject(desk: Desk, text: str) -> None:
    number = request(desk)
    assert [row["number"] for row in find_cases(desk, text)] == [number]


@pytest.mark.parametrize("text", ['"', '""" OR "', "NEAR(", "a* AND", "%", "'; DROP", "tid\0ak ada", "tidak ada"])
def test_signs_of_the_search_language_are_only_signs(desk: Desk, text: str) -> None:
    request(desk)
    assert find_cases(desk, text) == [] or text == "%"


def test_the_search_index_is_rebuilt_from_the_cases(desk: Desk) -> None:
    number = request(desk)
    with desk.store.transaction() as db:
        db.execute("INSERT INTO cases_search (cases_search) VALUES ('delete-all')")
    assert find_cases(desk, "bandwidth") == []
    rebuild(desk)
    assert [row["number"] for row in find_cases(desk, "bandwidth")] == [number]
