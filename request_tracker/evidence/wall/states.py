"""Every office and every branch of the tree judged, the worst office first. Pure: figures in, states out.

``down`` by a ticket or without an answer, ``ill`` where loss begins, ``full`` and ``busy`` by use, ``fine``;
``unknown`` where nobody says it. What is down has no rate: whatever was counted last is not what passes.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from inventory.model import City, Opd
from inventory.titles import titles
from inventory.topology import Branch, Kind, branches
from request_tracker.evidence.wall.figures import OLD_SECONDS, TwoWays, WallFigures
from request_tracker.store.database import Row

DOWN, ILL, FULL, BUSY, UNKNOWN, FINE = "down", "ill", "full", "busy", "unknown", "fine"
_ORDER = {DOWN: 0, ILL: 1, FULL: 2, BUSY: 3, UNKNOWN: 4, FINE: 5}
# The shares of the wall: at nine tenths people feel it, at seven tenths somebody should look.
FULL_SHARE, BUSY_SHARE = 0.9, 0.7


@dataclass(frozen=True, kw_only=True)
class OfficeTile:
    """One OPD: its rates now, its ceiling, the larger share of the two directions, and how old that is."""

    code: str
    name: str
    state: str
    rates: TwoWays
    ceiling: int | None
    share: float | None
    age_seconds: float | None


@dataclass(frozen=True, kw_only=True)
class BranchState:
    """One line of the tree. ``title`` is what people call it; ``load`` its fuller direction, ``loss`` its own."""

    name: str
    title: str
    kind: Kind
    parent: str | None
    tier: int
    state: str
    load: float | None
    loss: float | None
    rates: TwoWays
    offices: tuple[str, ...]
    planned: bool = False


@dataclass(frozen=True)
class Lasting:
    """What stands still or is worked on: roots of outages that last, offices they cut off, roots of planned work."""

    roots: Set[str]
    offices: Set[str]
    planned: Set[str] = frozenset()


def office_tiles(
    city: City, figures: WallFigures, ceilings: Mapping[str, Row], lasting: Lasting
) -> tuple[OfficeTile, ...]:
    """Every office, the worst first."""
    lines = {branch.far: branch.name for branch in branches(city) if branch.kind is Kind.OPD}
    tiles = [_tile(opd, lines[opd.code], figures, ceilings.get(opd.code), lasting) for opd in city.opds]
    return tuple(sorted(tiles, key=_worst_first))


def branch_states(city: City, figures: WallFigures, lasting: Lasting) -> tuple[BranchState, ...]:
    """Every line of the tree, parents before children; what hangs from a line that is down is down."""
    names, capacities = titles(city), _capacities(city)
    states: dict[str, BranchState] = {}
    for branch in branches(city):
        above = states[branch.parent].state if branch.parent else FINE
        down = branch.name in lasting.roots or above == DOWN
        rates = TwoWays() if down else figures.link_rates.get(branch.name, TwoWays())
        load = _share(rates, capacities[branch.name])
        loss = None if down else figures.losses.get(branch.name)
        states[branch.name] = BranchState(
            name=branch.name,
            title=names[branch.name],
            kind=branch.kind,
            parent=branch.parent,
            tier=branch.tier,
            state=DOWN if down else _of_line(branch, figures, load),
            load=load,
            loss=loss,
            rates=rates,
            offices=branch.offices,
            planned=branch.name in lasting.planned,
        )
    return tuple(states.values())


def counted(tiles: Iterable[OfficeTile], state: str) -> int:
    """How many offices are so."""
    return sum(tile.state == state for tile in tiles)


def _tile(opd: Opd, line: str, figures: WallFigures, row: Row | None, lasting: Lasting) -> OfficeTile:
    ceilings = (row["receive_ceiling"], row["transmit_ceiling"]) if row else (None, None)
    answers = figures.answers.get(line) if figures.watch_believed else None
    age = figures.ages.get(opd.code)
    measured = figures.rates.get(opd.code, TwoWays())
    silent = opd.code in lasting.offices or answers is False
    rates = measured if not silent and age is not None and age <= OLD_SECONDS else TwoWays()
    share = _share(rates, ceilings)
    judgeable = answers is not None or opd.address is None
    return OfficeTile(
        code=opd.code,
        name=opd.name,
        state=DOWN if silent else _heard(line, figures, share) if judgeable else UNKNOWN,
        rates=rates,
        ceiling=ceilings[0],
        share=share,
        age_seconds=age,
    )


def _heard(line: str, figures: WallFigures, share: float | None) -> str:
    """Of an office that answers: whether its own line loses, and how much of its allocation it uses."""
    return ILL if figures.watch_believed and line in figures.losses else _by_use(share)


def _of_line(branch: Branch, figures: WallFigures, load: float | None) -> str:
    """Of a line that no outage holds: whether the watch hears it, loses on it, and how full it is."""
    answers = figures.answers.get(branch.name)
    if not figures.watch_believed or (branch.address is not None and answers is None):
        return UNKNOWN
    if branch.name in figures.losses:
        return ILL
    # Silent and no outage yet: the watch makes up its mind within seconds.
    if answers is False:
        return UNKNOWN
    return FINE if load is None else _by_use(load)


def _by_use(share: float | None) -> str:
    if share is None:
        return UNKNOWN
    return FULL if share >= FULL_SHARE else BUSY if share >= BUSY_SHARE else FINE


def _share(rates: TwoWays, capacities: tuple[int | None, int | None]) -> float | None:
    pairs = zip((rates.receive, rates.transmit), capacities, strict=True)
    return max((rate / capacity for rate, capacity in pairs if rate is not None and capacity), default=None)


def _capacities(city: City) -> dict[str, tuple[int | None, int | None]]:
    lines: dict[str, tuple[int | None, int | None]] = {link.name: (link.speed, link.speed) for link in city.links}
    return lines | {line.name: (line.receive_capacity, line.transmit_capacity) for line in city.uplinks}


def _worst_first(tile: OfficeTile) -> tuple[int, float, str]:
    return _ORDER[tile.state], -(tile.share or 0.0), tile.name
