"""The log of sights: who asked for whole remote addresses, of what, and why (UU 27/2022). One line each, only added to.

It stands beside the history and is written before anything is told; what cannot be written down is not told.
"""

import json
import os
import time
from pathlib import Path

from exporter.errors import ExporterError
from exporter.flows.history.question import Question
from runtime.files import settle

FILE = "sights.jsonl"
# For its owner alone.
_MODE = 0o600
# Letters of a person's name, as a bound on what an address may carry.
_LONGEST_PERSON = 80


def note_sight(folder: Path, question: Question, person: str) -> None:
    """Write down a sight of whole addresses. Raises ExporterError where that is not possible."""
    line = {
        "at": int(time.time()),
        "person": person[:_LONGEST_PERSON],
        "opd": question.opd,
        "since": question.since,
        "until": question.until,
        "reason": question.reason,
    }
    path = folder / FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _MODE)
        with os.fdopen(handle, "ab") as file:
            file.write(json.dumps(line).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        settle(folder)
    except OSError as error:
        reason = f"{path}: the sight cannot be written down ({error.strerror}), so nothing is told; see to the disk"
        raise ExporterError(reason) from error
