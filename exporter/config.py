"""The exporter's configuration: one YAML file in, checked settings out. Unknown keys are errors."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from exporter.errors import ExporterError
from runtime.config import read_settings
from runtime.secrets import SecretError, read_secret, read_token

SecretReference = Annotated[str, Field(pattern=r"^(env:[A-Z][A-Z0-9_]*|file:/.+)$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SnmpPart(_Part):
    """The poller: where it serves ``/snmp``, ``/sd`` and ``/metrics``, and which engine speaks SNMP."""

    listen: str = "127.0.0.1:9810"
    engine: Literal["direct", "gufo", "easysnmp"] = "direct"


class WatchPart(_Part):
    """The watch: where it serves, whom it tells, how often it asks and how many misses confirm an outage."""

    listen: str = "127.0.0.1:9811"
    alertmanager: tuple[str, ...] = ()
    traps: str | None = None
    trap_community: str | None = None
    snmp: str = "http://127.0.0.1:9810"
    runbooks: str = "https://lebarpita.invalid/runbooks"
    interval_seconds: Annotated[float, Field(gt=0.1, le=60)] = 1.0
    misses: Annotated[int, Field(ge=2, le=60)] = 3


class HistoryPart(_Part):
    """Who uses an OPD's bandwidth: where it is kept, how many rows a minute, and for how many days (UU 27/2022).

    ``token`` names the secret that the tracker's staff page shows at ``/top``; without it nobody is answered there.
    ``places``: files of the MaxMind DB format that tell countries and network operators.
    """

    folder: Path
    top: Annotated[int, Field(ge=1, le=1000)] = 50
    days: Annotated[int, Field(ge=1, le=366)] = 30
    token: SecretReference | None = None
    places: tuple[Path, ...] = ()


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
