"""Lines and maps as SVG's numbers: points in, path texts and places out. Pure.

A course is drawn into a box of 100 by 100, a map into one of 1760 by 1000, as wide as its
panel on a screen of 16:9; the page stretches them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory.model import City
from inventory.titles import titles
from request_tracker.evidence.wall.courses import Points
from request_tracker.evidence.wall.states import DOWN, FINE, FULL, ILL, BranchState

BOX = 100.0
# Room at the edges for a name under its place.
MAP_WIDTH, MAP_HEIGHT, MAP_MARGIN = 1760.0, 1000.0, 90.0
# A hairline and what still lets two lines beside each other be told apart, in units of the box.
_THINNEST, _THICKER = 5.0, 16.0
# A hole of more than one step is drawn as a hole: where nobody measured, there is no line.
_HOLE_STEPS = 1.5


@dataclass(frozen=True)
class CourseBox:
    """The times of the left and of the right edge, the value of the upper one, and seconds between two points."""

    start: float
    end: float
    top: float
    step: float


@dataclass(frozen=True, kw_only=True)
class MapPlace:
    """A device or an office on the map, and the state of the line that leads to it; ``title`` where it is written.

    An office has its name where something is wrong with its own line: all others stand on the tiles.
    """

    title: str
    x: float
    y: float
    state: str
    device: bool


@dataclass(frozen=True, kw_only=True)
class MapLine:
    """A line between two places; ``width`` grows with its load."""

    x1: float
    y1: float
    x2: float
    y2: float
    state: str
    width: float


@dataclass(frozen=True)
class CityMap:
    """What is drawn, lines under places."""

    lines: tuple[MapLine, ...]
    places: tuple[MapPlace, ...]


def course_path(points: Points, box: CourseBox) -> str:
    """The path of a line; empty without points. What is above the upper edge runs along it."""
    parts: list[str] = []
    before = -math.inf
    for at, value in points:
        x = round((at - box.start) / (box.end - box.start) * BOX, 1)
        y = round(BOX - min(1.0, value / box.top) * BOX, 1) if box.top > 0 else BOX
        parts.append(f"{'L' if at - before <= box.step * _HOLE_STEPS else 'M'}{x} {y}")
        before = at
    return " ".join(parts)


def city_map(city: City, states: Sequence[BranchState], root_state: str) -> CityMap | None:
    """The lines between devices and to offices that have coordinates; None where a device has none."""
    spots = {("device", d.name): d.coordinates for d in city.devices}
    if any(spot is None for spot in spots.values()):
        return None
    spots |= {("opd", opd.code): opd.coordinates for opd in city.opds}
    placed = _placed({key: spot for key, spot in spots.items() if spot is not None})
    by_name = {state.name: state for state in states}
    root = ("device", city.city.watch_from)
    x, y = placed[root]
    places = [MapPlace(title=titles(city)[root[1]], x=x, y=y, state=root_state, device=True)]
    lines: list[MapLine] = []
    for link in city.links:
        end = ("opd", link.opd) if link.opd else ("device", link.device or "")
        if end not in placed:
            continue
        state, (x1, y1), (x2, y2) = by_name[link.name], placed["device", link.upstream.device], placed[end]
        width = _THINNEST + _THICKER * min(1.0, state.load or 0.0)
        lines.append(MapLine(x1=x1, y1=y1, x2=x2, y2=y2, state=state.state, width=round(width, 1)))
        device = end[0] == "device"
        title = state.title if device or _own_trouble(state, by_name) else ""
        places.append(MapPlace(title=title, x=x2, y=y2, state=state.state, device=device))
    return CityMap(tuple(lines), tuple(places))


def _own_trouble(state: BranchState, by_name: Mapping[str, BranchState]) -> bool:
    """Something is wrong with this line that is not already wrong above it."""
    above = by_name[state.parent].state if state.parent else FINE
    return state.state in (ILL, FULL) or (state.state == DOWN and above != DOWN)


def _placed(
    spots: Mapping[tuple[str, str], tuple[float, float]],
) -> dict[tuple[str, str], tuple[float, float]]:
    """North is up; a degree east is as much shorter as the city is far from the equator."""
    norths, easts = [spot[0] for spot in spots.values()], [spot[1] for spot in spots.values()]
    shrink = math.cos(math.radians(sum(norths) / len(norths)))
    width, height = (max(easts) - min(easts)) * shrink, max(norths) - min(norths)
    # Where all stand in one point, any scale draws it.
    across, down = (MAP_WIDTH - 4 * MAP_MARGIN) / (width or 1.0), (MAP_HEIGHT - 2 * MAP_MARGIN) / (height or 1.0)
    scale = min(across, down)
    left, upper = (MAP_WIDTH - width * scale) / 2, (MAP_HEIGHT - height * scale) / 2
    return {
        key: (
            round(left + (east - min(easts)) * shrink * scale, 1),
            round(upper + (max(norths) - north) * scale, 1),
        )
        for key, (north, east) in spots.items()
    }
