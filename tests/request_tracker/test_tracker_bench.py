"""The benchmark's archive is a real one: its chains verify."""

from tracker_office import MONDAY

from request_tracker.bench.archive import fill
from request_tracker.cases import Desk, waiting_for
from request_tracker.upkeep import audit


def test_the_made_up_archive_verifies_like_a_lived_one(desk: Desk) -> None:
    numbers = fill(desk, 60, MONDAY)
    assert len(numbers) == 60
    assert audit(desk) == []
    assert len(waiting_for(desk, {"technician"})) == 4
