"""Text for spreadsheets: any value in, one that no program runs out. Pure."""

from typing import Any

# What Excel and LibreOffice take for the begin of a formula (OWASP, "CSV injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, made plain text by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
