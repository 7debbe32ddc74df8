"""What a call for an outage says: a ticket in; what fell, since when, why, whom it hits and what to look at first out.

A telephone shows this alone, so it holds names that people know, not the city file's. Pure but for reading the ticket.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from inventory.model import City
from inventory.titles import title
from request_tracker.cases import Desk
from request_tracker.outages.tickets import ticket
from request_tracker.store.database import Row
from request_tracker.words.labels import phrase

# Telegram takes 4,096 characters of a message and Apprise puts the title, at most 250, in front (its own limit).
LONGEST_TEXT = 4096 - 250
# More names are not read on a telephone; the ticket's page has them all.
OFFICES_NAMED = 20
MORE = "…"
FIRST_LOOK = {
    "link_down": ("listrik, kabel dan port di kedua ujung", "power, cable and port at both ends"),
    "device_down": ("listrik di lokasi perangkat", "the power where the device stands"),
    "silent": ("perutean, VLAN, media konverter, sisi ISP", "routing, VLAN, media converter, the ISP's side"),
}
_FIRST_OF_ALL = ("listrik di ujung, lalu port di depannya", "power at the far end, then the port before it")


def facts_of(desk: Desk, number: str) -> list[str]:
    """The lines of a call; empty where there is no such ticket (what an office reported may have none yet)."""
    row = ticket(desk, number)
    if row is None:
        return []
    cause, first = phrase(row["cause"]), FIRST_LOOK.get(row["cause"], _FIRST_OF_ALL)
    return [
        title(desk.city, row["root"]),
        f"Sejak / since: {_clock(desk, row['started_at'])}",
        f"Sebab / cause: {cause.indonesian} / {cause.english}",
        f"OPD terputus / offices cut off: {_offices(desk.city, row)}",
        f"Periksa dulu / look first at: {first[0]} / {first[1]}",
    ]


def facts_of_the_end(desk: Desk, number: str) -> list[str]:
    """The lines of the message that says it is over."""
    row = ticket(desk, number)
    if row is None or row["ended_at"] is None:
        return []
    seconds = row["ended_at"] - row["started_at"] if row["down_seconds"] is None else row["down_seconds"]
    announced = sum(end - begin for begin, end in json.loads(row["planned"] or "[]"))
    return [
        title(desk.city, row["root"]),
        f"{_clock(desk, row['started_at'])} – {_clock(desk, row['ended_at'])}",
        # A cut of some seconds is a minute to whoever reads it, not none.
        f"Putus / down: {max(1, round(seconds / 60))} menit / minutes",
        *([f"Di antaranya terencana / of these planned: {round(announced / 60)}"] if announced else []),
    ]


def cut(text: str, most: int = LONGEST_TEXT) -> str:
    """The text, or as many whole words of it as fit."""
    if len(text) <= most:
        return text
    head = text[: most - len(MORE)]
    whole = head if text[len(head)].isspace() else head.rsplit(maxsplit=1)[0]
    return whole.rstrip() + MORE


def _offices(city: City, row: Row) -> str:
    names = {opd.code: opd.name for opd in city.opds}
    codes = _codes(row)
    said = ", ".join(names.get(code, code) for code in codes[:OFFICES_NAMED])
    rest = len(codes) - OFFICES_NAMED
    more = f", dan {rest} lainnya / and {rest} more" if rest > 0 else ""
    # Names of a city file may be of any length: what comes behind them in the message must still fit.
    return f"{len(codes)}: {cut(said, LONGEST_TEXT // 2)}{more}"


def _codes(row: Row) -> Sequence[str]:
    codes: list[str] = json.loads(row["offices"])
    return codes


def _clock(desk: Desk, seconds: float) -> str:
    """A moment in the office's zone, with the zone's letters."""
    return f"{datetime.fromtimestamp(seconds, desk.calendar.zone):%d-%m-%Y %H.%M %Z}"
