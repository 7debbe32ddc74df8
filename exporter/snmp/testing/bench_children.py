"""The children of the benchmark: a farm in, agents on loopback or our server started, and ended with the block."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

from exporter.errors import ExporterError
from exporter.snmp.engines.interface import Login
from exporter.snmp.testing.bench_city import SECRETS, V3
from runtime.children import end

SNMPD = "/usr/sbin/snmpd"


@dataclass(frozen=True)
class Farm:
    """Agents at these addresses and one port, all with these interfaces."""

    port: int
    agents: list[str]
    interfaces: list[str]


@contextmanager
def scripted(farm: Farm, delay_seconds: float = 0.0, dead_every: int = 0, *how: str) -> Iterator[None]:
    """The farm of scripted agents; ``how`` are more of its options."""
    command = [sys.executable, "-m", "exporter.snmp.testing.farm", f"--port={farm.port}"]
    command += [f"--devices={len(farm.agents)}", f"--interfaces={len(farm.interfaces)}"]
    command += [f"--delay-seconds={delay_seconds}", f"--dead-every={dead_every}", *how]
    child = Popen(command, stdin=PIPE, stdout=PIPE)
    try:
        assert child.stdout is not None
        if child.stdout.readline() != b"ready\n":
            raise ExporterError("bench: the farm of agents did not start")
        yield
    finally:
        end(child)


@contextmanager
def snmpd(farm: Farm, folder: Path) -> Iterator[None]:
    """One real snmpd on every address of the farm."""
    listen = ",".join(f"udp:{address}:{farm.port}" for address in farm.agents)
    user = f"createUser {V3.user} {V3.auth} {V3.auth_key} {V3.privacy} {V3.privacy_key}\nrouser {V3.user} priv\n"
    (folder / "snmpd.conf").touch(mode=0o600)
    (folder / "snmpd.conf").write_text(f"agentaddress {listen}\n{user}")
    command = [SNMPD, "-f", "-r", "-C", "-c", str(folder / "snmpd.conf"), "-Lf", str(folder / "snmpd.log")]
    child = Popen(command, env={**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(folder / "snmpd")})
    try:
        yield
    finally:
        end(child)


@contextmanager
def ours(
    farm: Farm, login: Login, relearn: str = "", modules: Path | None = None, *how: str
) -> Iterator[tuple["Popen[bytes]", str]]:
    """Our server for the farm's city, and the beginning of its pages' address; ``how`` are more of its options."""
    listen = f"127.0.0.1:{free(socket.SOCK_STREAM)}"
    command = [sys.executable, "-m", "exporter.snmp.testing.bench_serving", f"--listen={listen}", f"--port={farm.port}"]
    command += [f"--devices={len(farm.agents)}", f"--interfaces={','.join(farm.interfaces)}"]
    command += [f"--version={login.version}", *([f"--relearn={relearn}"] if relearn else [])]
    command += [*([f"--modules={modules}"] if modules else []), *how]
    child = Popen(command, env={**os.environ, **SECRETS}, stderr=DEVNULL)
    try:
        yield child, f"http://{listen}/snmp?target="
    finally:
        end(child)


def free(kind: socket.SocketKind) -> int:
    """A port nobody has."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
