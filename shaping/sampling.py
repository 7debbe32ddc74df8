"""When a sample of counters is of: a reading that had to wait is taken again, and its moment is its end."""

import time
from collections.abc import Callable, Mapping

from shaping.queues import Count, Key

# Between two samples of what waits in the queues: of a window of 15 s they are 300, which tell a share of its time
# within 3 % (one standard deviation), where a tenth of a second told it within 4 %.
SAMPLE_SECONDS = 0.05

# And samples take a twentieth of a processor at most: of 500 OPDs one takes 16 ms. Of a processor, not by the clock:
# waiting for the kernel's lock of all interfaces costs nobody anything, and made 82 samples of 150 on a busy machine.
SAMPLING_REST = 20

# The kernel's lock of all interfaces may be somebody else's for seconds, before the first interface is read or between
# two. Told as of the moment of the question, a queue's waiting was another window's (lab, load 25). What was read
# within this is of one moment, for a queue of 50 ms.
_ONE_MOMENT_SECONDS = 0.03
_ATTEMPTS = 3


def sample_at(
    read: Callable[[], Mapping[Key, Count]], clock: Callable[[], float] = time.monotonic
) -> tuple[float, Mapping[Key, Count]]:
    """What the queues counted, and at which moment of that clock."""
    for _ in range(_ATTEMPTS):
        began, counts, ended = clock(), read(), clock()
        if ended - began <= _ONE_MOMENT_SECONDS:
            break
    return ended, counts
