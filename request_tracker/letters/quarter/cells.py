"""Cells of the evaluation's tables: a value in, its text out. Pure."""

from datetime import date

from request_tracker.evidence.uptime import share_said, whole_percent
from request_tracker.letters.press.wording import MONTHS
from request_tracker.words.bilingual import Both
from request_tracker.words.spreadsheet_text import Cell, ShareCell, WholeShare

ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def cell_text(value: Cell, language: str) -> str:
    """A cell as it is read; nothing that was not measured looks like a nought."""
    if value is None:
        return "–"
    if isinstance(value, Both):
        return value.said(language)
    if isinstance(value, ShareCell):
        said = whole_percent if isinstance(value, WholeShare) else share_said
        return said(value).said(language)
    if isinstance(value, float):
        return number_text(value, language)
    return day_text(value, language) if isinstance(value, date) else str(value)


def number_text(value: float, language: str) -> str:
    """Two decimals at most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text if language == "en" else text.replace(".", ",")


def day_text(day: date, language: str) -> str:
    """``20 November 2026`` in the language."""
    months = ENGLISH_MONTHS if language == "en" else MONTHS
    return f"{day.day} {months[day.month - 1]} {day.year}"
