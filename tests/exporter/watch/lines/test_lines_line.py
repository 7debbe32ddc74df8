"""One line: what it owes, how long its answers take, and how improbable a run of misses is for it."""

import pytest

from exporter.watch.decide import IMPROBABLE
from exporter.watch.lines.line import LONGEST_PATIENCE_SECONDS, SHORTEST_PATIENCE_SECONDS, Line


def asked(line: Line, moments: list[float], trip: float | None) -> None:
    for at in moments:
        line.sent(at)
        if trip is not None:
            line.heard(at, at + trip, regular=True)


def every(begin: float, number: int, pause: float = 0.5) -> list[float]:
    return [begin + pause * count for count in range(number)]


def test_a_line_is_silent_until_its_first_answer() -> None:
    line = Line(0.0)
    assert line.overdue(0.0)
    asked(line, [0.0], 0.001)
    assert not line.overdue(0.5)


def test_patience_is_learnt_from_the_line_and_bounded() -> None:
    near, far = Line(0.0), Line(0.0)
    asked(near, every(0.0, 40), 0.001)
    assert near.patience == SHORTEST_PATIENCE_SECONDS
    asked(far, every(0.0, 60), 1.2)
    assert 1.2 < far.patience < 1.3
    asked(far, every(100.0, 60), 2.9)
    assert far.patience == LONGEST_PATIENCE_SECONDS


def test_a_run_begins_with_the_first_request_after_the_last_answered_one() -> None:
    line = Line(0.0)
    asked(line, every(0.0, 10), 0.001)
    asked(line, [5.0, 5.5, 5.6, 5.7], None)
    silence = line.silence(5.75)
    assert (silence.since, silence.until) == (5.0, 5.6)


def test_a_late_answer_ends_the_run_up_to_its_request() -> None:
    line = Line(0.0)
    asked(line, every(0.0, 10), 0.001)
    asked(line, [5.0, 5.1, 5.2, 5.3], None)
    line.heard(5.1, 6.0, regular=False)
    assert line.silence(6.0).since == 5.2
    line.heard(5.0, 6.1, regular=True)
    assert line.silence(6.1).since == 5.2


@pytest.mark.parametrize(("loss_every", "misses"), [(0, 8), (3, 22), (2, 36)])
def test_the_more_a_line_loses_the_longer_a_run_must_be(loss_every: int, misses: int) -> None:
    line = Line(0.0)
    for number, at in enumerate(every(0.0, 500)):
        line.sent(at)
        if loss_every and number % loss_every == 0:
            line.missed(at, at)
        else:
            line.heard(at, at + 0.001, regular=True)
    asked(line, every(260.0, misses, 0.1), None)
    assert line.silence(260.0 + misses * 0.1 + 1).weight >= IMPROBABLE
    few = Line(0.0)
    few.windows, few.patience = line.windows, line.patience
    asked(few, every(260.0, misses * 2 // 3, 0.1), None)
    assert few.silence(260.0 + misses * 0.1 + 1).weight < IMPROBABLE


def test_what_is_not_answered_in_a_fall_is_no_loss_of_the_line() -> None:
    """Told late on a busy machine: the requests of a fall of five seconds would make the next one less improbable."""
    line = Line(0.0)
    asked(line, every(0.0, 100), 0.001)
    asked(line, every(50.0, 10), None)
    for at in every(50.0, 4):
        line.missed(at, at + 3.0)
    asked(line, every(55.0, 4), 0.001)
    for at in every(52.0, 6):
        line.missed(at, at + 3.0)
    assert line.windows["5m"].counted(58.0) == (104, 0)
    line.missed(58.0, 61.0)
    assert (line.windows["5m"].counted(61.0), line.lost) == ((105, 1), 11)


def test_a_line_that_loses_several_in_a_row_is_known_for_it() -> None:
    iid, bursty = Line(0.0), Line(0.0)
    asked(iid, every(0.0, 100), 0.001)
    for burst in range(20):
        begin = burst * 5.0
        asked(bursty, [begin], 0.001)
        asked(bursty, every(begin + 0.5, 12, 0.1), None)
        asked(bursty, [begin + 2.0], 0.001)
    for line in (iid, bursty):
        asked(line, every(200.0, 10, 0.1), None)
    assert bursty.silence(202.0).weight < IMPROBABLE < iid.silence(202.0).weight


def test_a_cut_is_no_habit_of_the_line() -> None:
    line = Line(0.0)
    asked(line, every(0.0, 100), 0.001)
    asked(line, every(60.0, 600, 0.5), None)
    asked(line, [400.0], 0.001)
    asked(line, every(401.0, 8, 0.1), None)
    assert line.silence(403.0).weight >= IMPROBABLE
