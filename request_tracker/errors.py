"""The room's exceptions: what a person can mend. Caught once, in ``cli`` and in the pages' error handler."""

import secrets
from collections.abc import Mapping
from typing import Any

from request_tracker.words.bilingual import Both, filled, joined, quoted
from request_tracker.words.refusals import REFUSALS
from runtime.storage_trouble import is_of_storage

# Eight letters and digits are read out on the telephone, and no two faults of a log have the same.
_NUMBER_BYTES = 4


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
        lines = (
            filled(Both("{}: {}", "{}: {}"), quoted(names.get(key, Both(key, key))), fault)
            for key, fault in faults.items()
        )
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


class StorageAway(Refused):
    """The database or the disk could not be read or written, where nobody could say so better (``NotStored``)."""

    status, form_status = 503, 503
    number = "-"  # Needs none: what the log has of it is the disk's state and not one fault.

    def __init__(self) -> None:
        super().__init__("storage_away")


class InnerFault(Refused):
    """The program itself is at fault, no reader and no disk; ``number`` is quoted by people and stands in the log."""

    status, form_status = 500, 500

    def __init__(self) -> None:
        self.number = secrets.token_hex(_NUMBER_BYTES)
        super().__init__("page_broken", number=self.number)


def failure_behind(error: BaseException) -> StorageAway | InnerFault:
    """What people are told of an exception that nobody expected; whoever calls this writes the exception down."""
    return StorageAway() if is_of_storage(error) else InnerFault()
