"""What power, light or radio said of a line before it was cut: alerts that were told before in, a likely cause out.

Likely, not found: it stands beside what the watch found out, and only where it was said before the outage began and was
still so. An alert counts that names the line; without a line, light or radio of the device behind it, and a UPS that is
one of its ends or stands in the same place (``place`` of the city file).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inventory.model import City
from inventory.topology import branches
from request_tracker.cases import Desk
from request_tracker.store.database import Row

# By alert, the code of its words; what stands first weighs more.
MAINS, LIGHT, RADIO = "mains_failed", "light_weak", "radio_weak"
_WEIGHT = (MAINS, LIGHT, RADIO)
SIGNS = {
    "LebarpitaUpsOnBattery": MAINS,
    "LebarpitaSignalLow": LIGHT,
    "LebarpitaSignalFading": LIGHT,
    "LebarpitaRadioModulation": RADIO,
    "LebarpitaRadioBelowContract": RADIO,
}
_MEDIA_OF_RADIO = ("radio", "lte")
# A device that loses its power is no longer read, and its alert ends some minutes before or after the outage is seen.
STILL_SECONDS = 900.0
# As long as a falling power is told of before it reaches its threshold (LebarpitaSignalFading).
_BACK_SECONDS = 30 * 86400.0


@dataclass(frozen=True)
class LikelyCause:
    """What was said: the code of its words, at which device, and since when (Unix seconds)."""

    code: str
    device: str
    since: float


@dataclass(frozen=True)
class LineEnds:
    """The line of an outage: its name, the device nearer to the core, and the one behind it ('' for an office)."""

    line: str
    near: str
    behind: str


def likely_cause(desk: Desk, ticket: Row) -> LikelyCause | None:
    """What was said before that ticket's outage, None where nothing was."""
    ends = ends_of(desk.city, str(ticket["root"]))
    began = float(ticket["started_at"])
    marks = ", ".join("?" * len(SIGNS))
    rows = desk.store.rows(
        "SELECT alertname, labels, min(received_at) AS said_at,"
        " max(CASE WHEN status = 'resolved' THEN ended_at END) AS over_at FROM deliveries"
        f" WHERE alertname IN ({marks}) AND received_at >= ? GROUP BY fingerprint, starts_at"
        " HAVING said_at < ? AND (over_at IS NULL OR over_at >= ?)",
        [*SIGNS, began - _BACK_SECONDS, began, began - STILL_SECONDS],
    )
    places = {device.name: device.place for device in desk.city.devices}
    return weightiest(sign for row in rows if (sign := _sign(row, ends, places)) is not None) if ends else None


def weightiest(signs: Iterable[LikelyCause]) -> LikelyCause | None:
    """Power before light before radio; of the same kind what was said last."""
    return min(signs, key=lambda sign: (_WEIGHT.index(sign.code), -sign.since), default=None)


def ends_of(city: City, root: str) -> LineEnds | None:
    """The line whose cut that root is; of a device the line to it."""
    for branch in branches(city):
        if root in (branch.name, branch.far) and branch.name:
            behind = branch.far if branch.kind == "link" else ""
            return LineEnds(branch.name, branch.device, behind)
    return None


def _sign(row: Row, ends: LineEnds, places: Mapping[str, str]) -> LikelyCause | None:
    labels = json.loads(row["labels"])
    code, device, line = SIGNS[row["alertname"]], str(labels.get("device", "")), str(labels.get("link", ""))
    if code == LIGHT and labels.get("medium") in _MEDIA_OF_RADIO:
        code = RADIO
    if code == MAINS:
        fits = device in (ends.near, ends.behind) or _stands_there(device, ends, places)
    else:
        fits = line == ends.line if line else device == ends.behind != ""
    return LikelyCause(code, device, float(row["said_at"])) if fits else None


def _stands_there(device: str, ends: LineEnds, places: Mapping[str, str]) -> bool:
    place = places.get(device, "")
    return bool(place) and place in (places.get(ends.near), places.get(ends.behind))
