"""The room's exceptions: what a person can mend. Caught once, in ``cli`` and in the pages' error handler."""

from collections.abc import Mapping
from typing import Any

from request_tracker.words.bilingual import Both, filled, joined
from request_tracker.words.refusals import REFUSALS


class TrackerError(Exception):
    """Something the person at the terminal can mend; the text names the thing, the place and the next step."""

    def at_terminal(self) -> str:
        """The sentence for whoever runs a command; English, as all of the command line."""
        return str(self)


class Refused(TrackerError):
    """A command the SOP, the roles or the ledger do not allow. ``code`` is stable; texts in two languages.

    A value that is a text of ours is a ``Both``; names, numbers and the SOP's own words stand as they are.
    """

    status, form_status = 409, 422

    # "/": so that a sentence may have a value called ``code``.
    def __init__(self, code: str, /, **values: Any) -> None:
        self.code = code
        self.values = values
        super().__init__(self.text("id"))

    def text(self, language: str = "id") -> str:
        """The sentence for a person, ``id`` (Indonesian) or ``en``."""
        values = {key: value.said(language) if isinstance(value, Both) else value for key, value in self.values.items()}
        return Both(*REFUSALS[self.code]).said(language).format(**values)

    def both(self) -> Both:
        """The sentence in both languages."""
        return Both(self.text("id"), self.text("en"))

    def at_terminal(self) -> str:
        """The English sentence."""
        return self.text("en")


class BadForm(Refused):
    """What was typed into a form cannot be taken; the person mends it and sends it again."""

    status = 400


class WrongFields(BadForm):
    """Everything that is wrong with a form, by the key of its field; ``names`` are what people call the fields.

    Where no page shows the faults at their fields, the sentence tells all of them.
    """

    def __init__(self, faults: Mapping[str, Both], names: Mapping[str, Both]) -> None:
        self.faults = dict(faults)
        lines = (filled(Both("{}: {}", "{}: {}"), names.get(key, key), fault) for key, fault in faults.items())
        super().__init__("wrong_fields", faults=joined(lines, "; "))


class Conflict(Refused):
    """Somebody else acted first; nothing was written. Show the case as it is now."""


class NotThere(Refused):
    """What was asked for is not there, or not for whoever asks."""

    status, form_status = 404, 404


class NotNow(Refused):
    """There is too much to do at this moment; nothing was done. The same may be sent again in a while."""

    status, form_status = 503, 503


class NotStored(Refused):
    """Nothing was written: another program holds the database, or the disk is full. The same may be sent again."""

    status, form_status = 503, 503

    def __init__(self, code: str, place: object, reason: object) -> None:
        super().__init__(code)
        # Two texts: people read the sentence of the code, the terminal and the log which file it was.
        self.args = (f"{place}: cannot write now: {reason}; nothing was stored, try again",)

    def at_terminal(self) -> str:
        """Which file cannot be written, and why."""
        return str(self)
