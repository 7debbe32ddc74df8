"""The agent's conversation with the tracker: a proof for each reading that is new or was asked for."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from devices import Box
from ledgers import CITY, ledger

from runtime.reload import Reload
from shaping import metrics
from shaping.agent import Agent
from shaping.config import Config
from shaping.drivers.base import Reading
from shaping.errors import ShapingError
from shaping.queues import Count, Queue
from shaping.state import load, save


def agent_of(place: Path, device: Box) -> Agent:
    config = Config(inventory=place, uplink="isp-utama", tracker="http://127.0.0.1:9", token="env:TOKEN", state=place)
    return Agent(config, CITY, device)


def test_KTM_08_an_open_recheck_makes_the_agent_prove_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, body = agent_of(tmp_path, Box()), ledger(dinkes=(625_000, 2_500_000))
    told: list[Any] = []
    monkeypatch.setattr(Agent, "_call", lambda _, method, path, proof: told.append(proof))
    for asked in (None, None, 100.0, 100.0, 3600.0, None, None):
        agent.round({**body, "read_back_after": asked})
    assert len(told) == 4 and all(proof["ok"] for proof in told)


def test_a_proof_says_where_the_evidence_stands_and_a_new_day_of_it_is_news(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, told, wall = agent_of(tmp_path, Box()), list[Any](), BEFORE_EIGHT
    agent.clock = lambda: wall
    monkeypatch.setattr(Agent, "_call", lambda _, method, path, proof: told.append(proof))
    for hours in range(45):
        wall = BEFORE_EIGHT + 3600 * hours
        agent.jobs.run("evidence")
        agent.round(BODY)
    # Before there is a line; the first one; and each midnight of Jakarta.
    assert [proof.get("evidence", {}).get("until") for proof in told] == [None, EIGHT, *MIDNIGHTS]
    assert {proof["evidence"]["quarter"] for proof in told[1:]} == {"2026Q4"} and agent.evidence.head is not None


class Tracker:
    """What was posted; ``silent`` makes it refuse."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.proofs: list[Any] = []
        self.silent = False
        monkeypatch.setattr(Agent, "_call", lambda _, method, path, body: self.take(body))

    def take(self, body: Any) -> None:
        if self.silent:
            raise ShapingError("tracker: silent")
        self.proofs.append(body)


BODY = ledger(dinkes=(625_000, 2_500_000))
# In Unix seconds: eight o'clock in Jakarta on 2026-11-30, seven minutes before it, and the two midnights after it.
EIGHT, BEFORE_EIGHT = 1_796_000_400.0, 1_796_000_000.0
MIDNIGHTS = (EIGHT + 16 * 3600, EIGHT + 40 * 3600)
DINKES = Queue("dinkes", "receive", 625_000, 2_500_000)


@pytest.fixture
def tracker(monkeypatch: pytest.MonkeyPatch) -> Tracker:
    return Tracker(monkeypatch)


def test_a_round_applies_reads_back_and_proves(tmp_path: Path, tracker: Tracker) -> None:
    device = Box()
    agent = agent_of(tmp_path, device)
    assert len(agent.round(BODY).operations) == 2 and len(device.applied) == 1
    assert agent.round(BODY).empty and len(device.applied) == 1
    (proof,) = tracker.proofs
    assert (proof["agent"], proof["uplink"], proof["driver"]) == ("core", "isp-utama", "linux")
    assert proof["plan"]["commands"] == {"dinkes": ["add", "add"]}
    assert load(tmp_path / "ledger.json") == BODY


def test_what_was_carried_out_goes_with_the_first_proof_that_is_taken(tmp_path: Path, tracker: Tracker) -> None:
    agent, tracker.silent = agent_of(tmp_path, Box()), True
    agent.round(BODY)
    tracker.silent = False
    agent.round(BODY)
    assert agent.failures["proof"] == 1
    assert [proof["plan"]["operations"] for proof in tracker.proofs] == [2]


def test_what_a_person_must_do_is_said_once_and_is_no_proof(
    tmp_path: Path, tracker: Tracker, caplog: pytest.LogCaptureFixture
) -> None:
    agent = agent_of(tmp_path, Box(by_hand=True))
    with caplog.at_level("INFO"):
        for _ in range(3):
            assert not agent.round(BODY).empty
    assert [record.message for record in caplog.records] == ["event=waits_for_a_person revision=1 operations=2"]
    (proof,) = tracker.proofs
    assert (proof["ok"], proof["readback"]) == (False, [])
    assert not (tmp_path / "ledger.json").exists()


def test_a_bad_ledger_changes_nothing(tmp_path: Path, tracker: Tracker) -> None:
    device = Box()
    with pytest.raises(ShapingError):
        agent_of(tmp_path, device).round({**BODY, "hash": "0" * 64})
    assert device.applied == [] and tracker.proofs == []


def test_the_last_good_ledger_is_applied_at_the_start_while_the_tracker_is_silent(
    tmp_path: Path, tracker: Tracker
) -> None:
    save(tmp_path / "ledger.json", BODY)
    device, tracker.silent = Box(), True
    agent = agent_of(tmp_path, device)
    run_once(agent)
    assert device.queues[DINKES.key] == DINKES and agent.failures["tracker"] == 1


def test_a_turn_that_fails_is_counted_and_the_next_one_comes(tmp_path: Path, tracker: Tracker) -> None:
    save(tmp_path / "ledger.json", {**BODY, "hash": "0" * 64})
    agent, tracker.silent = agent_of(tmp_path, Box()), True
    run_once(agent)
    assert agent.failures["apply"] == 1


def run_once(agent: Agent) -> None:
    """One turn of the loop: its wait ends it."""

    class Over(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            self.set()
            return True

    agent.over = Over()
    agent.run()


def test_a_device_with_two_uplinks_has_two_agents_with_names_of_their_own(tmp_path: Path, tracker: Tracker) -> None:
    other = CITY.uplinks[0].model_copy(update={"name": "isp-kedua"})
    agent = agent_of(tmp_path, Box())
    agent.city = CITY.model_copy(update={"uplinks": (*CITY.uplinks, other)})
    agent.round(BODY)
    assert tracker.proofs[0]["agent"] == "core/isp-utama"


def test_a_verdict_is_given_when_a_window_is_over_and_not_over_a_reset(
    tmp_path: Path, tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    device = Box()
    agent = agent_of(tmp_path, device)
    for seconds, size in ((0, 0), (5, 1), (15, 15 * 500_000), (30, 10), (45, 10)):
        now[0] = 1000.0 + seconds
        device.counts = {DINKES.key: Count(size, size, 0, 0)}
        agent.round(BODY)
    assert dict(agent.verdicts) == {("dinkes", "receive", "below"): 1, ("dinkes", "receive", "idle"): 1}


def samples(agent: Agent) -> dict[str, dict[tuple[str, ...], float]]:
    return {metric.name.removeprefix("lebarpita_shaping_"): dict(found) for metric, found in agent.samples()}


def test_an_applied_queue_shows_its_rates_its_counts_and_no_drift(tmp_path: Path, tracker: Tracker) -> None:
    device = Box(counts={DINKES.key: Count(1, 2, 3, 4)})
    agent = agent_of(tmp_path, device)
    agent.round(BODY)
    found, key = samples(agent), ("dinkes", "receive")
    assert found["applied_bytes_per_second"][key] == found["desired_receive_bytes_per_second"][("dinkes",)] == 2_500_000
    assert (found["drift"][key], found["undecided"][key], found["revision"][()]) == (0, 0, 1)
    names = ("class_bytes_total", "class_packets_total", "class_drops_total", "class_backlog_bytes")
    assert [found[name] for name in names] == [{key: number} for number in (1, 2, 3, 4)]


def test_what_nobody_can_say_is_neither_applied_nor_drift(tmp_path: Path, tracker: Tracker) -> None:
    agent = agent_of(tmp_path, Box(by_hand=True))
    agent.round(BODY)
    found = samples(agent)
    assert (found["applied_bytes_per_second"], found["drift"]) == ({}, {})
    assert set(found["undecided"].values()) == {1}


def test_a_queue_that_differs_or_is_gone_is_drift(tmp_path: Path, tracker: Tracker) -> None:
    agent = agent_of(tmp_path, Box())
    agent.round(BODY)
    other = replace(DINKES, ceiling_bytes_per_second=1)
    agent.reading = Reading(queues={DINKES.key: other}, missing={}, statement="")
    assert samples(agent)["drift"] == {("dinkes", "receive"): 1, ("dinkes", "transmit"): 1}


def test_every_metric_of_the_page_is_in_the_catalogue(tmp_path: Path, tracker: Tracker) -> None:
    agent = agent_of(tmp_path, Box(counts={DINKES.key: Count(1, 2, 3, 4)}))
    agent.heard_at, agent.reload = 1.0, Reload("shaper", (ShapingError,))
    agent.failures["tracker"] += 1
    agent.round(BODY)
    assert {metric for metric, _ in agent.samples()} == set(metrics.CATALOGUE)
    assert len(list(metrics.Figures(agent).collect())) == len(metrics.CATALOGUE)
