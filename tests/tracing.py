"""What coverage's tracer need not see: with it, Python 3.11 runs three times slower, in the libraries' code too.

Measured on 2026-11-30 (one process, Python 3.11.7, coverage 7.17.5, a machine with 27 others at work): the example city
and the five SOPs are read in 0.56 s of processor time, under the tracer in 1.9 s, also where no file is counted at all,
and in 0.68 s with the library that reads YAML left out.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from ruamel.yaml import YAML

# Their lines are walked by other tests: what they add is which page, panel or value, not which line. Their programs run
# as processes of their own, or they ask the same code again hundreds of times.
WALK_AGAIN = (
    *("tests/house/", "tests/stories/"),
    *("tests/request_tracker/web/test_browser_", "tests/request_tracker/web/public/test_browser_"),
    *("tests/request_tracker/web/network/test_browser_", "tests/dashboards/test_boards_can_turn_red.py"),
    *("tests/exporter/flows/test_flows_fuzz.py", "tests/exporter/flows/test_flows_oracle.py"),
    "tests/exporter/flows/account/test_flows_express.py",
    # Every page with every wrong value, as everybody; and one act at each of its statements.
    *("tests/request_tracker/web/test_hostile_values.py", "tests/request_tracker/web/test_who_sees_what.py"),
    *("tests/request_tracker/cases/test_signing_off.py", "tests/request_tracker/cases/test_tracker_killed.py"),
)
# The one test of the house that walks lines of its own: a failure is planted in every job.
COUNTED = ("tests/house/test_house_jobs.py",)


@contextmanager
def untraced() -> Iterator[None]:
    """Without the tracer, in this thread and in those that the block starts."""
    here, in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        sys.settrace(here)
        threading.settrace(in_threads)


def walks_again(nodeid: str) -> bool:
    """Whether a test walks lines that others walk."""
    return nodeid.startswith(WALK_AGAIN) and not nodeid.startswith(COUNTED)


def leave_yaml_untraced() -> None:
    """A library in pure Python that calls none of ours, and reads a city and its SOPs for most tests."""
    load = YAML.load

    @wraps(load)
    def loaded(*given: Any, **named: Any) -> Any:
        with untraced():
            return load(*given, **named)

    setattr(YAML, "load", loaded)  # noqa: B010  # mypy forbids to assign to a method
