"""How long the flows of a block lasted: its records in, milliseconds or whole seconds out. Pure."""

import numpy as np
from numpy.typing import NDArray

from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Numbers, Records

# First and last element, and the milliseconds of a unit: what is most exact goes first.
TIMES = (
    (f.FIRST_SWITCHED, f.LAST_SWITCHED, 1),
    (f.START_MILLISECONDS, f.END_MILLISECONDS, 1),
    (f.START_SECONDS, f.END_SECONDS, 1000),
)
# Hostile times may be anything of 64 bits; bounded before they are multiplied, so that nothing wraps.
_LONGEST_SECONDS = 1 << 32


def longest(records: Records) -> float:
    """The longest flow of a block in seconds; zero where the records have no times."""
    lasted = _milliseconds(records)
    return float(lasted.max()) / 1000.0 if lasted is not None and lasted.size else 0.0


def longest_each(records: Records, starts: NDArray[np.int64]) -> NDArray[np.float64] | None:
    """The longest flow in seconds of each run of records that begins at ``starts``; None without times."""
    lasted = _milliseconds(records)
    return None if lasted is None else np.maximum.reduceat(lasted, starts) / 1000.0


def whole_seconds(records: Records, most: int) -> Numbers | None:
    """How long each flow lasted, rounded to seconds, at most ``most``; None where the records have no times."""
    lasted = _milliseconds(records)
    return None if lasted is None else np.minimum((lasted + np.uint64(500)) // np.uint64(1000), np.uint64(most))


def _milliseconds(records: Records) -> Numbers | None:
    """Zero where a flow ended before it began (an uptime that wrapped)."""
    for first, last, unit in TIMES:
        began, ended = records.numbers(first), records.numbers(last)
        if began is not None and ended is not None:
            lasted: Numbers = (ended - began) * (ended > began)
            return np.minimum(lasted, np.uint64(_LONGEST_SECONDS * 1000 // unit)) * np.uint64(unit)
    return None
