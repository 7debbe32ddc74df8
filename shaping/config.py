"""The agent's configuration: one YAML file in, checked settings out. Unknown keys are errors."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from runtime.config import read_settings
from runtime.secrets import SecretError, read_token
from shaping.errors import ShapingError


class Config(BaseModel):
    """``uplink`` names the inventory's uplink whose interfaces are shaped; ``state`` outlives a restart.

    ``prometheus`` is asked by drivers that cannot read a device back (``manual``).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    inventory: Path
    uplink: str
    tracker: str
    token: Annotated[str, Field(pattern=r"^(env:[A-Z][A-Z0-9_]*|file:/.+)$")]
    state: Path
    prometheus: Annotated[str, Field(pattern=r"^https?://.+$")] | None = None
    listen: str = "127.0.0.1:9830"
    # At most 300: the tracker's re-check waits ten minutes for an agent (``cases.readback.PATIENCE``).
    refresh_seconds: Annotated[float, Field(ge=0.5, le=300)] = 5.0

    def secret(self) -> str:
        """The tracker's token. Raises ShapingError; the message never holds it."""
        try:
            return read_token(self.token)
        except SecretError as error:
            raise ShapingError(str(error)) from error


def read_config(path: str | Path) -> Config:
    """Read and check the file whole. Raises ShapingError with every problem, one a line."""
    return read_settings(path, Config, ShapingError)
