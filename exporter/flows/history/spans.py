"""How far back a question goes: a text such as 30m, 1h or 2d in, seconds out. Loads nothing; the collector uses it."""

import re

from exporter.errors import ExporterError

# The tables of every answer, and those that are asked for by name. ``operators`` are the AS of remote networks.
SUMMARIES = ("hosts", "networks", "services")
TABLES = (*SUMMARIES, "applications", "operators", "countries", "opds", "addresses")

# Seconds of each unit that a span may have.
DAY = 86_400
_UNITS = {"m": 60, "h": 3600, "d": DAY}


def seconds(text: str) -> int:
    """A span such as 30m, 1h or 2d. Raises ExporterError."""
    match = re.fullmatch(r"(\d{1,5})([mhd])", text, re.ASCII)
    if not match or int(match[1]) == 0:
        raise ExporterError(f"since: {text[:20]!r} is no span; write for example 30m, 1h or 2d")
    return int(match[1]) * _UNITS[match[2]]


def beginning(text: str, days: int, now: float) -> float:
    """From when on, in Unix seconds: the span, but never older than the days that are kept. Raises ExporterError."""
    return now - min(seconds(text), days * DAY)
