"""The map from address to class in nftables: owners in, one atomic script out, and the table as the kernel tells it.

HTB takes a packet's priority as its class. It is set in postrouting, because forwarding overwrites it from TOS before;
between two ports of a bridge in the bridge's forward and output, because its postrouting does not know where a frame
came from.
The whole table is replaced in one transaction: no packet ever meets half a map. Whether it is still ours is asked of
the whole of it (``listing``): hooks, priorities, policies, rules and elements, not how many there are.
"""

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from inventory.admission import Direction
from shaping.drivers.linux.handles import MAJOR, STRAY, UNMAPPED
from shaping.drivers.linux.owners import KINDS, Map, compile_map
from shaping.drivers.linux.ranges import Range
from shaping.errors import ShapingError

__all__ = ["TABLE", "Interfaces", "Map", "RouterSides", "apply_script", "compile_map", "listing", "read_map", "script"]

TABLE = "lebarpita"
ROUTED, BRIDGED = "inet", "bridge"
# The map of 500 OPDs is in force within 48 ms of a cold start; an nft that needs 20 s hangs.
_SECONDS = 20

_FAMILIES = {4: ("ip", "ipv4_addr"), 6: ("ip6", "ipv6_addr")}
# The counters of what came from where its address does not live, and the direction of each.
STRAY_COUNTERS: Mapping[str, Direction] = {"stray_transmit": "transmit", "stray_receive": "receive"}


@dataclass(frozen=True)
class Interfaces:
    """The two interfaces an uplink is shaped on; ``family``: ``inet`` where packets are routed between them, ``bridge``
    where both are ports of one.
    """

    transmit: str
    receive: str
    family: str = ROUTED


@dataclass(frozen=True)
class RouterSides:
    """Where packets come from: the offices' interfaces and the line's. What comes from neither is believed.

    ``ports`` are interfaces behind which exactly one OPD stands, with its class: there the interface decides, whatever
    source a packet names. ``drop``: stray packets are dropped; else they go through a small class of their own.
    """

    offices: tuple[str, ...]
    line: tuple[str, ...]
    ports: Mapping[str, int]
    drop: bool = False


def sides_of(interfaces: Interfaces) -> RouterSides:
    """The two interfaces and nothing else."""
    return RouterSides((interfaces.receive,), (interfaces.transmit,), {})


def script(wanted: Map, interfaces: Interfaces, sides: RouterSides | None = None) -> str:
    """The nft script that puts this map in force in one transaction."""
    sides = sides or sides_of(interfaces)
    # The first line makes the table where there is none, so that the delete never fails; nft -f is one transaction.
    # A machine that was a router has the other table left, whose rules would be of ports that no packet names there.
    lines = [*_without(ROUTED)] if interfaces.family != ROUTED else []
    lines += [*_without(interfaces.family), f"table {interfaces.family} {TABLE} {{"]
    lines += [f"  counter {name} {{}}" for name in STRAY_COUNTERS]
    for version, (_, kind) in _FAMILIES.items():
        for name in KINDS:
            rows = ", ".join(_element(version, row) for row in wanted.ranges(name, version))
            elements = f"elements = {{ {rows} }}" if rows else ""
            # "interval" lets a key be a range. Such a map is refused as a whole when two elements overlap: hence
            # ``ranges``.
            lines.append(f"  map {name}{version} {{ type {kind} : classid; flags interval; {elements} }}")
    lines += [*_port_chains(sides), *_crossing_chains(sides), *_assignment(interfaces, sides), "}"]
    return "\n".join(lines) + "\n"


def _without(family: str) -> tuple[str, str]:
    return f"table {family} {TABLE} {{}}", f"delete table {family} {TABLE}"


def _port_chains(sides: RouterSides) -> list[str]:
    """A chain for each OPD with an interface of its own, and which interface leads to which."""
    if not sides.ports:
        return []
    lines = []
    for minor in sorted(set(sides.ports.values())):
        verdict = "drop" if sides.drop else f"meta priority set {MAJOR:x}:{minor:x}"
        lines += [
            f"  chain port_{minor:x} {{",
            f'    meta priority != {MAJOR:x}:{minor:x} counter name "stray_transmit" {verdict}',
            "    accept",
            "  }",
        ]
    rows = ", ".join(f'"{name}" : goto port_{minor:x}' for name, minor in sorted(sides.ports.items()))
    return [*lines, f"  map ports {{ type ifname : verdict; elements = {{ {rows} }} }}"]


def _crossing_chains(sides: RouterSides) -> list[str]:
    """Towards the line the source decides, towards the offices the destination; nothing else is believed."""
    lines = []
    for chain, address, counter in (
        ("from_offices", "saddr", "stray_transmit"),
        ("from_line", "daddr", "stray_receive"),
    ):
        # The first rule also takes away what a program wrote into its packets itself (SO_PRIORITY).
        lines += [f"  chain {chain} {{", f"    meta priority set {MAJOR:x}:{UNMAPPED:x}"]
        for version, (family, _) in _FAMILIES.items():
            lines += [f"    meta priority set {family} {address} map @{name}{version}" for name in ("stray", "opds")]
        if chain == "from_offices" and sides.ports:
            lines.append("    iifname vmap @ports")
        last = " drop" if sides.drop else ""
        lines += [f'    meta priority {MAJOR:x}:{STRAY:x} counter name "{counter}"{last}', "  }"]
    return lines


def _assignment(interfaces: Interfaces, sides: RouterSides) -> list[str]:
    bridged = interfaces.family == BRIDGED
    lines = [_base_chain("assign", "forward" if bridged else "postrouting")]
    for out, names, chain in (
        (interfaces.transmit, sides.offices, "from_offices"),
        (interfaces.receive, sides.line, "from_line"),
    ):
        others = ", ".join(f'"{name}"' for name in sorted(names) if name != out)
        lines += [f'    oifname "{out}" iifname {{ {others} }} goto {chain}'] if others else []
    believed = _believed(interfaces)
    # What a bridge sends itself passes its output and not its forward.
    own = ["  }", _base_chain("own", "output"), *believed] if bridged else []
    return [*lines, *believed, *own, "  }"]


def _base_chain(name: str, hook: str) -> str:
    return f"  chain {name} {{ type filter hook {hook} priority 0; policy accept;"


def _believed(interfaces: Interfaces) -> list[str]:
    """What does not cross between the sides, by its addresses alone."""
    lines = []
    for name, side in ((interfaces.receive, "daddr"), (interfaces.transmit, "saddr")):
        # Each rule that finds its address sets the priority anew: the direction's own side stands last and wins, the
        # other side is for traffic whose own side is no OPD's.
        other = "saddr" if side == "daddr" else "daddr"
        for version, (family, _) in _FAMILIES.items():
            rules = [(which, kind) for which in (other, side) for kind in ("opds", "managed")]
            lines += [
                f'    oifname "{name}" meta priority set {family} {which} map @{k}{version}' for which, k in rules
            ]
    return lines


def apply_script(text: str) -> None:
    """Put a script in force. Raises ShapingError with nft's own first line."""
    _run(["nft", "-f", "-"], text)


def remove(family: str = ROUTED) -> None:
    """Take our table away, if it is there."""
    _run(["nft", "-f", "-"], "\n".join((*_without(family), "")))


def restore(table: str | None, family: str = ROUTED) -> None:
    """Put a listing in force again, as it was told; None: there was no table."""
    if table is None:
        remove(family)
    else:
        apply_script("\n".join((*_without(family), table)))


def listing(family: str = ROUTED) -> str | None:
    """Our whole table as nft writes it, without what it counted; None where there is none."""
    done = _answer("nft", "-s", "list", "table", family, TABLE)
    return None if done.returncode else done.stdout


def read_map(family: str = ROUTED) -> Map | None:
    """The maps as the kernel holds them; None where our table is not there."""
    done = _answer("nft", "-j", "list", "table", family, TABLE)
    if done.returncode:
        return None
    ranges_by_kind: dict[str, dict[int, tuple[Range, ...]]] = {kind: {4: (), 6: ()} for kind in KINDS}
    for row in json.loads(done.stdout)["nftables"]:
        if "map" not in row or (name := row["map"]["name"])[:-1] not in ranges_by_kind:
            continue
        rows = [_range(key, value) for key, value in row["map"].get("elem", [])]
        ranges_by_kind[name[:-1]][6 if name.endswith("6") else 4] = tuple(_joined(sorted(rows)))
    return Map(ranges_by_kind["opds"], ranges_by_kind["managed"], ranges_by_kind["stray"])


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


def _answer(*command: str) -> subprocess.CompletedProcess[str]:
    return _done(list(command), None)


def _run(command: list[str], text: str) -> None:
    done = _done(command, text)
    if done.returncode:
        # nft repeats the whole offending line under its message, and the map of a city is one very long line.
        said = (done.stderr.strip() or "no reason given").splitlines()[0]
        # nft raises its send buffer for one large transaction, which a user namespace (a rootless container) may not.
        too_long = "the right of the machine itself, not of a user namespace, is needed for so many prefixes"
        hint = too_long if "Message too long" in said else "is CAP_NET_ADMIN there?"
        raise ShapingError(f"nftables refused the map: {said}; {hint}")


def _done(command: list[str], text: str | None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, input=text, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except FileNotFoundError as error:
        raise ShapingError("nft is not installed; install the package nftables") from error
    except subprocess.TimeoutExpired as error:
        raise ShapingError(f"nft did not end within {_SECONDS} seconds; something else holds the ruleset") from error
