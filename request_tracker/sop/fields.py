"""A field of a form as frozen data: what SOP files, the tracker's own forms, pages and papers share."""

from dataclasses import dataclass

from request_tracker.words.bilingual import Both


@dataclass(frozen=True)
class Field:
    """One field: ``kind`` is text, long, rate, date, moment, choice, yesno, opd, email, phone, number or dbm.

    ``hint``: what to write and why, beside the field. ``ahead``: a moment that must still be to come when it is signed.
    """

    key: str
    indonesian: str
    english: str
    kind: str = "text"
    required: bool = True
    personal: bool = False
    choices: tuple[str, ...] = ()
    hint: Both | None = None
    ahead: bool = False

    @property
    def name(self) -> Both:
        """What a person calls it."""
        return Both(self.indonesian, self.english)
