"""The storm of the benchmark: 12,000 v2c traps as fast as one sender can, at the very watch of ``serve watch``.

Gives how many the watch did not receive: those the kernel dropped before it and those it never counted at all.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from exporter.errors import ExporterError
from exporter.snmp.testing.bench_children import free
from exporter.snmp.wire import ber
from runtime.children import end

# 500 devices with 24 ports each that all say linkDown.
STORM = 12_000
# Until all are counted, on a slow machine.
_PATIENCE_SECONDS = 120.0
_COMMUNITY = "badai"
# SNMPv2-Trap (RFC 3416), snmpTrapOID and linkDown (RFC 3418, RFC 2863).
_TRAP, _TRAP_OID, _LINK_DOWN = 0xA7, "1.3.6.1.6.3.1.1.4.1.0", "1.3.6.1.6.3.1.1.5.3"
_CITY = """\
city: {name: Kota, watch_from: core}
devices: [{name: core, address: 127.0.0.1}]
uplinks:
  - {name: isp, device: core, interface: wan, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}
"""
_RECEIVED = re.compile(r"^lebarpita_snmp_trap_received_total\{[^}]*\} (\d+)$", re.MULTILINE)
_REFUSED = re.compile(r"^lebarpita_snmp_trap_refused_total\{[^}]*\} (\d+)$", re.MULTILINE)


def storm_loss() -> tuple[int, float]:
    """How many traps of the storm the watch did not receive, and the seconds until all were accounted for."""
    with tempfile.TemporaryDirectory(prefix="lebarpita-bench-") as name:
        traps, listen = free(socket.SOCK_DGRAM), f"127.0.0.1:{free(socket.SOCK_STREAM)}"
        config = _configuration(Path(name), traps, listen)
        command = [sys.executable, "-m", "exporter.cli", "serve", "--config", str(config), "watch"]
        environment = {**os.environ, "TRAP_COMMUNITY": _COMMUNITY}
        child = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            # Zero traps accounted for is true as soon as the page answers at all: the watch is up.
            _until(listen, 0)
            began = time.monotonic()
            _send(traps)
            received = _until(listen, STORM)
            return STORM - received, time.monotonic() - began
        finally:
            end(child)


def _configuration(folder: Path, traps: int, listen: str) -> Path:
    (folder / "city.yaml").write_text(_CITY)
    watch = f"{{listen: '{listen}', traps: '127.0.0.1:{traps}', trap_community: 'env:TRAP_COMMUNITY'}}"
    path = folder / "exporter.yaml"
    path.write_text(f"inventory: {folder}/city.yaml\nstate: {folder}/state\nwatch: {watch}\n")
    return path


def _send(port: int) -> None:
    binds = ber.sequence(
        ber.sequence(ber.oid("1.3.6.1.2.1.1.3.0"), ber.integer(1, ber.TICKS)),
        ber.sequence(ber.oid(_TRAP_OID), ber.oid(_LINK_DOWN)),
    )
    pdu = ber.sequence(ber.integer(7), ber.integer(0), ber.integer(0), binds, tag=_TRAP)
    trap = ber.sequence(ber.integer(1), ber.tlv(ber.OCTETS, _COMMUNITY.encode()), pdu)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(STORM):
            sender.sendto(trap, ("127.0.0.1", port))


def _until(listen: str, accounted: int) -> int:
    """Wait until that many traps are accounted for; how many of them were received. Raises ExporterError."""
    over = time.monotonic() + _PATIENCE_SECONDS
    received = 0
    while time.monotonic() < over:
        try:
            with urllib.request.urlopen(f"http://{listen}/metrics", timeout=5) as answer:
                page = answer.read().decode()
        except OSError:
            time.sleep(0.05)
            continue
        received = sum(map(int, _RECEIVED.findall(page)))
        if received + sum(map(int, _REFUSED.findall(page))) >= accounted:
            return received
        time.sleep(0.1)
    if not accounted:
        raise ExporterError("bench: the watch did not start")
    return received
