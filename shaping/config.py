"""The agent's configuration: one YAML file in, checked settings out. Unknown keys are errors."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from inventory.model import Rate
from runtime.config import read_settings
from runtime.secrets import SecretError, read_token
from shaping.errors import ShapingError


class RouterPart(BaseModel):
    """How ``driver: routeros`` reaches its router: the user, where its password stands, the certificate it must show.

    ``certificate`` is that very certificate as PEM. Without ``address`` it is the device's of the city file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: Annotated[str, Field(min_length=1)]
    password: Annotated[str, Field(pattern=r"^(env:[A-Z][A-Z0-9_]*|file:/.+)$")]
    certificate: Path
    address: str = ""
    # RouterOS' api-ssl (MikroTik, Services).
    port: Annotated[int, Field(ge=1, le=65535)] = 8729


class LibreQosPart(BaseModel):
    """What ``driver: libreqos`` writes to: LibreQoS's folder, on this machine or mounted here.

    ``reload`` is a command, word by word, that makes LibreQoS read its files; without one it does so every
    ``refresh_minutes`` (``queue_refresh_interval_mins`` of its own configuration). ``core``: what one of its processor
    cores carries.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    directory: Path
    reload: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    # LibreQoS's own default.
    refresh_minutes: Annotated[float, Field(gt=0, le=1440)] = 30.0
    # 2 Gbit/s: what one HTB core carried in the design's measurements.
    core: Rate = 250_000_000


class Config(BaseModel):
    """``uplink`` names the inventory's uplink whose interfaces are shaped; ``state`` outlives a restart.

    ``prometheus`` is asked by drivers that cannot read a device back (``manual``), and for what addresses of nobody
    use.

    ``unmapped`` is the most that addresses of no OPD may use in each direction, as a rate; it is a decision, so without
    it they have a small guarantee and whatever the OPDs leave. ``spoofed``: a packet whose source does not live where
    it came from goes through a small class of its own (``limit``), or is dropped. ``management_from`` names interfaces
    on which management addresses are believed although offices or the line stand there.

    ``watch`` is asked which uplinks are lost, where this one carries others' offices then (``fallback:`` of the city).

    ``probe``: addresses that must answer before and after each change, or it is not made, or undone. ``drift``: mend
    what somebody changed by hand, or report it only. ``first_apply``: whether a device on which nothing of ours was
    ever applied is shaped at once, or waits for a person.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    inventory: Path
    uplink: str
    tracker: str
    token: Annotated[str, Field(pattern=r"^(env:[A-Z][A-Z0-9_]*|file:/.+)$")]
    state: Path
    prometheus: Annotated[str, Field(pattern=r"^https?://.+$")] | None = None
    watch: Annotated[str, Field(pattern=r"^https?://.+$")] | None = None
    unmapped: Rate | None = None
    spoofed: Literal["limit", "drop"] = "limit"
    management_from: tuple[str, ...] = ()
    router: RouterPart | None = None
    libreqos: LibreQosPart | None = None
    probe: tuple[Annotated[str, Field(pattern=r"^.+:[0-9]{1,5}$")], ...] = ()
    drift: Literal["repair", "report"] = "repair"
    first_apply: Literal["auto", "by_hand"] = "auto"
    listen: str = "127.0.0.1:9830"
    # One second: from a signature to the kernel are at most five. Asking costs the tracker a 304 where nothing changed.
    # At most 300: the tracker's re-check waits ten minutes for an agent (``cases.readback.PATIENCE``).
    refresh_seconds: Annotated[float, Field(ge=0.5, le=300)] = 1.0

    def secret(self) -> str:
        """The tracker's token. Raises ShapingError; the message never holds it."""
        try:
            return read_token(self.token)
        except SecretError as error:
            raise ShapingError(str(error)) from error


def read_config(path: str | Path) -> Config:
    """Read and check the file whole. Raises ShapingError with every problem, one a line."""
    return read_settings(path, Config, ShapingError)
