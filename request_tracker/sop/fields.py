"""A field of a form as frozen data: what SOP files, the tracker's own forms, pages and papers share."""

from dataclasses import dataclass

from request_tracker.words.bilingual import Both


@dataclass(frozen=True)
class Field:
    """One field: ``kind`` is a key of ``field_reading.READ``, or text, long or opd.

    ``hint``: what to write and why, beside the field. ``longest``: its letters, ``sop.forms.MAX_TEXT`` where None.
    ``offers``: of a pick, what may be chosen at this moment (people, lines), each with its name.
    Held against the office's clock when it is sent: ``ahead`` must be to come, ``past`` must have been; ``after`` is
    the field whose moment or day comes before this one's. ``fills``: what a browser may fill in by itself, as HTML's
    ``autocomplete`` names it. A ``secret`` is a password or a code: it is never shown again. A number lies from
    ``least`` to ``most``, both included; without ``most`` anything that can be counted is one.
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
    longest: int | None = None
    offers: tuple[tuple[str, str], ...] = ()
    past: bool = False
    after: str = ""
    fills: str = ""
    least: int = 0
    most: int | None = None

    @property
    def name(self) -> Both:
        """What a person calls it."""
        return Both(self.indonesian, self.english)
