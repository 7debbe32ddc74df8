"""How papers say rates, days and moments in Indonesian: numbers and datetimes in, text out. Pure."""

from datetime import date, datetime

MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli"),
    *("Agustus", "September", "Oktober", "November", "Desember"),
)
# A line that a name or a number is written on by hand.
BLANK = "……………………"
# Bytes a second in one megabit a second: the ledger counts bytes, an office reads Mbit/s.
MEGABIT = 125_000
# A hundredth of a Mbit/s in bytes a second: finer figures of a five-minute mean would say more than was measured.
HUNDREDTH = 1_250


def rate(value: float) -> str:
    """``12,5 Mbit/s`` of bytes a second."""
    return f"{value / MEGABIT:g} Mbit/s".replace(".", ",")


def measured_rate(value: float | None) -> str:
    """A measured rate to a hundredth of a Mbit/s; a dash where nothing was measured."""
    return "–" if value is None else rate(round(value / HUNDREDTH) * HUNDREDTH)


def percent(share: float | None, digits: int = 1) -> str:
    """``12,5 %``; a dash where nothing was measured."""
    return "–" if share is None else f"{share * 100:.{digits}f} %".replace(".", ",")


def day(at: date) -> str:
    """``20 November 2026``."""
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def short(at: datetime) -> str:
    """``20-11-2026``."""
    return f"{at:%d-%m-%Y}"


def moment(at: datetime) -> str:
    """``20 November 2026 pukul 12.00 WIB``."""
    return f"{day(at)} pukul {at:%H.%M %Z}".rstrip()
