"""The cases of a period: how they ended, how long each step took, who was in time. Events in, figures out; reads only.

Times of steps are net of pauses, on the clock the SOP counts by. A case belongs to the period in which it ended; one
that is still open belongs to the period in which it was opened.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from statistics import median, quantiles

from request_tracker.cases.clocks import running
from request_tracker.cases.context import Desk
from request_tracker.cases.endings import counts
from request_tracker.cases.fold import fold
from request_tracker.cases.model import Case, Event
from request_tracker.cases.queries import history
from request_tracker.people.roles import ROLE_NAMES
from request_tracker.sop import register
from request_tracker.sop.model import Sop
from request_tracker.store.chain import stamp
from request_tracker.words.bilingual import Both, joined

CASES = (
    "SELECT number FROM cases WHERE (ended_at >= ? AND ended_at < ?) OR (opened_at >= ? AND opened_at < ?)"
    " ORDER BY number"
)
# By SOP and step: hours net, and whether it was late.
Visits = dict[tuple[str, str], list[tuple[float, bool]]]
OPEN = "masih_terbuka"
KIND_NAMES = {
    "request": Both("Permohonan", "Requests"),
    "outage": Both("Gangguan", "Outages"),
    "complaint": Both("Pengaduan", "Complaints"),
}
# What was asked for and could not be had.
UNMET = frozenset({"tidak_tersedia", "ditolak"})


@dataclass(frozen=True, kw_only=True)
class CaseFigure:
    """One case of the period, as the spreadsheet lists it; ``counted``: its times and its promise count."""

    number: str
    sop: str
    kind: str
    opd: str
    opened_on: date
    ended_on: date | None
    ending: str | None
    outcome: str
    counted: bool
    late: bool = False


@dataclass(frozen=True)
class StepTimes:
    """One step of an SOP over the period: visits, how many were late, hours net (median and 90th percentile)."""

    sop: str
    step: str
    visits: int
    late: int
    median_hours: float
    p90_hours: float


@dataclass(frozen=True)
class RoleTimes:
    """One role over all steps whose lane it is; a step of two officials counts for both."""

    role: str
    visits: int
    late: int


@dataclass(frozen=True)
class Volume:
    """One SOP over the period: cases opened, ended by their ending, how many missed the promise, rounds repeated.

    ``counted``: cases whose times and promise count; ``outcomes``: what became of every case, those still open too.
    """

    sop: str
    opened: int
    endings: tuple[tuple[str, int], ...]
    late: int
    loops: int = 0
    counted: int = 0
    outcomes: tuple[tuple[str, int], ...] = ()
    kind: str = "request"


@dataclass(frozen=True)
class Unmet:
    """KTM-CT: a request that could not be met: what was asked and is still lacking, in bytes a second."""

    number: str
    opd: str
    wanted: int
    ended_on: date


@dataclass(frozen=True, kw_only=True)
class CaseCounts:
    """Everything that the cases of a period tell, with the names of their SOPs, steps and steps' roles."""

    volumes: tuple[Volume, ...]
    steps: tuple[StepTimes, ...]
    roles: tuple[RoleTimes, ...]
    unmet: tuple[Unmet, ...]
    cases: tuple[CaseFigure, ...]
    opened: Mapping[str, int]
    sop_names: Mapping[str, Both]
    step_names: Mapping[tuple[str, str], Both]


def count_cases(desk: Desk, begin: datetime, end: datetime, now: datetime) -> CaseCounts:
    """The cases of a period; clocks as of its end, for a case that became late afterwards belongs to the next."""
    sops, unmet, figures = dict[str, Sop](), list[Unmet](), list[CaseFigure]()
    visits: Visits = defaultdict(list)
    loops: Counter[str] = Counter()
    for row in desk.store.rows(CASES, [stamp(begin), stamp(end)] * 2):
        events = history(desk, row["number"])
        case = fold(events)
        sop = sops[case.sop] = register.by_hash(desk.store, case.sop_hash)
        figure = _figure(desk, case, events, end)
        if figure.counted:
            clocks = running(events, sop, desk.calendar, min(now, end))
            figure = replace(figure, late=clocks.service.late)
            for step in clocks.steps:
                visits[case.sop, step.step].append((step.clock.net.total_seconds() / 3600, step.clock.late))
        figures.append(figure)
        loops[case.sop] += case.round - 1
        wanted = case.form.get("wanted_receive")
        if figure.ended_on is not None and figure.ending in UNMET and isinstance(wanted, int):
            unmet.append(Unmet(case.number, figure.opd, wanted, figure.ended_on))
    first = desk.calendar.local(begin).date()
    opened = Counter(figure.sop for figure in figures if figure.opened_on >= first)
    return CaseCounts(
        volumes=tuple(
            _volume(code, [figure for figure in figures if figure.sop == code], opened[code], loops[code])
            for code in sorted(sops)
        ),
        steps=tuple(_times(sop, step, times) for (sop, step), times in sorted(visits.items())),
        roles=_roles(visits, sops),
        unmet=tuple(unmet),
        cases=tuple(figures),
        opened=Counter(figure.opd for figure in figures if figure.opened_on >= first),
        sop_names=_sop_names(list(sops.values())),
        step_names={(code, step): _step_name(sops[code], step) for code, step in visits},
    )


def _figure(desk: Desk, case: Case, events: Sequence[Event], end: datetime) -> CaseFigure:
    """A case as it stood at the end of the period."""
    over = case.ended_at is not None and case.ended_at < end
    decided = [event.data["outcome"] for event in events if event.kind == "decided" and event.data.get("outcome")]
    finished = decided[-1] if decided and case.ending == "selesai" else str(case.ending)
    return CaseFigure(
        number=case.number,
        sop=case.sop,
        kind=case.kind,
        opd=case.opd or "",
        opened_on=desk.calendar.local(case.opened_at).date(),
        ended_on=desk.calendar.local(case.ended_at).date() if over and case.ended_at else None,
        ending=str(case.ending) if over else None,
        outcome=finished if over else OPEN,
        counted=counts(case.ending if over else None),
    )


def _volume(code: str, figures: Sequence[CaseFigure], opened: int, loops: int) -> Volume:
    endings = Counter(figure.ending for figure in figures if figure.ending is not None)
    counted = [figure for figure in figures if figure.counted]
    return Volume(
        sop=code,
        opened=opened,
        endings=tuple(sorted(endings.items())),
        late=sum(figure.late for figure in counted),
        loops=loops,
        counted=len(counted),
        outcomes=tuple(sorted(Counter(figure.outcome for figure in figures).items())),
        kind=figures[0].kind,
    )


def _times(sop: str, step: str, visits: list[tuple[float, bool]]) -> StepTimes:
    hours = [took for took, _ in visits]
    # "inclusive": all visits of the period are known, so the figure lies between the shortest and the longest.
    ninetieth = quantiles(hours, n=10, method="inclusive")[-1] if len(hours) > 1 else hours[0]
    return StepTimes(sop, step, len(visits), sum(late for _, late in visits), median(hours), ninetieth)


def _roles(
    visits: Mapping[tuple[str, str], list[tuple[float, bool]]], sops: Mapping[str, Sop]
) -> tuple[RoleTimes, ...]:
    """Visits and late ones by role, in the order in which people know the roles."""
    late: dict[str, list[bool]] = defaultdict(list)
    for (code, step), times in visits.items():
        for role in _roles_of(sops[code], step):
            late[role] += [missed for _, missed in times]
    return tuple(RoleTimes(role, len(late[role]), sum(late[role])) for role in ROLE_NAMES if role in late)


def _roles_of(sop: Sop, step: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sop.role(lane) for lane in sop.step(step).lanes))


def _sop_names(sops: Sequence[Sop]) -> dict[str, Both]:
    """An SOP by its title; in English by what it is for, with its code where there are two of a kind."""
    kinds = Counter(sop.kind for sop in sops)
    names = {}
    for sop in sops:
        english = KIND_NAMES.get(sop.kind, Both(sop.title, sop.code)).english
        names[sop.code] = Both(sop.title, english if kinds[sop.kind] == 1 else f"{english} ({sop.code})")
    return names


def _step_name(sop: Sop, step: str) -> Both:
    """A step by its number and text; the texts are the regulation's, in English its number and who acts."""
    row = sop.step(step)
    who = joined([ROLE_NAMES[role] for role in _roles_of(sop, step) if role in ROLE_NAMES])
    return Both(f"{row.order}. {row.text}", f"Step {row.order}: {who.english}")
