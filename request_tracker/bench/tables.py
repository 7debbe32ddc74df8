"""What a bench prints and judges: measurements in, lines and what is broken out. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from request_tracker.bench.people import PageTimes
from request_tracker.bench.process import Footprint, after_warm_up, slope

# The promise for 200 people; a page of a tenth of a second is felt as there at once, a form may take a moment.
READ_MILLISECONDS, WRITE_MILLISECONDS = 100, 300
# So many cases the promise is for; beyond them the growth is printed and only wrong answers are judged.
PROMISED_CASES = 100_000
Baseline = Mapping[tuple[int | None, str], float]


@dataclass(frozen=True)
class ArchiveMeasurement:
    """One archive under the crowd: its size, what every kind cost, and how many cases no form had asked for."""

    cases: int
    database_bytes: int
    fill_seconds: float
    lines: Sequence[PageTimes]
    doubled: int = 0
    samples: Sequence[Footprint] = field(default_factory=tuple)

    def p95(self, form: bool) -> float:
        """The worst kind's p95 of all pages, or of all forms."""
        return max((line.p95 for line in self.lines if line.form == form and line.answers), default=0.0)


def goal(line: PageTimes) -> int:
    """What its p95 is held to."""
    return WRITE_MILLISECONDS if line.form else READ_MILLISECONDS


def broken(measured: ArchiveMeasurement, timed: bool = True) -> list[str]:
    """What is wrong or too slow, in sentences; without ``timed`` only what is wrong."""
    judged = timed and measured.cases <= PROMISED_CASES
    faults = [f"{line.page}: {line.wrong} wrong answers" for line in measured.lines if line.wrong]
    faults += [
        f"{line.page}: p95 is {line.p95:.0f} ms, {goal(line)} were promised"
        for line in measured.lines
        if judged and line.p95 > goal(line)
    ]
    if measured.doubled:
        faults.append(f"{measured.doubled} cases that no form had asked for: something was done twice")
    return faults


def table(measured: ArchiveMeasurement, before: Baseline) -> Iterator[str]:
    """Pages first, then forms."""
    heads = f"{'answers':>9}{'wrong':>7}{'median ms':>11}{'p95 ms':>9}{'slowest':>9}{'goal':>6}{'to baseline':>13}"
    yield f"{'page or form':<44}{heads}"
    for line in sorted(measured.lines, key=lambda line: line.form):
        earlier = before.get((measured.cases, line.page)) or before.get((None, line.page))
        ratio = f"{line.p95 / earlier:.2f}" if earlier else "-"
        times = f"{line.median:>11.1f}{line.p95:>9.1f}{line.slowest:>9.1f}"
        name = f"{line.page} (sent)" if line.form else line.page
        yield f"{name:<44}{line.answers:>9}{line.wrong:>7}{times}{goal(line):>6}{ratio:>13}"


def growth(measurements: Sequence[ArchiveMeasurement]) -> Iterator[str]:
    """How much more the larger archives cost than the first."""
    heads = f"{'bytes a case':>14}{'made in s':>11}{'p95 of pages':>14}{'p95 of forms':>14}"
    yield f"{'cases':>10}{'database MiB':>14}{heads}"
    for measured in measurements:
        bytes_a_case = measured.database_bytes / measured.cases
        size = f"{measured.database_bytes / 2**20:>14.0f}{bytes_a_case:>14.0f}{measured.fill_seconds:>11.0f}"
        yield f"{measured.cases:>10}{size}{measured.p95(form=False):>14.1f}{measured.p95(form=True):>14.1f}"
    first, last = measurements[0], measurements[-1]
    for what, form in (("pages", False), ("forms", True)):
        earlier = first.p95(form)
        ratio = f"{last.p95(form) / earlier:.2f}" if earlier else "-"
        yield f"{last.cases / first.cases:g} times the cases: p95 of {what} {ratio} times as long"


def sample_line(sample: Footprint, hours: float) -> str:
    """One sample of a soak, at its simulated hour."""
    memory, log = sample.resident_bytes / 2**20, sample.log_bytes / 2**20
    return f"{hours:>5.2f} h{sample.acts:>9} acts{memory:>9.1f} MiB{sample.descriptors:>6} files{log:>8.1f} MiB of log"


def memory_line(samples: Sequence[Footprint], acts_a_second: float) -> str:
    """How memory went after the warm-up, with its slope by the simulated hour, of all and of the last half of it.

    Caches fill ever more slowly: their last half is much flatter than all. A leak has one slope.
    """
    warm = after_warm_up(samples)
    sizes = [sample.resident_bytes / 2**20 for sample in warm]
    by_hour = acts_a_second * 3600 / 2**20
    of_all, of_the_end = slope(warm), slope(warm[len(warm) // 2 :])
    return (
        f"memory after the warm-up: {sizes[0]:.1f} to {sizes[-1]:.1f} MiB ({min(sizes):.1f} to {max(sizes):.1f});"
        f" slope {of_all * by_hour:+.1f} MiB a simulated hour, {of_all:+.0f} bytes an act;"
        f" in its last half {of_the_end * by_hour:+.1f} MiB, {of_the_end:+.0f} bytes"
    )
