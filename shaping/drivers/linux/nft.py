"""The map from prefix to class in nftables: ranges in, one atomic script out, and the map as the kernel tells it back.

HTB takes a packet's priority as its class. It is set in postrouting, because forwarding overwrites it from TOS before.
The whole table is replaced in one transaction: no packet ever meets half a map.
"""

import hashlib
import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from inventory.model import City, Network
from shaping.drivers.linux.classes import MAJOR, MANAGEMENT
from shaping.drivers.linux.ranges import Range, disjoint
from shaping.errors import ShapingError

TABLE = "lebarpita"
# The map of 500 OPDs is in force within 48 ms of a cold start; an nft that needs 20 s hangs.
_SECONDS = 20

# Two interfaces, two IP versions, source and destination each: fewer, and somebody changed the chain.
_RULES = 8
_VERSIONS = {4: ("ip", "ipv4_addr"), 6: ("ip6", "ipv6_addr")}


@dataclass(frozen=True)
class Interfaces:
    """The two interfaces an uplink is shaped on."""

    transmit: str
    receive: str


@dataclass(frozen=True)
class Map:
    """Ranges of both IP versions; the owner of a range is its class's minor as text."""

    ranges: Mapping[int, tuple[Range, ...]]

    @property
    def hash(self) -> str:
        """The same map, the same hash."""
        rows_by_version = {
            str(version): [(r.first, r.last, r.owner) for r in rows] for version, rows in self.ranges.items()
        }
        return hashlib.sha256(json.dumps(rows_by_version, sort_keys=True).encode()).hexdigest()


def compile_map(city: City, minors: Mapping[str, int]) -> Map:
    """Who owns which addresses: OPDs by their prefixes; the management network and the devices apart."""
    owned: list[tuple[Network, str]] = [
        (prefix, str(minors[opd.code])) for opd in city.opds if opd.code in minors for prefix in opd.prefixes
    ]
    owned += [(network, str(MANAGEMENT)) for network in city.city.management]
    owned += [(ip_network(device.address), str(MANAGEMENT)) for device in city.devices]
    return Map({v: tuple(disjoint([row for row in owned if row[0].version == v])) for v in _VERSIONS})


def script(wanted: Map, interfaces: Interfaces) -> str:
    """The nft script that puts this map in force in one transaction."""
    # The first line makes the table where there is none, so that the delete never fails; nft -f is one transaction.
    lines = [f"table inet {TABLE} {{}}", f"delete table inet {TABLE}", f"table inet {TABLE} {{"]
    for version, (_, kind) in _VERSIONS.items():
        rows = ", ".join(_element(version, row) for row in wanted.ranges[version])
        elements = f"elements = {{ {rows} }}" if rows else ""
        # "interval" lets a key be a range. Such a map is refused as a whole when two elements overlap: hence
        # ``ranges``.
        lines.append(f"  map class{version} {{ type {kind} : classid; flags interval; {elements} }}")
    lines.append("  chain assign { type filter hook postrouting priority 0; policy accept;")
    for name, side in ((interfaces.receive, "daddr"), (interfaces.transmit, "saddr")):
        # Each rule that finds its address sets the priority anew: the direction's own side stands last and wins, the
        # other side is for traffic whose own side is no OPD's.
        other = "saddr" if side == "daddr" else "daddr"
        for version, (family, _) in _VERSIONS.items():
            for which in (other, side):
                lines.append(f'    oifname "{name}" meta priority set {family} {which} map @class{version}')
    lines += ["  }", "}"]
    return "\n".join(lines) + "\n"


def apply_script(text: str) -> None:
    """Put a script in force. Raises ShapingError with nft's own first line."""
    _run(["nft", "-f", "-"], text)


def remove() -> None:
    """Take our table away, if it is there."""
    _run(["nft", "-f", "-"], f"table inet {TABLE} {{}}\ndelete table inet {TABLE}\n")


def read_map() -> Map | None:
    """The map as the kernel holds it; None where our table is not there."""
    done = subprocess.run(
        ["nft", "-j", "list", "table", "inet", TABLE], capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        return None
    ranges: dict[int, list[Range]] = {4: [], 6: []}
    rules = 0
    for row in json.loads(done.stdout)["nftables"]:
        rules += "rule" in row
        if "map" in row:
            version = 6 if row["map"]["name"].endswith("6") else 4
            ranges[version] = [_range(key, value) for key, value in row["map"].get("elem", [])]
    # As good as no table: the next apply writes the whole of it again.
    if rules != _RULES:
        return None
    return Map({version: tuple(_joined(sorted(rows))) for version, rows in ranges.items()})


def _element(version: int, row: Range) -> str:
    kind = ip_address(row.first).__class__ if version == 4 else ip_address("::").__class__
    first, last = kind(row.first), kind(row.last)
    return f"{first}-{last} : {MAJOR:x}:{int(row.owner):x}" if row.first != row.last else _single(str(first), row)


def _single(address: str, row: Range) -> str:
    return f"{address} : {MAJOR:x}:{int(row.owner):x}"


def _range(key: Any, value: Any) -> Range:
    # nft writes a class as 1eb:10 in hexadecimal, or as one number whose lower half is the minor.
    minor = int(str(value).partition(":")[2], 16) if ":" in str(value) else int(value) & 0xFFFF
    # libnftables-json(5): a lone address is a text, a range that is a network a "prefix", any other a "range" of two.
    if isinstance(key, str):
        address = int(ip_address(key))
        return Range(address, address, str(minor))
    if "prefix" in key:
        network = ip_network(f"{key['prefix']['addr']}/{key['prefix']['len']}")
        return Range(int(network.network_address), int(network.broadcast_address), str(minor))
    first, last = (int(ip_address(side)) for side in key["range"])
    return Range(first, last, str(minor))


def _joined(rows: Iterable[Range]) -> Sequence[Range]:
    """Neighbours of one owner as one range, as the compiler writes them; the kernel may tell them apart."""
    joined: list[Range] = []
    for row in rows:
        if joined and joined[-1].owner == row.owner and joined[-1].last + 1 == row.first:
            joined[-1] = Range(joined[-1].first, row.last, row.owner)
        else:
            joined.append(row)
    return joined


def _run(command: list[str], text: str) -> None:
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except FileNotFoundError as error:
        raise ShapingError("nft is not installed; install the package nftables") from error
    if done.returncode:
        # nft repeats the whole offending line under its message, and the map of a city is one very long line.
        said = (done.stderr.strip() or "no reason given").splitlines()[0]
        raise ShapingError(f"nftables refused the map: {said}; is CAP_NET_ADMIN there?")
