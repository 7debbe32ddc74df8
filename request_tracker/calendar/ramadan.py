"""Ramadan: the national calendar's Eid in, the month before it out; what an office still has to confirm. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from request_tracker.words.bilingual import Both

Month = tuple[date, date]
_EID = "Hari Raya Idul Fitri"
_LEAVE = "Cuti Bersama"
# A month of the moon has 29 or 30 days; hours of Ramadan on one day too many are noticed, on one too few resented.
_LONGEST = timedelta(days=30)
RAMADAN = Both("Ramadan", "Ramadan")
LEAVE = Both("cuti bersama", "collective leave")


def estimated(closed: Mapping[date, str]) -> tuple[Month, ...]:
    """The month before each Eid of the calendar, whether that is decreed or still reckoned."""
    feasts = (day for day, name in closed.items() if name.startswith(_EID))
    return tuple((day - _LONGEST, day - timedelta(days=1)) for day in sorted(feasts))


def laid_over(below: Iterable[Month], above: Iterable[Month]) -> tuple[Month, ...]:
    """Both in order; where both have a month that ends in the same season, the one above counts."""
    named = tuple(above)
    # A lunar year has 354 days: what ends within half of it is the same Ramadan, wherever the year ends.
    rest = (month for month in below if all(abs(month[1] - other[1]) > timedelta(days=177) for other in named))
    return tuple(sorted((*rest, *named)))


def unconfirmed(closed: Mapping[date, str], confirmed: Iterable[Month], today: date) -> list[tuple[int, Both]]:
    """What the years of the next 12 months lack: collective leave, and a Ramadan that somebody has confirmed."""
    until, sure = today + timedelta(days=365), tuple(confirmed)
    years = range(today.year, until.year + 1)
    # A year of which nothing is left to come in these months is not asked for.
    leave = {day.year for day, name in closed.items() if _LEAVE.lower() in name.lower()}
    lacking = [(year, LEAVE) for year in years if year not in leave]
    coming = [month for month in estimated(closed) if today <= month[1] and month[0] <= until]
    return lacking + [(month[1].year, RAMADAN) for month in coming if month in laid_over([month], sure)]
