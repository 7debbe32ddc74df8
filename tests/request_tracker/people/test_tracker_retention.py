"""Personal data past its time: told first, erased then, with an event that holds none of it and a file without it."""

from datetime import timedelta
from pathlib import Path

import pytest
from tracker_office import CONTACT, MONDAY, REQUESTER, request
from tree import EXAMPLE_CITY

from request_tracker import cli
from request_tracker.cases import Cancel, Desk, history, run
from request_tracker.custody.upkeep import audit
from request_tracker.people.privacy import export_person
from request_tracker.people.retention import due, erase_due

YEAR = timedelta(days=365)
OLD = timedelta(days=400)


def ended(desk: Desk) -> str:
    """A case that was withdrawn an hour after it was opened."""
    number = request(desk)
    run(desk, number, Cancel("tidak jadi"), REQUESTER, MONDAY + timedelta(hours=1))
    return number


def test_X_PDP_only_cases_that_ended_before_the_period_are_due(desk: Desk) -> None:
    number = ended(desk)
    request(desk)
    assert due(desk, 365, MONDAY + YEAR) == []
    assert [row["number"] for row in due(desk, 365, MONDAY + OLD)] == [number]


def test_X_PDP_what_was_erased_is_an_event_without_the_data_and_gone_from_the_file(desk: Desk) -> None:
    number = ended(desk)
    assert erase_due(desk, 365, MONDAY + OLD) == [number]
    assert erase_due(desk, 365, MONDAY + OLD) == []
    told = history(desk, number)[-1]
    assert (told.kind, told.data["why"]) == ("personal_data_masked", "masa simpan 365 hari")
    assert not set(CONTACT.values()) & set(export_person(desk.store, number)["contact"].values())
    assert audit(desk) == []
    assert desk.store.value("PRAGMA secure_delete") == 1
    desk.store.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert CONTACT["email"].encode() not in desk.store.path.read_bytes()


def test_X_PDP_the_command_only_tells_until_it_is_told_to_erase(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = ended(desk)
    with desk.store.transaction() as db:
        db.execute("UPDATE cases SET ended_at = '2020-01-01T00:00:00.000000+00:00' WHERE number = ?", [number])
    city = EXAMPLE_CITY
    config = tmp_path / "tracker.yaml"
    config.write_text(f"inventory: {city}\ndatabase: {desk.store.path}\nfiles: {tmp_path}\npersonal_data_days: 365\n")
    assert cli.main(["person", "retention", "--config", str(config)]) == 0
    assert f"{number:<22} ended 2020-01-01\n1 cases ended more than 365 days ago" in capsys.readouterr().out
    assert export_person(desk.store, number)["contact"]["email"] == CONTACT["email"]
    assert cli.main(["person", "retention", "--erase", "--config", str(config)]) == 0
    assert "1 erased" in capsys.readouterr().out
    assert export_person(desk.store, number)["contact"]["email"] is None
    config.write_text(f"inventory: {city}\ndatabase: {desk.store.path}\nfiles: {tmp_path}\n")
    assert cli.main(["person", "retention", "--config", str(config)]) == 1
