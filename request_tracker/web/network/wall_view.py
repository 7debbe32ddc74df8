"""The wall as one value that the page draws: states, tickets and courses in, panels out. Pure.

Text stands in pairs; what does not fit on a screen is counted and never left out silently.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from inventory.model import City
from inventory.titles import titles
from inventory.topology import Kind
from request_tracker.evidence.wall.courses import OFFICE_STEP_SECONDS, UPLINK_STEP_SECONDS, DayCourses
from request_tracker.evidence.wall.figures import TwoWays, WallFigures
from request_tracker.evidence.wall.states import (
    BUSY,
    DOWN,
    FINE,
    FULL,
    ILL,
    UNKNOWN,
    BranchState,
    OfficeTile,
    counted,
)
from request_tracker.store.database import Row
from request_tracker.web.network.wall_drawing import CourseBox, course_path
from request_tracker.words.bilingual import Both

# Ten beside each other and five rows are the smallest tiles whose names are read from five metres on a 1080p screen.
MOST_TILES = 50
# Beside shapes for all others there is room for three rows.
TILES_BESIDE_SHAPES = 30
# Two columns of a tree in letters of 20 pixels.
MOST_ROWS = 24
# Roots that the verdict names; more do not fit on one line of it.
_NAMED = 2
# What each shape and colour means, in the order of their badness.
STATE_WORDS = {
    DOWN: Both("terputus", "down"),
    ILL: Both("paket hilang", "losing packets"),
    FULL: Both("hampir penuh", "nearly full"),
    BUSY: Both("sibuk", "busy"),
    UNKNOWN: Both("tidak diketahui", "unknown"),
    FINE: Both("baik", "fine"),
}


@dataclass(frozen=True, kw_only=True)
class TreeRow:
    """A device of the tree by the line to it, with the states of the offices that hang from it directly."""

    depth: int
    state: BranchState | None
    title: str
    offices: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class UplinkPanel:
    """An uplink with its load line of the day: ``receive`` and ``transmit`` are paths."""

    state: BranchState
    capacities: tuple[int, int]
    receive: str
    transmit: str


@dataclass(frozen=True, kw_only=True)
class WallVerdict:
    """State (``bad``, ``warn``, ``unknown``, ``good``) and one sentence."""

    state: str
    text: Both


def shown_tiles(tiles: Sequence[OfficeTile]) -> int:
    """How many offices get a tile; the others a shape each."""
    return len(tiles) if len(tiles) <= MOST_TILES else TILES_BESIDE_SHAPES


def verdict(
    city: City, lasting: Sequence[Row], figures: WallFigures, tiles: Sequence[OfficeTile], lines: Sequence[BranchState]
) -> WallVerdict:
    """The state of the city in one sentence: what is certainly wrong first, then what nobody knows, then the rest."""
    if lasting:
        return WallVerdict(state="bad", text=_outages(city, lasting))
    if figures.isolated:
        text = Both("Pemantau kehilangan jaringannya sendiri", "The monitor has lost its own network")
        return WallVerdict(state="unknown", text=text)
    if not figures.watch_believed:
        text = Both("Pemantau diam; keadaan tidak diketahui", "The watch is silent; state unknown")
        return WallVerdict(state="unknown", text=text)
    return _of_offices(tiles, [line.title for line in lines if line.state == ILL])


def _of_offices(tiles: Sequence[OfficeTile], ill: Sequence[str]) -> WallVerdict:
    """No outage lasts and the watch is at work."""
    every, down, full, unknown = len(tiles), *(counted(tiles, state) for state in (DOWN, FULL, UNKNOWN))
    if down:
        text = Both(f"{down} OPD tidak menjawab, sedang dipastikan", f"{down} offices do not answer, being confirmed")
        return WallVerdict(state="warn", text=text)
    if ill:
        text = Both(f"Tersambung, tetapi paket hilang: {_some(ill)}", f"Connected, but packets are lost: {_some(ill)}")
        return WallVerdict(state="warn", text=text)
    if unknown:
        text = Both(
            f"Tersambung; pemakaian {unknown} OPD tidak diketahui", f"Connected; use of {unknown} offices unknown"
        )
        return WallVerdict(state="unknown", text=text)
    if full:
        text = Both(f"Semua tersambung; {full} OPD hampir penuh", f"All connected; {full} offices nearly full")
        return WallVerdict(state="warn", text=text)
    return WallVerdict(state="good", text=Both(f"Semua {every} OPD tersambung", f"All {every} offices connected"))


def tree_rows(city: City, lines: Sequence[BranchState], tiles: Sequence[OfficeTile]) -> tuple[tuple[TreeRow, ...], int]:
    """The tree of devices in the order in which it is drawn, and how many rows of it are left out, all fine."""
    names, of_office = titles(city), {tile.code: tile.state for tile in tiles}
    far = {link.name: link.opd for link in city.links if link.opd}
    direct: dict[str | None, list[str]] = {}
    for line in lines:
        if line.kind is Kind.OPD:
            direct.setdefault(line.parent, []).append(of_office[far[line.name] or ""])
    root = TreeRow(depth=0, state=None, title=names[city.city.watch_from], offices=tuple(direct.get(None, ())))
    rows = [
        TreeRow(depth=line.tier, state=line, title=line.title, offices=tuple(direct.get(line.name, ())))
        for line in lines
        if line.kind is Kind.LINK
    ]
    chosen = _chosen(rows)
    return (root, *chosen), len(rows) - len(chosen)


def uplink_panels(city: City, lines: Sequence[BranchState], courses: DayCourses) -> tuple[UplinkPanel, ...]:
    """Every uplink with its day; the upper edge of its line is its capacity."""
    by_name = {line.name: line for line in lines}
    panels = []
    for uplink in city.uplinks:
        capacities = (uplink.receive_capacity, uplink.transmit_capacity)
        paths = [
            course_path(
                points.get(uplink.name, ()), CourseBox(courses.start, courses.end, capacity, UPLINK_STEP_SECONDS)
            )
            for points, capacity in zip((courses.uplink_receive, courses.uplink_transmit), capacities, strict=True)
        ]
        panels.append(
            UplinkPanel(state=by_name[uplink.name], capacities=capacities, receive=paths[0], transmit=paths[1])
        )
    return tuple(panels)


def sparkline(tile: OfficeTile, courses: DayCourses) -> str:
    """What an office received in the last day, against its ceiling; against its own peak where it has none."""
    points = courses.office_receive.get(tile.code, ())
    top = tile.ceiling or max((value for _, value in points), default=0.0)
    return course_path(points, CourseBox(courses.start, courses.end, top, OFFICE_STEP_SECONDS))


def oldest(tiles: Sequence[OfficeTile]) -> float | None:
    """The age of the oldest traffic figure that is shown; None where there is none."""
    return max((tile.age_seconds or 0.0 for tile in tiles if tile.rates != TwoWays()), default=None)


def _outages(city: City, lasting: Sequence[Row]) -> Both:
    names = titles(city)
    hit = len({code for row in lasting for code in json.loads(row["offices"])})
    roots = _some([names.get(row["root"], row["root"]) for row in lasting])
    return Both(
        f"{len(lasting)} gangguan: {roots}; {hit} OPD terdampak", f"{len(lasting)} outages: {roots}; {hit} offices hit"
    )


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" + {more}" if more > 0 else "")


def _chosen(rows: Sequence[TreeRow]) -> list[TreeRow]:
    """All of them where they fit; else those with something wrong and all above them first, in the tree's order."""
    if len(rows) <= MOST_ROWS:
        return list(rows)
    by_name = {row.state.name: row for row in rows if row.state is not None}
    wanted: list[TreeRow] = []
    for row in sorted(rows, key=_fine):
        chain, name = list[TreeRow](), row.state.name if row.state else None
        while name in by_name:
            chain.append(by_name[name])
            above = by_name[name].state
            name = above.parent if above else None
        wanted += [part for part in chain if part not in wanted]
        if len(wanted) >= MOST_ROWS:
            break
    return [row for row in rows if row in wanted[:MOST_ROWS]]


def _fine(row: TreeRow) -> bool:
    return row.state is not None and row.state.state == FINE and set(row.offices) <= {FINE}
