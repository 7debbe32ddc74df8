"""The ledger's page at a moment: what was decided to come is in force from then on; a page that was touched, never."""

from typing import Any

import pytest

from inventory.ledger_page import PageError, in_force, page_hash, timed_part


def row(opd: str, rate: int) -> dict[str, Any]:
    rates = {"guaranteed": rate, "ceiling": rate}
    return {"opd": opd, "receive": rates, "transmit": rates, "case": None}


ROWS = [row("dinkes", 10), row("rsud", 20)]


def page(*ahead: tuple[float, int, list[dict[str, Any]]]) -> dict[str, Any]:
    steps = [{"at": at, "revision": revision, "allocations": rows, "profiles": []} for at, revision, rows in ahead]
    return {"revision": 7, "hash": page_hash(ROWS), "allocations": ROWS, "timed": timed_part(steps)}


EVENT = page((100.0, 8, [row("dinkes", 50)]), (200.0, 9, [row("dinkes", 10)]))


@pytest.mark.parametrize(
    ("moment", "revision", "rate", "until"),
    [
        (None, 7, 10, None),
        (99.999, 7, 10, 100.0),
        (100.0, 8, 50, 200.0),
        (199.0, 8, 50, 200.0),
        (200.0, 9, 10, None),
        (9e9, 9, 10, None),
    ],
)
def test_a_step_is_in_force_from_its_very_moment(
    moment: float | None, revision: int, rate: int, until: float | None
) -> None:
    now = in_force(EVENT, moment)
    assert (now.revision, now.rows[0]["receive"]["ceiling"], now.until) == (revision, rate, until)
    assert now.hash == page_hash([row("dinkes", rate), ROWS[1]])


def test_an_office_that_begins_stands_in_the_order_of_the_ledger() -> None:
    assert [one["opd"] for one in in_force(page((1.0, 8, [row("kelurahan", 5)])), 2.0).rows] == [
        "dinkes",
        "kelurahan",
        "rsud",
    ]


def test_a_page_without_times_is_as_it_was_answered() -> None:
    plain = {key: value for key, value in EVENT.items() if key != "timed"}
    assert in_force(plain, 150.0).revision == 7


@pytest.mark.parametrize(
    ("touched", "said"),
    [
        ({"hash": "0" * 64}, "its hash 000000000000"),
        ({"timed": {**EVENT["timed"], "hash": "1" * 64}}, "times that do not give their hash 111111111111"),
        ({"timed": {**EVENT["timed"], "ahead": []}}, "times that do not give their hash"),
        ({"timed": timed_part(list(reversed(EVENT["timed"]["ahead"])))}, "not in their order"),
    ],
)
def test_a_page_that_was_touched_is_refused_at_any_moment(touched: dict[str, Any], said: str) -> None:
    for moment in (None, 150.0):
        with pytest.raises(PageError, match=said):
            in_force({**EVENT, **touched}, moment)
