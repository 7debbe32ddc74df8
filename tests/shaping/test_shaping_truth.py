"""The truth of a window and the demand behind it: every frame's moments in, the verdict of one who saw them all."""

import random
from array import array
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shaping.bench import frames_apart
from shaping.bench.demand import KINDS, Demand, always
from shaping.bench.frames_apart import FRAME_BYTES, FrameLane, records
from shaping.bench.truth import QueueRecord, WindowTruth, rate_while_waiting, truth_of, waiting_times
from shaping.delivery import Verdict
from shaping.queues import Queue

# At its ceiling a frame leaves each 10 ms, at its guarantee each 40 ms.
QUEUE = Queue("dinkes", "receive", FRAME_BYTES * 25, FRAME_BYTES * 100)
ALLOWED = {Verdict.BELOW, Verdict.MET, Verdict.CAPPED}


def judged(offered: list[float], left: list[float], refused: list[float] | None = None) -> WindowTruth:
    record = QueueRecord(FRAME_BYTES, offered, left, refused or [])
    return truth_of(QUEUE, record, waiting_times(record), 0.0, 15.0)


def burst(began: float, frames: int, each: float) -> tuple[list[float], list[float]]:
    """So many frames offered at once, of which one leaves each so many seconds."""
    return [began] * frames, [began + each * (number + 1) for number in range(frames)]


def test_nothing_offered_is_idle_and_what_leaves_at_once_is_below() -> None:
    assert judged([], []) == WindowTruth(Verdict.IDLE, 0.0)
    moments = [number * 0.02 for number in range(700)]
    assert judged(moments, [moment + 0.001 for moment in moments]) == WindowTruth(Verdict.BELOW, 0.0)


@pytest.mark.parametrize(
    ("each", "verdict"),
    [(0.0100, "capped"), (0.0103, "capped"), (0.0110, "met"), (0.0400, "met"), (0.0500, "missed"), (0.5, "missed")],
)
def test_what_waits_all_the_time_is_judged_by_its_rate(each: float, verdict: str) -> None:
    frames = int(15 / each)
    truth = judged(*burst(0.0, frames, each))
    assert str(truth.verdict) == verdict and truth.share == pytest.approx(1.0, abs=0.05)


def test_a_short_time_of_waiting_is_no_faster_than_its_ceiling() -> None:
    """Two frames that leave 10 ms apart are one turn, not two in 10 ms."""
    record = QueueRecord(FRAME_BYTES, [1.0, 1.0], [1.004, 1.014])
    times = waiting_times(record).within(0.0, 15.0)
    assert rate_while_waiting(times, FRAME_BYTES) == pytest.approx(FRAME_BYTES * 100)


def test_a_time_of_waiting_is_cut_at_the_ends_of_the_window() -> None:
    offered, left = burst(-5.0, 400, 0.05)
    record = QueueRecord(FRAME_BYTES, offered, left)
    within = waiting_times(record).within(0.0, 5.0)
    assert [(time.begin, time.end) for time in within] == [(0.0, 5.0)]
    assert waiting_times(record).within(16.0, 20.0) == []


def test_what_waited_for_a_moment_may_be_told_as_if_it_had_not_and_nothing_else_may() -> None:
    short = WindowTruth(Verdict.CAPPED, 0.04)
    assert {verdict for verdict in Verdict if short.allows(verdict)} == ALLOWED
    assert {verdict for verdict in Verdict if WindowTruth(Verdict.CAPPED, 0.06).allows(verdict)} == {Verdict.CAPPED}
    assert WindowTruth(Verdict.CAPPED, 0.5).allows_guarantee(Verdict.MET)
    assert not WindowTruth(Verdict.MISSED, 0.5).allows_guarantee(Verdict.MET)
    assert {verdict for verdict in Verdict if WindowTruth(Verdict.BELOW, 0.0).allows(verdict)} == {Verdict.BELOW}


@given(st.integers(0, 10**6), st.sampled_from((*KINDS, always)), st.lists(st.floats(0.001, 2.0), max_size=40))
def test_a_demand_is_the_same_for_the_same_seed_and_never_more_than_it_may_be_late(
    seed: int, kind: object, steps: list[float]
) -> None:
    made = []
    for _ in range(2):
        demand, now, dues = Demand(kind(random.Random(seed), 100_000), 50_000), 0.0, []  # type: ignore[operator]  # One of the kinds.
        for step in steps:
            now += step
            dues.append(demand.due(now))
            demand.spend(int(dues[-1]))
        made.append(dues)
    assert made[0] == made[1] and all(0 <= due <= 50_000 for due in made[0])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_wants_something_and_nothing_by_turns(kind: object) -> None:
    spans = list(islice(kind(random.Random(3), 100_000), 60))  # type: ignore[operator]  # One of the kinds.
    assert any(rate == 0 for rate, _ in spans) and any(rate > 0 for rate, _ in spans)
    assert all(length > 0 for _, length in spans)


def test_a_lane_of_which_a_frame_was_lost_on_the_way_is_not_judged(tmp_path: Path) -> None:
    lanes = [FrameLane(Queue(opd, "receive", 1, 2), minor, always) for opd, minor in (("a", 16), ("b", 17))]
    write = frames_apart._write
    # a, a, b let in; one of a refused. Of b nothing comes out.
    write(tmp_path / "offered", array("d", (1.0, 2.0, 3.0, 4.0)), array("I", (1, 1, 3, 0)))
    write(tmp_path / "left-lan", array("d", (1.5, 2.5)), array("I", (0, 0)))
    write(tmp_path / "left-wan", array("d"), array("I"))
    noted = records(lanes, tmp_path)
    assert {key: (list(row.offered), list(row.left), list(row.refused)) for key, row in noted.items()} == {
        ("a", "receive"): ([1.0, 2.0], [1.5, 2.5], [4.0])
    }
