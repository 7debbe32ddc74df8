"""What the collector works with: the configuration and the city in, a few plain values out.

They are read by a process that ends (``settings_reader``): the YAML reader and its checks need more memory than the
collector itself, which never loads them.
"""

import pickle
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from exporter.errors import ExporterError
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.prefix_lookup import Prefix


@dataclass(frozen=True)
class ClickhouseSettings:
    """The office's ClickHouse, into whose ``table`` the history's rows go too; ``answers``: it is asked for them.

    ``collector`` is this collector's name in rows that several share.
    """

    url: str
    database: str
    table: str
    user: str
    collector: str
    answers: bool
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class HistorySettings:
    """Who uses an OPD's bandwidth: where the history stands, its rows a minute, how many days it lasts (UU 27/2022).

    ``token`` opens ``/top``; without one nobody is answered. ``places``: MaxMind DB files. ``busy_hosts``: addresses
    that are never a sign of an attack.
    """

    folder: Path
    top: int
    days: int
    token: str | None = field(default=None, repr=False)
    places: tuple[Path, ...] = ()
    clickhouse: ClickhouseSettings | None = None
    busy_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FlowSettings:
    """``prefixes`` are the OPDs' (by their place in ``codes``), ``exporters`` the settings of each exporter's address.

    ``smooth_seconds``: the longest time over which a flow is released to the counters; 0 counts at arrival.
    """

    state: Path
    listen: str
    datagrams: tuple[str, ...]
    codes: tuple[str, ...]
    prefixes: tuple[Prefix, ...]
    exporters: dict[str, ExporterSettings]
    history: HistorySettings | None
    smooth_seconds: int = 0


def load_settings(config: str) -> FlowSettings:
    """Have the configuration and its city read. Raises ExporterError with every problem, one a line."""
    command = [sys.executable, "-m", "exporter.flows.settings_reader", config]
    # Pickle between two processes of the same program and user: nothing from outside is ever unpickled.
    reader = subprocess.run(command, capture_output=True, check=False)
    if reader.returncode:
        raise ExporterError(reader.stderr.decode(errors="replace").strip() or "flows: the configuration was not read")
    settings: FlowSettings = pickle.loads(reader.stdout)  # of our own child
    return settings
