"""What a test of refusals stands on: cases at a place, and the refusal of an act that writes nothing."""

from datetime import timedelta

import pytest
from tracker_office import (
    MONDAY,
    request,
    to_technician,
)

from request_tracker.cases import (
    Cancel,
    Desk,
    Who,
    history,
    read_case,
    run,
)
from request_tracker.errors import Refused

DAY = timedelta(days=1)


def refused(desk: Desk, number: str, act: object, who: Who, days: float = 0) -> Refused:
    """The refusal; nothing of the act stands in the case's history."""
    before = history(desk, number)
    with pytest.raises(Refused) as found:
        run(desk, number, act, who, MONDAY + days * DAY)  # type: ignore[arg-type]  # wrong acts on purpose
    assert history(desk, number) == before
    return found.value


def at_technician(desk: Desk) -> str:
    number = request(desk)
    to_technician(desk, number)
    return number


def ended(desk: Desk) -> str:
    number = request(desk)
    run(desk, number, Cancel("tidak jadi"), owner(desk, number), MONDAY)
    return number


def owner(desk: Desk, number: str) -> Who:
    return Who(str(read_case(desk, number).contact), frozenset({"requester"}))
