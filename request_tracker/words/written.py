"""Numbers, days and moments as people and programs write them: a text in, a bounded value out, ValueError otherwise.

The one place that reads them. Python reads years to 9999 and numbers of thousands of digits; neither the office's
calendar, which reckons days around a moment, nor SQLite, whose whole numbers have 64 bits, can work with those.
"""

from datetime import date, datetime, time

# Counts anything an office counts, and a thousand times it stays within SQLite's 64 bits.
MOST_NUMBER = 10**12
# Older than any line of the network, and far beyond the life of any case; a year on both sides is still a date.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
# A moment with microseconds and zone has 32 letters.
LONGEST = 40


def number_of(text: str) -> int:
    """A whole number from 0 to ``MOST_NUMBER``, in plain digits."""
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST and int(text) <= MOST_NUMBER):
        raise ValueError(f"{text[:LONGEST]!r} is no whole number up to {MOST_NUMBER}")
    return int(text)


def day_of(text: str) -> date:
    """A day such as ``2026-11-23``."""
    day = date.fromisoformat(text[:LONGEST])
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"{text[:LONGEST]!r} is not a day from {FIRST_DAY} to {LAST_DAY}")
    return day


def moment_of(text: str) -> datetime:
    """A day and time such as ``2026-11-23T10:30``, with a zone or without one."""
    moment = datetime.fromisoformat(text[:LONGEST])
    if not FIRST_DAY <= moment.date() <= LAST_DAY:
        raise ValueError(f"{text[:LONGEST]!r} is not a moment from {FIRST_DAY} to {LAST_DAY}")
    return moment


def hour_of(text: str) -> time:
    """A time of day such as ``10:30``; a zone is left out, it is the office's."""
    return time.fromisoformat(text[:LONGEST]).replace(tzinfo=None)
