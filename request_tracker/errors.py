"""The room's exceptions: what a person can mend. Caught once, in ``cli`` and in the pages' error handler."""

from typing import Any

from request_tracker.words import REFUSALS


class TrackerError(Exception):
    """Something the person at the terminal can mend; the text names the thing, the place and the next step."""


class Refused(TrackerError):
    """A command the SOP, the roles or the ledger do not allow. ``code`` is stable; texts in two languages."""

    status, form_status = 409, 422

    def __init__(self, code: str, /, **values: Any) -> None:
        self.code = code
        self.values = values
        super().__init__(self.text("id"))

    def text(self, language: str = "id") -> str:
        """The sentence for a person, ``id`` (Indonesian) or ``en``."""
        indonesian, english = REFUSALS[self.code]
        return (english if language == "en" else indonesian).format(**self.values)


class Conflict(Refused):
    """Somebody else acted first; nothing was written. Show the case as it is now."""


class NotStored(Refused):
    """Nothing was written: another program holds the database, or the disk is full. The same may be sent again."""

    status, form_status = 503, 503

    def __init__(self, code: str, place: object, reason: object) -> None:
        super().__init__(code)
        self.args = (f"{place}: cannot write now: {reason}; nothing was stored, try again",)
