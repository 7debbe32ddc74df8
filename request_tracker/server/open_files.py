"""How many files this process may open: the kernel's bounds and the connections wanted in, those that fit out.

A connection is an open file. With none left nothing works any more: no page, no database, no picture's child.
"""

import logging
import resource

from request_tracker.errors import TrackerError

log = logging.getLogger(__name__)
# What is open beside connections: the database and its two files in each thread, the file of rate limits, logs, pipes
# of pictures, and at most a thousand bodies and answers on the disk (``request_body``).
RESERVE = 1_500
# Two hundred people with six connections each need some time to be let in one after the other with fewer.
LEAST_CONNECTIONS = 200
# Docker gives a thousand million, of which some programs make tables.
MOST = 2**20


def connections_that_fit(wanted: int) -> int:
    """Raise this process's bound as far as the kernel lets it; the number of connections it has room for.

    Raises TrackerError where that is too few to serve an office.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    fit = most - RESERVE
    if fit < LEAST_CONNECTIONS:
        need = RESERVE + LEAST_CONNECTIONS
        raise TrackerError(
            f"open files: this process may have {most}, and {need} is the least to serve an office;"
            " set LimitNOFILE=16384 in its unit, ulimits: nofile in Compose, or ulimit -n 16384"
        )
    if fit < wanted:
        log.warning("event=few_open_files may=%d connections=%d wanted=%d", most, fit, wanted)
    return min(fit, wanted)
