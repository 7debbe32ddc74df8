"""The ways to people as settings name them: names and references of secrets in, those that are in use out."""

import os
from typing import Annotated

from pydantic import AfterValidator, Field

SecretReference = Annotated[str, Field(pattern=r"^(env:[A-Z][A-Z0-9_]*|file:/.+)$")]
ChannelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,19}$")]


def _in_use(channels: dict[str, str]) -> dict[str, str]:
    """Without those whose variable is set and empty: so Compose hands on what the office's ``.env`` leaves out.

    One whose variable is not set at all stays, and is an error where it is used: its name may be misspelt.
    """
    variables = {name: reference.removeprefix("env:") for name, reference in channels.items()}
    return {name: channels[name] for name, variable in variables.items() if os.environ.get(variable) != ""}


Channels = Annotated[dict[ChannelName, SecretReference], AfterValidator(_in_use)]
