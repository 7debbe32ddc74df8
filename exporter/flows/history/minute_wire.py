"""A minute on its way from the collector to the writer: a line of JSON, then its columns as they lie in memory."""

import json
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

import numpy as np

from exporter.flows.history.key_sums import KEY_WORDS, WAYS, MinuteSums

# The writer's exit code for what came as no minute: no later try can write it.
UNREADABLE = 3


class MinuteToWrite(NamedTuple):
    """``minute`` in Unix seconds; ``codes`` of the OPDs by number; ``top``: rows kept of each OPD and direction.

    ``run``: when the collector began, for a minute in which it was started anew has a file of each.
    """

    minute: int
    codes: Sequence[str]
    top: int
    sums: MinuteSums
    run: int = 0


def minute_bytes(minute: MinuteToWrite) -> bytes:
    """What is sent: nothing of it is summed here, for the collector counts on meanwhile."""
    rows = minute.sums.rows()
    head = {
        "minute": minute.minute,
        "codes": list(minute.codes),
        "top": minute.top,
        "run": minute.run,
        "rows": len(rows.amounts),
    }
    # Columns as they lie, copied once: a busy minute has 26 MB of them.
    columns = (np.ascontiguousarray(column).data for column in (*rows.words, rows.amounts, minute.sums.rest))
    return b"".join((json.dumps(head).encode(), b"\n", *columns))


def read_minute(stream: BinaryIO) -> MinuteToWrite:
    """What was sent. Raises ValueError where it was cut off."""
    head = json.loads(stream.readline())
    column = np.frombuffer(stream.read(), np.uint64)
    keys, rows = int(head["rows"]) * KEY_WORDS, int(head["rows"])
    words, amounts, rest = column[:keys].reshape(KEY_WORDS, -1), column[keys : keys + rows], column[keys + rows :]
    if len(rest) != WAYS * len(head["codes"]):
        raise ValueError(f"minute {head['minute']}: {len(column)} words came, more or fewer than its head says")
    sums = MinuteSums.of(rest.copy(), words, amounts)
    return MinuteToWrite(int(head["minute"]), tuple(head["codes"]), int(head["top"]), sums, int(head["run"]))
