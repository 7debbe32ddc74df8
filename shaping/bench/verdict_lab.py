"""Verdicts beside the truth: 60 offices with random demand both ways behind a real line, and classes that starve.

Run by ``lebarpita-shaping bench --verdicts`` in a namespace of its own. The agent's part is the agent's own: the
driver's samples at random moments and ``Deliveries``. The truth is made afterwards from every frame (``truth``).
"""

import logging
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from inventory.admission import DIRECTIONS, LOWEST_BYTES_PER_SECOND
from shaping.bench.demand import KINDS, always
from shaping.bench.frames_apart import FrameLane, note, records, send
from shaping.bench.table import BenchRow, lines
from shaping.bench.truth import WindowTruth, truth_of, waiting_times
from shaping.bench.world import PLACES, city_of, codes, converge, driver_in, make_interfaces, minors_of
from shaping.delivery import WINDOW_SECONDS, Deliveries, Verdict, WindowVerdict
from shaping.drivers.linux import kernel
from shaping.drivers.linux.handles import MAJOR, PARENT
from shaping.drivers.linux.readings import counts_of
from shaping.errors import ShapingError
from shaping.queues import Key, Queue
from shaping.sampling import SAMPLE_SECONDS, SAMPLING_REST

# Any number: the same seed gives the same demand.
_SEED = 16
# The planted ones: so many classes each way get half of their guarantee from somebody's hand.
_STARVING, _STARVING_WINDOWS = 3, 4
# The kernel's lock of all interfaces (RTNL) is also held for other namespaces: then nobody reads a counter for seconds.
_WATCHED = 0.95
# nice(2): ahead of ordinary programs, behind the kernel's own work.
_NICENESS = -15
# Between the last frame that is offered and the last that leaves.
_END_SECONDS = 120


@dataclass(frozen=True)
class JudgedWindow:
    """The agent's verdict on a window beside the truth."""

    window: WindowVerdict
    truth: WindowTruth


def main(minutes: float, offices: int) -> int:
    """Print the table; 0 where every goal is held, 1 where one is not."""
    logging.disable(logging.CRITICAL)
    make_interfaces()
    place = f"Linux {platform.release()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the beginning"
    print(f"{place}; {_first_in_line()}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        lanes = _lanes(offices)
        _shaped(lanes, Path(folder) / "state")
        just = _run(lanes, 60 * minutes, Path(folder) / "just")
        starving = _planted(lanes)
        hungry = _run(starving, (_STARVING_WINDOWS + 1) * WINDOW_SECONDS, Path(folder) / "hungry")
    planted = {lane.queue.key for lane in starving if lane.kind is always}
    table = _table(just, [judged for judged in hungry if judged.window.key in planted], len(planted))
    print("\n".join(lines(table)))
    print("\n".join(_crossed(just)))
    missed = sum(not row.meets_goal for row in table)
    print(f"load {os.getloadavg()[0]:.1f} at the end; " + (f"{missed} goals are not held" if missed else "all held"))
    return 1 if missed else 0


def _first_in_line() -> str:
    """Little work that must be done in time: on a busy machine the senders' stalls would be the offices' demand."""
    try:
        os.nice(_NICENESS)
    except OSError:
        return "at the priority of everybody else (root may have a higher one)"
    return f"at priority {_NICENESS}"


def _lanes(offices: int) -> list[FrameLane]:
    """Every office both ways, with a guarantee, a ceiling and a kind of demand of its own."""
    dice = random.Random(_SEED)
    queues = []
    for opd in sorted(codes())[:offices]:
        for way in DIRECTIONS:
            guaranteed = dice.randrange(LOWEST_BYTES_PER_SECOND, 3 * LOWEST_BYTES_PER_SECOND // 2)
            queues.append(Queue(opd, way, guaranteed, int(guaranteed * dice.uniform(1.5, 4.0))))
    numbers = dict(zip(sorted({queue.opd for queue in queues}), minors_of(queues), strict=True))
    # Queues stand by turns in one direction and the other: a shift of one each four, or each way had two of the kinds.
    kinds = [KINDS[(place + place // len(KINDS)) % len(KINDS)] for place in range(len(queues))]
    return [FrameLane(queue, numbers[queue.opd], kind) for queue, kind in zip(queues, kinds, strict=True)]


def _shaped(lanes: Sequence[FrameLane], state: Path) -> None:
    """A line of which 95 % are guaranteed, so that whoever wants more meets the others."""
    queues = [lane.queue for lane in lanes]
    sums = [sum(queue.guaranteed_bytes_per_second for queue in queues if queue.direction == way) for way in DIRECTIONS]
    converge(driver_in(state, city_of(-(-max(sums) * 100 // 95))), queues)


def _planted(lanes: Sequence[FrameLane]) -> list[FrameLane]:
    """Some classes are cut to half of their guarantee behind the agent's back; what it believes stays."""
    starving = list(lanes)
    for way in DIRECTIONS:
        for place in [n for n, lane in enumerate(lanes) if lane.queue.direction == way][:_STARVING]:
            lane = lanes[place]
            rate = f"{lane.queue.guaranteed_bytes_per_second // 2}bps"
            where = ["dev", lane.place, "parent", f"{MAJOR:x}:{PARENT:x}", "classid", f"{MAJOR:x}:{lane.minor:x}"]
            words = ["tc", "class", "change", *where, "htb", "rate", rate, "ceil", rate]
            subprocess.run(words, check=True, capture_output=True)
            starving[place] = replace(lane, kind=always)
    return starving


def _run(lanes: Sequence[FrameLane], seconds: float, folder: Path) -> list[JudgedWindow]:
    """Traffic for so long, the agent's verdicts on it, and the truth of each window."""
    folder.mkdir()
    programs = get_context("fork")
    ends = [programs.Process(target=note, args=(place, folder)) for place in (PLACES.transmit, PLACES.receive)]
    for end in ends:
        end.start()
    _until("the far ends listen", lambda: len(list(folder.glob("ready-*"))) == len(ends))
    sender = programs.Process(target=send, args=(lanes, seconds, folder, _SEED))
    sender.start()
    verdicts = _verdicts(lanes, sender.is_alive)
    sender.join()
    (folder / "over").touch()
    for program in (sender, *ends):
        program.join(_END_SECONDS)
        if program.exitcode != 0:
            program.kill()
            raise ShapingError("the bench's own senders did not come to their end; is the machine overloaded?")
    return _judged(lanes, verdicts, folder)


def _verdicts(lanes: Sequence[FrameLane], lasts: Callable[[], bool]) -> list[WindowVerdict]:
    """As the agent makes them: samples at random moments, the driver's own reading of the counters."""
    queues = {lane.queue.key: lane.queue for lane in lanes}
    minors, wanted = {lane.queue.opd: lane.minor for lane in lanes}, [*queues.values()]
    deliveries, verdicts, dice = Deliveries(), [], random.Random(_SEED)
    while lasts():
        began = time.thread_time()
        counts = counts_of(kernel.read_counts(PLACES), PLACES, minors, wanted)
        verdicts += deliveries.sample(time.monotonic(), queues, counts, dense=True)
        pause = max(SAMPLE_SECONDS, (time.thread_time() - began) * SAMPLING_REST)
        time.sleep(pause * dice.uniform(0.5, 1.5))
    return verdicts


def _judged(lanes: Sequence[FrameLane], verdicts: Sequence[WindowVerdict], folder: Path) -> list[JudgedWindow]:
    queues, judged = {lane.queue.key: lane.queue for lane in lanes}, []
    classes = kernel.read(PLACES).classes
    limits = {lane.queue.key: classes[lane.place][lane.minor] for lane in lanes}
    # Frames are stamped with the other clock.
    wall = time.time() - time.monotonic()
    noted = {
        key: replace(record, ceiling=limits[key].ceil, saved=limits[key].cburst)
        for key, record in records(lanes, folder).items()
    }
    waiting = {key: waiting_times(record) for key, record in noted.items()}
    for window in verdicts:
        with suppress(KeyError):
            key = window.key
            truth = truth_of(queues[key], noted[key], waiting[key], window.began + wall, window.ended + wall)
            judged.append(JudgedWindow(window, truth))
    return judged


def _table(just: Sequence[JudgedWindow], hungry: Sequence[JudgedWindow], planted: int) -> list[BenchRow]:
    exact = sum(each.window.verdict is each.truth.verdict for each in just)
    right = sum(each.truth.allows(each.window.verdict) for each in just)
    watched = [each for each in just if each.window.watched >= _WATCHED]
    right_watched = sum(each.truth.allows(each.window.verdict) for each in watched)
    decided = [each for each in just if each.window.verdict is not Verdict.UNDECIDABLE]
    right_of_guarantee = sum(each.truth.allows_guarantee(each.window.verdict) for each in decided)
    undecided = sum(each.window.verdict is Verdict.UNDECIDABLE for each in just)
    accused = sum(each.window.verdict is Verdict.MISSED and each.truth.verdict is not Verdict.MISSED for each in just)
    firsts: dict[Key, JudgedWindow] = {}
    for each in hungry:
        firsts.setdefault(each.window.key, each)
    caught = sum(each.window.verdict is Verdict.MISSED for each in firsts.values())
    again = sum(each.window.verdict is Verdict.MISSED for each in hungry)
    count = max(1, len(just))
    return [
        BenchRow("windows judged", len(just), "", note=f"{_samples(just):.0f} samples each, the median"),
        BenchRow("the very verdict of the truth", 100 * exact / count, "%"),
        BenchRow(
            "agrees with the truth (at a tie of two words with one of them)",
            100 * right / count if just else None,
            "%",
            least=99.0,
            note=f"{sum(each.truth.tie for each in just)} windows are ties",
        ),
        BenchRow(
            f"the same, where the agent could look for {_WATCHED:.0%} of the window",
            100 * right_watched / len(watched) if watched else None,
            "%",
            note=f"{len(watched)} windows",
        ),
        BenchRow(
            "of those decided: the guarantee was needed or not, and kept or missed (met and capped are one)",
            100 * right_of_guarantee / len(decided) if decided else None,
            "%",
        ),
        BenchRow("not decidable", 100 * undecided / count, "%"),
        BenchRow("accused of a missed guarantee that was kept", accused if just else None, "windows", most=0.0),
        BenchRow("really missed on the just line", sum(e.truth.verdict is Verdict.MISSED for e in just), "windows"),
        BenchRow(
            "planted starving classes found in the first window",
            100 * caught / planted if firsts else None,
            "%",
            least=100.0,
            note=f"{caught} of {planted}; in all {again} of {len(hungry)} windows",
        ),
    ]


def _samples(just: Sequence[JudgedWindow]) -> float:
    """Of the windows that were judged alone."""
    return median([each.window.tally.samples for each in just if each.window.tally.windows == 1] or [0])


def _crossed(just: Sequence[JudgedWindow]) -> list[str]:
    """The truth in rows, the agent's verdicts in columns."""
    counts = Counter((each.truth.verdict, each.window.verdict) for each in just)
    shown = [["truth \\ verdict", *(str(verdict) for verdict in Verdict)]]
    for truth in Verdict:
        if truth is not Verdict.UNDECIDABLE:
            shown.append([str(truth), *(str(counts[truth, verdict]) for verdict in Verdict)])
    return ["".join(text.ljust(17 if n == 0 else 13) for n, text in enumerate(row)).rstrip() for row in shown]


def _until(what: str, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _END_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise ShapingError(f"not within {_END_SECONDS} s: {what}; is the machine overloaded?")
        time.sleep(0.05)


if __name__ == "__main__":
    try:
        sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
    except ShapingError as error:
        sys.exit(f"error: {error}")
