"""What a page verifies: everything new since the last whole verification, and never more said than was read."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from broken_statements import broken, fault
from tracker_office import HEAD, MONDAY, request

from request_tracker.cases import Desk, Sign, run
from request_tracker.custody.auditor import night_round
from request_tracker.custody.verification import last_whole, verify_new, verify_whole

NIGHT = MONDAY + timedelta(hours=17)


def spoil(desk: Desk, number: str) -> None:
    """Change a case's first event by a hand that knows SQL."""
    with desk.store.transaction() as db:
        db.execute("DROP TRIGGER IF EXISTS events_no_update")
        db.execute(
            "UPDATE events SET data = replace(data, 'daring', 'luring') WHERE seq = 1 AND case_id ="
            " (SELECT id FROM cases WHERE number = ?)",
            [number],
        )


def test_X_AUD_only_cases_with_newer_events_are_read_and_their_faults_found(desk: Desk, tmp_path: Path) -> None:
    first, second = request(desk), request(desk)
    assert verify_whole(desk, tmp_path, MONDAY) == []
    assert verify_new(desk, tmp_path).cases == 0
    run(desk, second, Sign("PKL-B-02", note="proses"), HEAD, MONDAY + timedelta(minutes=1))
    assert (verify_new(desk, tmp_path).cases, verify_new(desk, tmp_path).faults) == (1, [])
    spoil(desk, first)
    spoil(desk, second)
    found = verify_new(desk, tmp_path).faults
    assert any(second in line for line in found) and not any(first in line for line in found)
    assert verify_whole(desk, tmp_path, MONDAY) != []


def test_X_AUD_the_bound_is_kept_and_what_is_left_is_said(desk: Desk, tmp_path: Path) -> None:
    for _ in range(3):
        request(desk)
    told = verify_new(desk, tmp_path, most=2)
    assert (told.cases, told.left, told.faults) == (2, 1, [])


def test_X_AUD_an_event_that_was_verified_and_is_gone_is_found(desk: Desk, tmp_path: Path) -> None:
    request(desk)
    verify_whole(desk, tmp_path, MONDAY)
    with desk.store.transaction() as db:
        db.execute("DROP TRIGGER IF EXISTS events_no_delete")
        db.execute("DELETE FROM events WHERE id = (SELECT max(id) FROM events)")
    assert any("are there now" in line for line in verify_new(desk, tmp_path).faults)


def test_X_AUD_everything_is_verified_once_a_night_and_damage_is_told(desk: Desk, tmp_path: Path) -> None:
    number = request(desk)
    assert night_round(desk, tmp_path, MONDAY) is None
    assert night_round(desk, tmp_path, NIGHT + timedelta(hours=1)) == []
    assert night_round(desk, tmp_path, NIGHT + timedelta(hours=2)) is None
    with desk.store.transaction() as db:
        db.execute("UPDATE cases SET subject = 'diubah tangan' WHERE number = ?", [number])
    found = night_round(desk, tmp_path, NIGHT + timedelta(days=1, hours=1))
    assert found and "diubah tangan" in found[0]
    whole = last_whole(desk.store)
    assert whole is not None and whole.faults == len(found)
    told = desk.store.rows("SELECT recipient FROM outbox WHERE key LIKE 'audit:%' ORDER BY recipient")
    assert [row["recipient"] for row in told] == ["role:admin", "role:auditor"]


def test_a_round_that_stops_half_way_is_told_or_done_again(desk: Desk, tmp_path: Path) -> None:
    request(desk)
    at = NIGHT + timedelta(hours=1)
    with desk.store.transaction() as db:
        db.execute("INSERT INTO files VALUES (?, 1, 'a', 'b', 'c')", ["a" * 64])
    for statement in range(1, 100):
        with broken(desk.store, statement, fault) as round_, suppress(KeyError):
            night_round(desk, tmp_path, at)
        told = desk.store.value("SELECT count(*) FROM outbox WHERE key LIKE 'audit:%'")
        assert told == (2 if last_whole(desk.store) else 0)
        if len(round_.written) < statement:
            break
    assert told == 2 and night_round(desk, tmp_path, at) is None
