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
from shaping.bench.truth import QueueRecord, WindowTruth, stopped_times, truth_of, waiting_times
from shaping.delivery import Verdict
from shaping.queues import Queue

# At its ceiling a frame leaves each 10 ms, at its guarantee each 40 ms.
QUEUE = Queue("dinkes", "receive", FRAME_BYTES * 25, FRAME_BYTES * 100)
# It may send so much at once, as the driver gives it.
SAVED = 1600
ALLOWED = {Verdict.BELOW, Verdict.MET, Verdict.CAPPED}


def judged(offered: list[float], left: list[float], refused: list[float] | None = None) -> WindowTruth:
    record = QueueRecord(FRAME_BYTES, offered, left, refused or [], QUEUE.ceiling_bytes_per_second, SAVED)
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


def test_who_held_it_back_is_who_did_it_for_most_of_the_time() -> None:
    """Of 15 s some at its ceiling, the rest with what the others leave: the rate of all is no rule for that."""
    for at_ceiling, verdict in ((6.0, Verdict.MET), (9.0, Verdict.CAPPED)):
        # Two frames at once at first: all that it had saved.
        fast = [number * 0.01 for number in (1, *range(1, int(at_ceiling * 100)))]
        slow = [fast[-1] + number * 0.03 for number in range(1, int((15 - at_ceiling) / 0.03))]
        truth = judged([0.0] * (len(fast) + len(slow)), fast + slow)
        # The first of the slow ones is still its own ceiling's.
        assert truth.verdict is verdict and truth.own == pytest.approx(at_ceiling / 15, abs=0.01)


def test_saved_bytes_that_leave_at_once_are_no_rate_above_the_ceiling() -> None:
    """A queue behind a machine that was late sends two frames in a row: that is no ceiling that held it back."""
    moments = [number * 0.04 for number in range(1, 375)]
    late = [moment + (0.02 if place % 2 == 0 else -0.019) for place, moment in enumerate(moments)]
    truth = judged([moment - 0.0205 for moment in moments], sorted(late))
    assert truth.verdict is Verdict.MET and truth.own < 0.5


def test_a_ceiling_forbids_the_next_frame_until_what_was_sent_is_paid() -> None:
    """A bucket of 1600 bytes filled with 151,400 a second: the second frame in a row leaves it 1,428 below nought."""
    record = QueueRecord(FRAME_BYTES, [1.0, 1.0, 2.0], [1.0, 1.0, 2.0], [], QUEUE.ceiling_bytes_per_second, SAVED)
    assert [moment for stop in stopped_times(record) for moment in stop] == pytest.approx(
        [1.0, 1.0 + 1_428 / 151_400 + 0.001]
    )
    sooner = QueueRecord(FRAME_BYTES, [1.0] * 3, [1.0, 1.0, 1.005], [], QUEUE.ceiling_bytes_per_second, SAVED)
    assert stopped_times(sooner)[0] == (1.0, 1.005)


def test_a_time_of_waiting_is_cut_at_the_ends_of_the_window() -> None:
    offered, left = burst(-5.0, 400, 0.05)
    record = QueueRecord(FRAME_BYTES, offered, left)
    within = waiting_times(record).within(0.0, 5.0)
    assert [(time.begin, time.end) for time in within] == [(0.0, 5.0)]
    assert waiting_times(record).within(16.0, 20.0) == []


def test_what_waited_for_less_than_a_twentieth_of_the_window_had_what_it_wanted() -> None:
    for frames, verdict in ((70, Verdict.BELOW), (80, Verdict.CAPPED)):
        # Two frames at once at first: all that it had saved.
        offered, left = burst(0.0, frames, 0.01)
        assert judged([0.0, 0.0, *offered], [0.0, 0.0, *left]).verdict is verdict
    # Neither idle nor below is said of who was refused and sent nothing.
    assert judged([], [], [1.0]).verdict is Verdict.BELOW


@pytest.mark.parametrize(
    ("truth", "allowed"),
    [
        (WindowTruth(Verdict.BELOW, 0.02), {Verdict.BELOW}),
        (WindowTruth(Verdict.BELOW, 0.04), ALLOWED),
        (WindowTruth(Verdict.CAPPED, 0.06, 0.9), ALLOWED),
        (WindowTruth(Verdict.CAPPED, 0.08, 0.9), {Verdict.CAPPED}),
        (WindowTruth(Verdict.MET, 0.9, 0.43), {Verdict.MET}),
        (WindowTruth(Verdict.MET, 0.9, 0.45), {Verdict.MET, Verdict.CAPPED}),
        (WindowTruth(Verdict.CAPPED, 0.9, 0.55), {Verdict.MET, Verdict.CAPPED}),
        (WindowTruth(Verdict.CAPPED, 0.9, 0.57), {Verdict.CAPPED}),
        (WindowTruth(Verdict.MISSED, 0.9, 0.5), {Verdict.MISSED}),
        (WindowTruth(Verdict.IDLE, 0.04), {Verdict.IDLE}),
    ],
)
def test_at_a_tie_both_words_are_true_and_nowhere_else(truth: WindowTruth, allowed: set[Verdict]) -> None:
    assert {verdict for verdict in Verdict if truth.allows(verdict)} == allowed
    assert truth.tie is (len(allowed) > 1)


def test_of_the_guarantee_alone_it_is_of_no_matter_who_held_it_back() -> None:
    assert WindowTruth(Verdict.CAPPED, 0.5, 0.9).allows_guarantee(Verdict.MET)
    assert not WindowTruth(Verdict.MISSED, 0.5, 0.9).allows_guarantee(Verdict.MET)


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
