"""The room's exceptions: what a person can mend. Caught once, in ``cli`` and in the pages' error handler."""

from typing import Any

from request_tracker.words import REFUSALS


class TrackerError(Exception):
    """Something the person at the terminal can mend; the text names the thing, the place and the next step."""


class Refused(TrackerError):
    """A command the SOP, the roles or the ledger do not allow. ``code`` is stable; texts in two languages."""

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
