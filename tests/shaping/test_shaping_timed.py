"""Rates that begin and end by themselves: at their moments, with the tracker silent, also after a restart."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from devices import Box
from ledgers import CITY, at_night, ledger, timed

from shaping.agent import Agent
from shaping.config import Config
from shaping.errors import ShapingError
from shaping.state import load

BASE, EVENT = (625_000, 1_250_000), (625_000, 6_250_000)
OFFICES = tuple(opd.code for opd in CITY.opds)
BEGIN, END = 1_000.0, 2_000.0


class Clock:
    """The agent's clock."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Silence:
    """A tracker that answers once, and what the agent could tell it."""

    def __init__(self, body: Any) -> None:
        self.body, self.proofs, self.silent = body, list[Any](), False

    def call(self, method: str, body: Any) -> Any:
        if self.silent:
            raise ShapingError("tracker: silent")
        if method == "GET":
            return self.body
        self.proofs.append(body)
        return None


def agent_of(place: Path, device: Box, clock: Clock) -> Agent:
    config = Config(inventory=place, uplink="isp-utama", tracker="http://127.0.0.1:9", token="env:TOKEN", state=place)
    return Agent(config, CITY, device, clock=clock)


def turns(agent: Agent, clock: Clock, *moments: float) -> list[int]:
    """The ceiling of ``dinkes`` after a turn of the loop at each moment."""
    found: list[int] = []
    left = list(moments)

    class Over(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert isinstance(agent.driver, Box)
            found.append(agent.driver.queues["dinkes", "receive"].ceiling_bytes_per_second)
            if not left:
                self.set()
                return True
            clock.now = left.pop(0)
            return False

    clock.now = left.pop(0)
    agent.over = Over()
    agent.run()
    return found


def event(*offices: str) -> dict[str, Any]:
    """The offices get more between begin and end; everybody has the same before and after."""
    base = dict.fromkeys(OFFICES, BASE)
    more, back = dict.fromkeys(offices, EVENT), dict.fromkeys(offices, BASE)
    return timed(ledger(7, **base), (BEGIN, 8, more), (END, 9, back))


@pytest.fixture
def tracker(monkeypatch: pytest.MonkeyPatch) -> Silence:
    here = Silence(event("dinkes"))
    monkeypatch.setattr(Agent, "_call", lambda _, method, path, body: here.call(method, body))
    return here


def test_a_rate_begins_and_ends_at_its_moments_while_the_tracker_is_silent(tmp_path: Path, tracker: Silence) -> None:
    clock = Clock()
    agent = agent_of(tmp_path, Box(), clock)
    assert turns(agent, clock, 0.0) == [BASE[1]]
    tracker.silent = True
    moments = (BEGIN - 0.001, BEGIN, END - 0.001, END, END + 9_999)
    assert turns(agent, clock, *moments) == [BASE[1], EVENT[1], EVENT[1], BASE[1], BASE[1]]
    assert agent.revision is not None and agent.revision.number == 9


def test_the_proof_after_the_end_names_the_revision_that_the_tracker_has_then(tmp_path: Path, tracker: Silence) -> None:
    clock = Clock()
    agent = agent_of(tmp_path, Box(), clock)
    turns(agent, clock, 0.0)
    for at in (BEGIN, END):
        clock.now = at
        agent.round(tracker.body)
    assert [proof["revision"] for proof in tracker.proofs] == [7, 8, 9]
    first, _, last = tracker.proofs
    assert first["hash"] == last["hash"] and first["readback"] == last["readback"] and last["ok"]


def test_an_agent_that_was_off_at_the_moment_puts_it_in_force_at_its_start(tmp_path: Path, tracker: Silence) -> None:
    clock = Clock()
    turns(agent_of(tmp_path, Box(), clock), clock, 0.0)
    tracker.silent = True
    assert turns(agent_of(tmp_path, Box(), clock), clock, BEGIN + 1) == [EVENT[1]]
    assert turns(agent_of(tmp_path, Box(), clock), clock, END + 1) == [BASE[1]]


def test_what_is_decided_to_come_is_kept_before_it_changes_any_rate(tmp_path: Path, tracker: Silence) -> None:
    clock, device = Clock(), Box()
    agent = agent_of(tmp_path, device, clock)
    agent.round(ledger(7, **dict.fromkeys(OFFICES, BASE)))
    agent.round(tracker.body)
    assert len(device.applied) == 1 and load(tmp_path / "ledger.json") == tracker.body


def test_many_rates_that_were_announced_begin_without_a_person(tmp_path: Path, tracker: Silence) -> None:
    clock, tracker.body = Clock(), event(*OFFICES)
    agent = agent_of(tmp_path, Box(), clock)
    assert turns(agent, clock, 0.0, BEGIN, END) == [BASE[1], EVENT[1], BASE[1]]
    assert agent.convergence.waiting == ""


def test_many_rates_that_were_announced_a_minute_before_wait_until_there_was_time_to_see_it(
    tmp_path: Path, tracker: Silence
) -> None:
    clock, device, body = Clock(), Box(), event(*OFFICES)
    agent = agent_of(tmp_path, device, clock)
    agent.round(ledger(7, **dict.fromkeys(OFFICES, BASE)))
    ceilings, waits = [], []
    for clock.now in (BEGIN - 60, BEGIN, BEGIN + 539, BEGIN + 540):
        agent.round(body)
        ceilings.append(device.queues["dinkes", "receive"].ceiling_bytes_per_second)
        waits.append("OPDs change at once" in agent.convergence.waiting)
    assert ceilings == [BASE[1], BASE[1], BASE[1], EVENT[1]]
    assert waits == [False, True, True, False]


def test_many_rates_that_nobody_announced_wait_as_ever(tmp_path: Path, tracker: Silence) -> None:
    clock = Clock()
    agent = agent_of(tmp_path, Box(), clock)
    agent.round(tracker.body)
    agent.round(ledger(8, **dict.fromkeys(OFFICES, EVENT)))
    assert "OPDs change at once" in agent.convergence.waiting


def test_a_plan_that_cannot_be_kept_at_its_moment_leaves_what_was_good(tmp_path: Path, tracker: Silence) -> None:
    clock, device = Clock(), Box()
    agent = agent_of(tmp_path, device, clock)
    body = timed(ledger(7, dinkes=BASE), (BEGIN, 8, {"dinkes": (30_000_000, 30_000_000)}))
    agent.round(body)
    clock.now = BEGIN
    with pytest.raises(ShapingError, match="in this order"):
        agent.round(body)
    assert device.queues["dinkes", "receive"].ceiling_bytes_per_second == BASE[1]


# Eight in the evening of a Monday in Jakarta, an hour before the night.
EVENING = datetime(2026, 11, 23, 13, tzinfo=UTC).timestamp()
HOUR = 3_600.0


def test_the_rates_of_the_night_come_and_go_every_night_without_the_tracker(tmp_path: Path, tracker: Silence) -> None:
    clock, base = Clock(), ledger(7, **dict.fromkeys(OFFICES, BASE))
    # All offices at once, as schools are: it was announced, so no person is waited for.
    tracker.body = at_night(base, [0, 1, 2, 3, 4], **dict.fromkeys(OFFICES, EVENT))
    agent = agent_of(tmp_path, Box(), clock)
    assert turns(agent, clock, EVENING) == [BASE[1]]
    tracker.silent = True
    night = [EVENING + HOUR, EVENING + 8.99 * HOUR, EVENING + 9 * HOUR]
    # Tuesday's night is another one; Saturday has none.
    later = [EVENING + 25 * HOUR, EVENING + 33 * HOUR, EVENING + 121 * HOUR]
    seen = turns(agent, clock, *night, *later)
    assert seen == [EVENT[1], EVENT[1], BASE[1], EVENT[1], BASE[1], BASE[1]]
    assert agent.revision is not None and agent.revision.number == 7
