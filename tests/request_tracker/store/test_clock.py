"""A clock that was set back: no chain's times run backwards, and the rights journal says so once."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from tracker_office import DIVISION, HEAD, MONDAY, request

from request_tracker.cases import Desk, Sign, history, run
from request_tracker.custody.upkeep import audit
from request_tracker.ledger import allocations
from request_tracker.ledger.allocation import Allocation
from request_tracker.ledger.allocations import Change
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.store.acting import JOB, Acting, acting_as
from request_tracker.store.clock import SET_BACK, WAITED, watch_clock

HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
TEN = Allocation(1_250_000, 1_250_000, 1_250_000, 1_250_000)


def still(at: datetime) -> Callable[[], datetime]:
    """A clock that stands."""
    return lambda: at


def set_backs(desk: Desk) -> list[dict[str, str]]:
    rows = desk.store.rows("SELECT data FROM rights_journal WHERE kind = ? ORDER BY seq", [SET_BACK])
    return [json.loads(row["data"]) for row in rows]


def times(desk: Desk, table: str, key: str) -> list[str]:
    return [row["at"] for row in desk.store.rows(f"SELECT recorded_at AS at FROM {table} ORDER BY {key}")]


def announce(desk: Desk, now: datetime) -> None:
    with desk.store.transaction() as db:
        allocations.write(desk.store, db, [Change("dinkes", TEN, "user:1", None, "uji")], now)


@pytest.mark.parametrize("back", [HOUR, YEAR])
def test_an_act_on_a_case_after_the_clock_was_set_back_is_said_once(desk: Desk, back: timedelta) -> None:
    number = request(desk)
    run(desk, number, Sign("PKL-B-02", note="proses"), HEAD, MONDAY - back)
    (line,) = set_backs(desk)
    assert line == {
        "from": MONDAY.isoformat(timespec="microseconds"),
        "to": (MONDAY - back).isoformat(timespec="microseconds"),
    }
    run(desk, number, Sign("PKL-B-03", note="proses"), DIVISION, MONDAY - back + timedelta(minutes=5))
    assert len(set_backs(desk)) == 1 and audit(desk) == []


def test_who_has_waited_for_another_set_no_clock_back(desk: Desk) -> None:
    number = request(desk)
    run(desk, number, Sign("PKL-B-02", note="proses"), HEAD, MONDAY - WAITED)
    recorded = [event.recorded_at for event in history(desk, number)]
    assert set_backs(desk) == [] and recorded == sorted(recorded)


def test_the_ledger_is_not_written_backwards_and_says_so(desk: Desk) -> None:
    announce(desk, MONDAY)
    announce(desk, MONDAY - HOUR)
    recorded = times(desk, "ledger", "id")
    assert recorded == sorted(recorded) and len(set(recorded[-2:])) == 1
    assert len(set_backs(desk)) == 1 and allocations.chain_faults(desk.store) == []


def test_the_rights_journal_is_not_written_backwards_whichever_door_a_line_came_by(desk: Desk) -> None:
    for at in (MONDAY + YEAR * 10, MONDAY + YEAR * 10 - HOUR):
        with acting_as(Acting("user:1", JOB, still(at))):
            add_user(desk.store, NewAccount(f"orang{at:%H}", "Orang", ("technician",), "sandi-yang-panjang"), MONDAY)
    recorded = times(desk, "rights_journal", "seq")
    assert recorded == sorted(recorded) and len(set(recorded[-2:])) == 1
    assert audit(desk) == []


def test_a_set_back_is_said_also_where_nobody_acts_after_it(desk: Desk) -> None:
    request(desk)
    now = MONDAY + YEAR * 20
    with acting_as(Acting("system", JOB, lambda: now)):
        add_user(desk.store, NewAccount("orang", "Orang", ("technician",), "sandi-yang-panjang"), now)
        assert not watch_clock(desk.store, now)
        assert [watch_clock(desk.store, now - HOUR) for _ in range(3)] == [True, True, True]
    assert len(set_backs(desk)) == 1
    with acting_as(Acting("system", JOB, lambda: now)):
        assert watch_clock(desk.store, now - 2 * HOUR)
    assert len(set_backs(desk)) == 2 and audit(desk) == []
