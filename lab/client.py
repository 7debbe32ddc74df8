"""The lab for tests and for the command line: asks the running lab over its Unix socket."""

import contextlib
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from lab import LabError
from lab.paths import Paths, paths


@dataclass(frozen=True)
class CommandResult:
    """A command that ran in a namespace."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Lab:
    """A running lab. Node names are the devices' names, the OPDs' codes, ``noc`` and ``isp``."""

    paths: Paths

    @classmethod
    def at(cls, state: str | Path | None = None) -> "Lab":
        """The lab that runs in that state directory (default: LEBARPITA_LAB, else .lab of the project)."""
        lab = cls(paths(state))
        lab.facts()
        return lab

    def facts(self) -> dict[str, Any]:
        """Process, ports and sockets. Raises LabError where no lab runs."""
        try:
            return cast(dict[str, Any], json.loads(self.paths.facts.read_text()))
        except (OSError, ValueError):
            raise LabError(f"no lab runs in {self.paths.state}; start it with: make demo (python -m lab up)") from None

    def ask(self, do: str, **arguments: Any) -> Any:
        """Ask once and wait for the answer. Raises LabError with the lab's own sentence."""
        with self.conversation(do, **arguments) as answer:
            line = answer.readline()
        if not line:
            raise LabError(f"the lab ended before it answered {do!r}; see {self.paths.logs / 'lab.log'}")
        reply = json.loads(line)
        if not reply["ok"]:
            raise LabError(reply["error"])
        return reply["result"]

    @contextlib.contextmanager
    def conversation(self, do: str, **arguments: Any) -> Iterator[Any]:
        """A request under way: a file to read the answer from; leaving early ends what was asked for."""
        with socket.socket(socket.AF_UNIX) as handle:
            try:
                handle.connect(str(Path(self.facts()["sockets"]) / "control"))
            except OSError as error:
                raise LabError(f"the lab in {self.paths.state} does not answer: {error.strerror}") from error
            handle.sendall(json.dumps({"do": do, **arguments}).encode() + b"\n")
            with handle.makefile("r", encoding="utf-8") as answer:
                yield answer

    def run(
        self, node: str, *argv: str, timeout: float | None = 60, stdin: str = "", check: bool = True
    ) -> CommandResult:
        """Run a command in a namespace. With ``check`` a bad exit code raises LabError with what it said."""
        result = CommandResult(**self.ask("exec", node=node, argv=argv, timeout=timeout, input=stdin))
        if check and result.code:
            raise LabError(
                f"{node}: {' '.join(argv)}: exit code {result.code}: {result.stderr.strip() or result.stdout.strip()}"
            )
        return result

    @contextlib.contextmanager
    def running(self, node: str, *argv: str) -> Iterator[None]:
        """A command that runs in a namespace as long as the block does."""
        # Leaving the block closes the socket, and the lab ends a command whose asker has gone.
        with self.conversation("exec", node=node, argv=argv):
            yield

    def status(self) -> dict[str, Any]:
        """Nodes, links, faults, services, traffic."""
        return cast(dict[str, Any], self.ask("status"))

    def cut(self, link: str) -> None:
        """Cut a link: both ends lose their carrier."""
        self.ask("fault", act="cut", arguments=[link])

    def silence(self, link: str, direction: str = "both") -> None:
        """Swallow what a link carries: ``both``, ``up`` or ``down``; its ends notice nothing."""
        self.ask("fault", act="silence", arguments=[link, direction])

    def delay(self, link: str, seconds: float) -> None:
        """Have what a link carries towards the offices come late; nothing is lost, at the end of it neither."""
        self.ask("fault", act="delay", arguments=[link, seconds])

    def kill(self, node: str) -> None:
        """Take a device's power away."""
        self.ask("fault", act="kill", arguments=[node])

    def heal(self, name: str | None = None) -> None:
        """Undo the faults of a link or a node; all of them where none is named."""
        self.ask("fault", act="heal", arguments=[name])

    def flap(self, link: str, times: int, down_seconds: float = 2.0, up_seconds: float = 2.0) -> list[float]:
        """Cut and heal a link so many times; at the end, how many seconds each cut really lasted."""
        lasted = self.ask("flap", link=link, times=times, down_seconds=down_seconds, up_seconds=up_seconds)
        return cast(list[float], lasted)

    def reboot(self, node: str, seconds: float = 3.0) -> None:
        """Reboot a device: new interface indexes, counters from zero, its programs anew. Returns when it is back."""
        self.ask("reboot", node=node, seconds=seconds)

    def counters(self, node: str, interface: str) -> dict[str, Any]:
        """What the kernel counted: ``index``, ``receive`` and ``transmit`` with bytes, packets, dropped."""
        return cast(dict[str, Any], self.ask("counters", node=node, interface=interface))

    def traffic(self, hour: float | None, speed: float = 30.0, scale: float = 1.0) -> None:
        """Move the office day to an hour and let traffic follow it, ``speed`` times as fast; None stops it."""
        self.ask("traffic", hour=hour, speed=speed, scale=scale)

    def start_service(self, name: str) -> None:
        """Start a service and wait until it is ready."""
        self.ask("service", act="start", name=name)

    def stop_service(self, name: str) -> None:
        """End a service in good order."""
        self.ask("service", act="stop", name=name)

    def kill_service(self, name: str) -> None:
        """kill -9 a service."""
        self.ask("service", act="kill", name=name)

    def restore(self) -> None:
        """Make the lab whole: every fault healed, every service of the start running, the day's traffic stopped."""
        self.traffic(None)
        self.heal()
        for service in self.status()["services"]:
            if service["state"] != "running" and service["name"] != "traffic":
                self.start_service(service["name"])

    def url(self, face: str, path: str = "/") -> str:
        """The address of a face on the host's loopback: tracker, prometheus, alertmanager, exporter-..., shaping."""
        return f"http://127.0.0.1:{self.facts()['ports'][face]}{path}"
