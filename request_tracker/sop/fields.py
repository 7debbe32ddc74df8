"""A field of a form as frozen data: what SOP files, the tracker's own forms, pages and papers share."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One field: ``kind`` is text, long, rate, date, moment, choice, yesno, opd, email, phone or number."""

    key: str
    indonesian: str
    english: str
    kind: str = "text"
    required: bool = True
    personal: bool = False
    choices: tuple[str, ...] = ()
