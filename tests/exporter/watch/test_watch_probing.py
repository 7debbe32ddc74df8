"""Echo requests over real sockets in a namespace of their own: small and large, both families; who says too large."""

import struct
import subprocess
import sys
from ipaddress import IPv6Address

import pytest
from tree import ROOT

from exporter.watch.probing import Prober

STORY = """
import asyncio, subprocess
from ipaddress import ip_address
from exporter.watch.probing import Prober

def run(*command):
    subprocess.run(command, check=True)

async def story():
    run("ip", "link", "set", "lo", "up")
    heard = []
    prober = Prober(hear=lambda address, sequence, now: heard.append((address, sequence)))
    prober.start((4, 6))
    for sequence, large in ((1, False), (2, True)):
        prober.ask((ip_address("127.0.0.9"), ip_address("::1")), sequence, large)
    while len(heard) < 4:
        await asyncio.sleep(0.01)
    run("ip", "link", "set", "lo", "mtu", "1400")
    prober.ask((ip_address("127.0.0.9"),), 3, True)
    prober.ask((ip_address("127.0.0.9"),), 4)
    while (("127.0.0.9", 4)) not in heard:
        await asyncio.sleep(0.01)
    prober.stop()
    prober.faults.tell()
    print(sorted(heard))

asyncio.run(story())
"""


def test_small_and_whole_large_packets_are_asked_and_heard_over_both_families() -> None:
    command = ["unshare", "--map-root-user", "--net", sys.executable, "-c", STORY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    heard = [("127.0.0.9", 1), ("127.0.0.9", 2), ("127.0.0.9", 4), ("::1", 1), ("::1", 2)]
    assert done.stdout.strip() == str(sorted(heard))


def too_large(version: int, identifier: int) -> bytes:
    """What a router sends back: its own header (IPv4 only), and the beginning of our request."""
    request = struct.pack("!BBHHH", 8 if version == 4 else 128, 0, 0, identifier, 77)
    if version == 4:
        ours = bytes([0x45, *bytes(15), 10, 1, 2, 3])
        return bytes([0x45, *bytes(19)]) + struct.pack("!BBHHH", 3, 4, 0, 0, 1400) + ours + request
    ours = bytes(24) + IPv6Address("2001:db8::9").packed
    return struct.pack("!BBHHH", 2, 0, 0, 0, 1400) + ours + request


@pytest.mark.parametrize(("version", "address"), [(4, "10.1.2.3"), (6, "2001:db8::9")])
def test_whoever_says_that_a_request_is_too_large_has_answered_it(version: int, address: str) -> None:
    heard: list[tuple[str, int]] = []
    prober = Prober(hear=lambda address, sequence, now: heard.append((address, sequence)))
    prober._take(version, True, too_large(version, prober._identifier), "192.0.2.1")
    prober._take(version, True, too_large(version, prober._identifier ^ 1), "192.0.2.1")
    prober._take(version, True, too_large(version, prober._identifier)[:30], "192.0.2.1")
    assert heard == [(address, 77)]
