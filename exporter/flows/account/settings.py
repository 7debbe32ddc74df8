"""What the collector is given: the configuration and the city in, a few plain values out.

They are read by a process that ends (``reading_given``): the YAML reader and its checks need more memory than the
collector itself, which never loads them.
"""

import pickle
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from exporter.errors import ExporterError
from exporter.flows.account.counting import Habit
from exporter.flows.account.prefix_lookup import Prefix


@dataclass(frozen=True)
class Kept:
    """Who uses an OPD's bandwidth: where it is kept, how many rows a minute, and for how many days (UU 27/2022).

    ``token`` opens ``/top``; without one nobody is answered. ``places``: MaxMind DB files.
    """

    folder: Path
    top: int
    days: int
    token: str | None = field(default=None, repr=False)
    places: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Given:
    """``prefixes`` are the OPDs' (by their place in ``codes``), ``habits`` those of each exporter's address.

    ``smooth_seconds``: the longest time over which a flow is released to the counters; 0 counts at arrival.
    """

    state: Path
    listen: str
    datagrams: tuple[str, ...]
    codes: tuple[str, ...]
    prefixes: tuple[Prefix, ...]
    habits: dict[str, Habit]
    history: Kept | None
    smooth_seconds: int = 0


def given(config: str) -> Given:
    """Have the configuration and its city read. Raises ExporterError with every problem, one a line."""
    command = [sys.executable, "-m", "exporter.flows.settings_reader", config]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise ExporterError(done.stderr.decode(errors="replace").strip() or "flows: the configuration was not read")
    read: Given = pickle.loads(done.stdout)  # of our own child
    return read
