"""Run inside ``unshare --user --map-root-user --net``: packets of offices with addresses that are not theirs, as JSON.

Frames go in at the far end of ``lan`` (or of an office's own ``vlan7``) and leave by ``wan``; what each class counted
says where they went.
"""

import json
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

from inventory.model import City, End
from inventory.reading import read_city
from shaping.drivers.base import Site
from shaping.drivers.linux import kernel
from shaping.drivers.linux.handles import MANAGEMENT, STRAY, UNMAPPED
from shaping.drivers.linux.machine import LinuxDriver
from shaping.drivers.linux.nft import Interfaces
from shaping.queues import Queue

INTERNET, MANAGED, OFFICE, OTHER, NOBODY = "198.51.100.9", "10.99.0.7", "10.10.1.5", "10.10.5.9", "203.0.113.50"
PAYLOAD, PACKETS = 1200, 20
# Longer than what waits in a queue of 50 ms, so that the rate shows.
FLOOD_SECONDS = 1.0
NEXT_HOP, ROUTER = "02:00:00:00:00:01", "02:00:00:00:00:02"


def main() -> None:
    state, spoofed = Path(sys.argv[1]), sys.argv[2]
    ready_router()
    print(json.dumps(story(state, "drop" if spoofed == "drop" else "limit")))


def ready_router() -> None:
    """A router between the line and the offices, whose neighbours answer."""
    for name in ("wan", "lan", "vlan7", "noc"):
        run("ip", "link", "add", name, "address", ROUTER, "type", "veth", "peer", "name", f"{name}-far")
        for end in (name, f"{name}-far"):
            run("ip", "link", "set", end, "up")
            # Nothing but what we send: no neighbour discovery of the far ends.
            Path(f"/proc/sys/net/ipv6/conf/{end}/disable_ipv6").write_text("1")
        Path(f"/proc/sys/net/ipv4/conf/{name}/rp_filter").write_text("0")
    Path("/proc/sys/net/ipv4/conf/all/rp_filter").write_text("0")
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    for name, address, route in (("wan", "192.0.2.1/30", "default"), ("lan", "192.0.2.5/30", "10.0.0.0/8")):
        run("ip", "address", "add", address, "dev", name)
        hop = str(ip_address(address.partition("/")[0]) + 1)
        run("ip", "neigh", "add", hop, "lladdr", NEXT_HOP, "dev", name)
        run("ip", "route", "add", route, "via", hop)


def story(state: Path, spoofed: Literal["limit", "drop"]) -> dict[str, Any]:
    driver = LinuxDriver(Site(city(), "isp-utama", state, spoofed=spoofed))
    wanted = [Queue(opd, way, 125_000, 2_500_000) for opd in ("dinkes", "rsud") for way in WAYS]
    driver.apply(driver.plan(wanted))
    told = {
        "its own address": classes_of("lan", OFFICE, INTERNET),
        "a management address": classes_of("lan", MANAGED, INTERNET),
        "a router's address": classes_of("lan", "10.255.0.2", INTERNET),
        "nobody's address": classes_of("lan", NOBODY, INTERNET),
        "from the NOC's own interface": classes_of("noc", MANAGED, INTERNET),
        "an office's own interface, another office's address": classes_of("vlan7", OTHER, INTERNET),
        "an office's own interface, a management address": classes_of("vlan7", MANAGED, INTERNET),
        "from the internet to a management address": classes_of("wan", INTERNET, MANAGED, out="lan"),
        "from the internet to an office": classes_of("wan", INTERNET, OFFICE, out="lan"),
    }
    sent, passed = flood()
    stray = driver.read(wanted).stray_bytes
    return {"classes": told, "flood": [sent, passed], "stray": sum(stray.values()), "ways": sorted(stray)}


WAYS: Sequence[Literal["receive", "transmit"]] = ("receive", "transmit")


def city() -> City:
    """The example, and one office on an interface of its own."""
    found = read_city("inventory/example/city.yaml")
    links = [link for link in found.links if link.opd != "dinkes"]
    end = End(device="core", interface="vlan7")
    own = next(link for link in found.links if link.opd == "dinkes").model_copy(update={"upstream": end})
    return found.model_copy(update={"links": (*links, own)})


def classes_of(name: str, source: str, destination: str, out: str = "wan") -> list[str]:
    """The classes that counted what came in by that interface."""
    before = kernel.read_counts(Interfaces("wan", "lan"))[out]
    packet = frame(source, destination)
    with raw(f"{name}-far") as link:
        for _ in range(PACKETS):
            link.send(packet)
    time.sleep(0.2)
    after = kernel.read_counts(Interfaces("wan", "lan"))[out]
    names = {UNMAPPED: "unmapped", MANAGEMENT: "management", STRAY: "stray", 0x10: "dinkes", 0x11: "rsud"}
    return [names[minor] for minor in names if after[minor].packets > before[minor].packets]


def flood() -> tuple[int, int]:
    """Bytes sent from a management address as fast as it goes, and what of it left by the line."""
    packet, sent = frame(MANAGED, INTERNET), 0
    before = kernel.read_counts(Interfaces("wan", "lan"))["wan"]
    end = time.monotonic() + FLOOD_SECONDS
    with raw("lan-far") as link:
        while time.monotonic() < end:
            sent += link.send(packet)
    after = kernel.read_counts(Interfaces("wan", "lan"))["wan"]
    return sent, sum(after[minor].bytes - before[minor].bytes for minor in (UNMAPPED, MANAGEMENT, STRAY, 0x10, 0x11))


def raw(name: str) -> socket.socket:
    found = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    found.bind((name, 0))
    return found


def frame(source: str, destination: str) -> bytes:
    """An UDP packet for the router."""
    body = struct.pack("!HHHH", 9, 9, 8 + PAYLOAD, 0) + bytes(PAYLOAD)
    ends = ip_address(source).packed + ip_address(destination).packed
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, socket.IPPROTO_UDP, 0) + ends
    total = sum(struct.unpack("!10H", head))
    folded = (total & 0xFFFF) + (total >> 16)
    checksum = ~((folded & 0xFFFF) + (folded >> 16)) & 0xFFFF
    head = head[:10] + struct.pack("!H", checksum) + head[12:]
    return bytes.fromhex(f"{ROUTER}{NEXT_HOP}".replace(":", "")) + struct.pack("!H", 0x0800) + head + body


def run(*command: str) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
