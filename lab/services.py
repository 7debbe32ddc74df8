"""Services of the lab: started in their namespace, watched, stopped, killed. Knows nothing of what they do."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lab import LabError, socket_activation
from lab.namespaces import entering, within
from runtime.supervision import EXIT_CODE

# A traceback and what led to it, on one screen.
LAST_LINES = 15


@dataclass(frozen=True)
class Service:
    """One program: where it runs, how, and how one sees that it is ready (a listening port of its namespace).

    ``datagrams`` (``HOST:PORT``) is a UDP socket that the lab opens once and hands over at each start as systemd would:
    what arrives while the program is away waits in it.
    """

    name: str
    node: str
    argv: tuple[str, ...]
    ready: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    patience_seconds: float = 180.0
    datagrams: str = ""


@dataclass
class Services:
    """The programs that run. ``logs`` is a directory; each service appends to its own file there."""

    logs: Path
    environment: Mapping[str, str]
    catalogue: dict[str, Service] = field(default_factory=dict)
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    sockets: dict[str, socket.socket] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start a service and wait until it is ready. Raises LabError with its last words otherwise."""
        self.launch(name)
        self.wait(name)

    def launch(self, name: str) -> None:
        """Start a service without waiting; nothing happens where it runs already."""
        service = self._service(name)
        if self.alive(name):
            return
        self.logs.mkdir(exist_ok=True)
        handed = self._handed(service)
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                # A group of its own, so that a signal reaches what the program started too.
                entering(service.node, [*_handing(handed), *service.argv]),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**self.environment, **service.environment},
                cwd=service.directory,
                start_new_session=True,
                pass_fds=handed,
            )

    def wait(self, name: str) -> None:
        """Wait until a launched service is ready."""
        service = self._service(name)
        until = time.monotonic() + service.patience_seconds
        while not self._ready(service):
            if not self.alive(name):
                raise LabError(f"service {name} ended at once; its last lines:\n{self.last_lines(name)}")
            if time.monotonic() > until:
                words = self.last_lines(name)
                raise LabError(f"service {name} is not ready after {service.patience_seconds:g} s:\n{words}")
            time.sleep(0.05)

    def stop(self, name: str, signal_number: int = signal.SIGTERM, patience_seconds: float = 8.0) -> None:
        """End a service and everything it started; by force where it does not end in time."""
        process = self.running.get(self._service(name).name)
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal_number)
            try:
                process.wait(patience_seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        _end_group(process.pid)
        self.running.pop(name, None)

    def kill(self, name: str) -> None:
        """kill -9, the whole group at once."""
        process = self.running.get(self._service(name).name)
        if process is not None:
            _end_group(process.pid)
            process.wait()
            self.running.pop(name, None)

    def stop_all(self) -> None:
        """End everything: first ask all, then wait."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        for name in list(self.running):
            self.stop(name)

    def alive(self, name: str) -> bool:
        """Whether a service runs."""
        process = self.running.get(name)
        return process is not None and process.poll() is None

    def fallen(self) -> list[str]:
        """Services that ended themselves because a thread or task of theirs had ended; not those a fault has killed."""
        return [name for name, process in list(self.running.items()) if process.poll() == EXIT_CODE]

    def of(self, node: str) -> list[str]:
        """The names of the services that run in a namespace."""
        return [name for name in self.running if self.catalogue[name].node == node]

    def status(self) -> list[dict[str, object]]:
        """One row per known service."""
        return [
            {
                "name": service.name,
                "node": service.node,
                "state": "running"
                if self.alive(service.name)
                else ("ended" if service.name in self.running else "off"),
                "pid": self.running[service.name].pid if self.alive(service.name) else None,
            }
            for service in self.catalogue.values()
        ]

    def last_lines(self, name: str) -> str:
        """The end of a service's log, indented."""
        try:
            lines = (self.logs / f"{name}.log").read_text(errors="replace").splitlines()[-LAST_LINES:]
        except OSError:
            lines = []
        return "\n".join(f"  {line}" for line in lines) or "  (it said nothing)"

    def _handed(self, service: Service) -> tuple[int, ...]:
        """The descriptor of the socket that is kept for a service, opened the first time."""
        if not service.datagrams:
            return ()
        if service.name not in self.sockets:
            self.sockets[service.name] = within(service.node, lambda: _bound(service.datagrams))
        return (self.sockets[service.name].fileno(),)

    def _service(self, name: str) -> Service:
        if name not in self.catalogue:
            raise LabError(f"no service is called {name!r}; the services are {', '.join(self.catalogue)}")
        return self.catalogue[name]

    def _ready(self, service: Service) -> bool:
        return not service.ready or _listens(self.running[service.name].pid, service.ready)


def _bound(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((host, int(port)))
    return udp


def _handing(handed: tuple[int, ...]) -> list[str]:
    return [sys.executable, socket_activation.__file__, *map(str, handed)] if handed else []


def _listens(pid: int, ready: str) -> bool:
    """Whether ``tcp:PORT`` or ``udp:PORT`` is open in the namespace of that process."""
    protocol, _, port = ready.partition(":")
    # UDP has no listening state: a row of the port is enough.
    state: Callable[[list[str]], bool] = (lambda row: row[3] == "0A") if protocol == "tcp" else (lambda row: True)
    for table in (protocol, f"{protocol}6"):
        try:
            rows = [line.split() for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]]
        except OSError:
            continue
        # proc_net_tcp: the second column is the local address in hexadecimal; 0A is LISTEN.
        if any(int(row[1].rsplit(":", 1)[1], 16) == int(port) and state(row) for row in rows):
            return True
    return False


def _end_group(pid: int) -> None:
    """Kill what is left of a group and reap what came back to us, who are process 1 of the namespace."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    until = time.monotonic() + 2
    while time.monotonic() < until:
        try:
            # Orphans come to process 1, and that is we: unreaped they would stand there as zombies.
            if os.waitpid(-pid, os.WNOHANG) == (0, 0):
                time.sleep(0.005)
        except ChildProcessError:
            return
