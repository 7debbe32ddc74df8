"""The exporter's configuration: one YAML file in, checked settings out. Unknown keys are errors."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, IPvAnyAddress, model_validator

from exporter.errors import ExporterError
from runtime.config import read_settings
from runtime.secrets import SecretError, read_secret, read_token

# Names of databases and tables that need no quotes in SQL.
SQL_NAME = r"^[A-Za-z_][A-Za-z0-9_]{0,62}$"
SecretReference = Annotated[str, Field(pattern=r"^(env:[A-Z][A-Z0-9_]*|file:/.+)$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SnmpPart(_Part):
    """The poller: where it serves ``/snmp``, ``/sd`` and ``/metrics``, and which engine speaks SNMP.

    ``profiles``: the office's own folder of device profiles beside the shipped ones; ``profile_seconds`` is how often
    devices are read with them. ``modules``: files of snmp_exporter (``snmp.yml``) whose modules ``module=`` may name.
    """

    listen: str = "127.0.0.1:9810"
    engine: Literal["direct", "gufo", "easysnmp"] = "direct"
    profiles: Path | None = None
    profile_seconds: Annotated[float, Field(ge=15, le=3600)] = 60.0
    modules: tuple[Path, ...] = ()


class WatchPart(_Part):
    """The watch: where it serves, whom it tells, how often it asks and how long a silence is before it is an outage.

    ``settle_seconds`` of answers end an outage; a root that falls again within ``again_within_seconds`` is the same.
    """

    listen: str = "127.0.0.1:9811"
    alertmanager: tuple[str, ...] = ()
    traps: str | None = None
    trap_community: str | None = None
    snmp: str = "http://127.0.0.1:9810"
    # The tracker's pages of runbooks; without it the watch's alerts carry no link, rather than one that leads nowhere.
    runbooks: Annotated[str, Field(pattern=r"^https?://.+$")] | None = None
    interval_seconds: Annotated[float, Field(gt=0.1, le=60)] = 0.5
    lasting_seconds: Annotated[float, Field(ge=0.5, le=60)] = 2.05
    settle_seconds: Annotated[float, Field(ge=1, le=600)] = 10.0
    again_within_seconds: Annotated[float, Field(ge=0, le=86400)] = 300.0


class ClickhousePart(_Part):
    """An office's ClickHouse for the history's rows: where it listens for HTTP, and the table (made where it lacks).

    ``answers``: questions go to it instead of the files. ``collector``: this one's name, where several write there.
    """

    url: Annotated[str, Field(pattern=r"^https?://[^@/?#]+/?$")]
    database: Annotated[str, Field(pattern=SQL_NAME)] = "default"
    table: Annotated[str, Field(pattern=SQL_NAME)] = "lebarpita_uses"
    user: str = "default"
    password: SecretReference | None = None
    answers: bool = False
    collector: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "city"


class HistoryPart(_Part):
    """Who uses an OPD's bandwidth: where it is kept, how many rows a minute, and for how many days (UU 27/2022).

    ``token`` names the secret that the tracker's staff page shows at ``/top``; without it nobody is answered there.
    ``places``: files of the MaxMind DB format that tell countries and network operators. ``busy_hosts``: the office's
    own mail servers, scanners and the like, whose many targets are their work and no sign of an attack.
    """

    folder: Path
    top: Annotated[int, Field(ge=1, le=1000)] = 50
    days: Annotated[int, Field(ge=1, le=366)] = 30
    token: SecretReference | None = None
    places: tuple[Path, ...] = ()
    clickhouse: ClickhousePart | None = None
    busy_hosts: tuple[IPvAnyAddress, ...] = ()

    @model_validator(mode="after")
    def _written_by_duckdb(self) -> Self:
        if find_spec("duckdb") is None:
            raise ValueError("the history needs the package duckdb; pip install 'lebarpita[history]'")
        return self


class FlowsPart(_Part):
    """The collector: where it serves ``/metrics`` and where datagrams arrive.

    ``smooth_seconds``: a flow's bytes are released over its duration, at most so long; 0 counts at arrival.
    """

    listen: str = "127.0.0.1:9812"
    datagrams: tuple[str, ...] = ("127.0.0.1:2055",)
    history: HistoryPart | None = None
    smooth_seconds: Annotated[int, Field(ge=0, le=300)] = 0


class ExporterConfig(_Part):
    """Everything the exporter is told. ``state`` is a directory that outlives a restart."""

    inventory: Path
    state: Path
    snmp: SnmpPart = SnmpPart()
    watch: WatchPart = WatchPart()
    flows: FlowsPart = FlowsPart()


def read_config(path: str | Path) -> ExporterConfig:
    """Read and check the file whole. Raises ExporterError with every problem, one a line."""
    return read_settings(path, ExporterConfig, ExporterError)


def secret(reference: str) -> str:
    """The passphrase or community behind ``env:NAME`` or ``file:/path``. Raises ExporterError, never with the value."""
    try:
        return read_secret(reference)
    except SecretError as error:
        raise ExporterError(str(error)) from error


def token(reference: str) -> str:
    """As ``secret``, for what travels in a header."""
    try:
        return read_token(reference)
    except SecretError as error:
        raise ExporterError(str(error)) from error
