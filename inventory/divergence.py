"""Where the network and the city file differ, with the edit that would mend each: what drift writes and pages read.

A report is JSON in a file; ``read_report`` gives it back, or says that it is none. Nothing here changes a city file.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from inventory.model import Part
from inventory.sentences import Sentence
from runtime.lined_yaml import read_text

# A city of 500 devices that were all renamed is 0.5 MB.
MOST_REPORT_BYTES = 8 * 2**20


class DriftKind(StrEnum):
    """What differs: a new neighbour, a port in use, a name, a line's port, an address of nobody, an idle office."""

    NEIGHBOUR = "neighbour"
    PORT = "port"
    NAME = "name"
    LINE = "line"
    ADDRESS = "address"
    IDLE = "idle"


class EditKind(StrEnum):
    """What a person would do with the lines of an edit."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


class Edit(Part):
    """Lines of the city file. ``where`` is a list, or an entry of one: ``links``, ``opds dinkes``."""

    kind: EditKind
    where: str
    lines: tuple[str, ...]


class Divergence(Part):
    """One difference in both languages, and what to write so that it is none."""

    kind: DriftKind
    subject: str
    indonesian: str
    english: str
    edits: tuple[Edit, ...]


class DriftReport(Part):
    """All differences of one moment. ``silent`` are the devices of which nothing is known.

    ``offices_checked``: whether the month's traffic of the offices was looked at.
    """

    made_at: datetime
    city: str
    devices: int
    offices_checked: bool
    divergences: tuple[Divergence, ...]
    silent: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every device answered and nothing differs."""
        return not self.divergences and not self.silent


def divergence(kind: DriftKind, subject: str, says: Sentence, *edits: Edit) -> Divergence:
    """One difference from a sentence in both languages."""
    return Divergence(kind=kind, subject=subject, indonesian=says.indonesian, english=says.english, edits=edits)


def edit(kind: EditKind, where: str, lines: Sequence[str]) -> Edit:
    """One edit."""
    return Edit(kind=kind, where=where, lines=tuple(lines))


def read_report(path: Path) -> DriftReport:
    """The report that drift wrote. Raises UnreadableError or ValueError where there is none, or it is another file."""
    try:
        return DriftReport.model_validate_json(read_text(path, MOST_REPORT_BYTES))
    except ValidationError as error:
        raise ValueError(f"{path}: is no report of lebarpita-inventory drift: {error.errors()[0]['msg']}") from error
