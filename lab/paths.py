"""Where a lab keeps what: its state directory, and the short private directory of its sockets. Names only."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

DEFAULT_STATE = Path(__file__).resolve().parent.parent / ".lab"


@dataclass(frozen=True)
class Paths:
    """The files of one lab. Sockets stand elsewhere: a socket's path may hold 107 characters and no more."""

    state: Path

    @property
    def marker(self) -> Path:
        """Present where the directory is a lab's, which may be emptied."""
        return self.state / "lebarpita-lab"

    @property
    def lock(self) -> Path:
        """Locked as long as the lab runs."""
        return self.state / "lock"

    @property
    def facts(self) -> Path:
        """What a client needs: ports, sockets, process (JSON); present once the lab is ready."""
        return self.state / "lab.json"

    @property
    def options(self) -> Path:
        """What the lab was started with (JSON)."""
        return self.state / "options.json"

    @property
    def clock(self) -> Path:
        """The clock of the lab's office day (JSON)."""
        return self.state / "clock.json"

    @property
    def logs(self) -> Path:
        """One file per service, and ``lab.log``."""
        return self.state / "log"

    @property
    def secrets(self) -> Path:
        """Secrets made for this lab, one per file, mode 0600."""
        return self.state / "secrets"

    @property
    def config(self) -> Path:
        """Generated configuration files."""
        return self.state / "config"

    def data(self, name: str) -> Path:
        """The directory a service may write in."""
        return self.state / "data" / name

    @property
    def sockets(self) -> Path:
        """The directory of the Unix sockets, mode 0700."""
        # Of the whole path, so that two labs of one user never meet; sun_path holds 108 bytes (unix(7)).
        digest = hashlib.sha256(str(self.state.resolve()).encode()).hexdigest()[:10]
        return Path(tempfile.gettempdir()) / f"lebarpita-{os.getuid()}-{digest}"


def paths(state: str | Path | None = None) -> Paths:
    """The paths of the lab in that state directory; LEBARPITA_LAB or ``.lab`` in the project otherwise."""
    return Paths(Path(state or os.environ.get("LEBARPITA_LAB") or DEFAULT_STATE).absolute())
