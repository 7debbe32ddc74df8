"""How backups leave the machine: ``backup:`` of tracker.yaml. Commands are the office's choice, never a shell's."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

# What begins like this in a command is a secret that every user of the machine can read in its list of processes.
_TELLING = ("password=", "passwd=", "passphrase=", "secret=", "token=", "key=")


class BackupPart(BaseModel):
    """``encrypt``: a command from input to output; ``send`` takes ``{file}`` (``{name}``: its name) to another machine.

    ``send_encrypts``: it encrypts by itself, as restic does. ``environment``: what the commands read there; a value
    ``env:NAME`` or ``file:/path`` is a secret. ``standby``: a folder that is a copy of the office each minute;
    ``standby_send`` takes ``{folder}`` to another machine. ``folder``: where ``lebarpita backup`` keeps them, for the
    figures of its disk alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path | None = None
    encrypt: tuple[str, ...] = ()
    send: tuple[str, ...] = ()
    send_encrypts: bool = False
    environment: dict[str, str] = {}
    standby: Path | None = None
    standby_send: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.send and not any("{file}" in word for word in self.send):
            raise ValueError("send: has no {file}; write it where the command takes the file")
        if self.send and not self.encrypt and not self.send_encrypts:
            raise ValueError("send: a backup holds personal data; name encrypt:, or say send_encrypts: true (restic)")
        if self.standby_send and not (self.standby and any("{folder}" in word for word in self.standby_send)):
            raise ValueError("standby_send: needs standby: and {folder} where the command takes the folder")
        for word in (*self.encrypt, *self.send, *self.standby_send):
            if word.lstrip("-").lower().startswith(_TELLING):
                raise ValueError(f"{word.split('=')[0]}= on a command line is read by everybody; use environment:")
        return self
