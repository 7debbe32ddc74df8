"""Rows of neighbour, address and queue tables in, plain facts out. Pure; a row that makes no sense is passed over.

LLDP-MIB (IEEE 802.1AB), CISCO-CDP-MIB, MIKROTIK-MIB (mtxrNeighborTable, mtxrQueueSimpleTable), IP-MIB (RFC 4293).
"""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_interface
from typing import Any

from exporter.snmp.wire.ber import Value

Rows = Sequence[tuple[str, Value]]
Table = Mapping[str, dict[tuple[int, ...], Value]]

TABLES = {
    "lldp_local": "1.0.8802.1.1.2.1.3.7.1",
    "lldp": "1.0.8802.1.1.2.1.4.1.1",
    "lldp_address": "1.0.8802.1.1.2.1.4.2.1",
    "cdp": "1.3.6.1.4.1.9.9.23.1.2.1.1",
    "mndp": "1.3.6.1.4.1.14988.1.1.11.1.1",
    "queue": "1.3.6.1.4.1.14988.1.1.2.1.1",
    "address": "1.3.6.1.2.1.4.20.1",
    "address_any": "1.3.6.1.2.1.4.34.1",
    "arp": "1.3.6.1.2.1.4.22.1",
}


def table(rows: Rows, root: str) -> dict[int, dict[tuple[int, ...], Value]]:
    """Rows of one table by column and index."""
    columns: dict[int, dict[tuple[int, ...], Value]] = {}
    for oid, value in rows:
        column, *index = (int(part) for part in oid.removeprefix(f"{root}.").split("."))
        if index:
            columns.setdefault(column, {})[tuple(index)] = value
    return columns


def text(value: Value | None) -> str:
    """A string as people read it; bytes that are no UTF-8 are replaced, control characters go."""
    plain = (
        value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value if value is not None else "")
    )
    return "".join(letter if letter.isprintable() else " " for letter in plain).strip()


# LldpChassisIdSubtype: macAddress(4), networkAddress(5). LldpPortIdSubtype: macAddress(3).
_CHASSIS_MAC, _CHASSIS_ADDRESS, _PORT_MAC = 4, 5, 3


def lldp(rows: Mapping[str, Rows], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """LLDP neighbours, also those that say no name: who it is then says its chassis (a MAC address, an IP address)."""
    local = table(rows["lldp_local"], TABLES["lldp_local"])
    remote = table(rows["lldp"], TABLES["lldp"])
    addresses = {
        # lldpRemManAddrTable: time mark, local port and neighbour as in lldpRemTable, then the address's subtype and
        # length.
        index[:3]: _from_octets(index[5:])
        for index in table(rows["lldp_address"], TABLES["lldp_address"]).get(3, {})
        if len(index) > 5
    }
    neighbours = []
    # lldpRemTable: 4 and 5 are the chassis' kind and id, 6 and 7 the port's, 8 lldpRemPortDesc, 9 lldpRemSysName.
    for index in _indexes(remote, 5, 7, 9):
        if len(index) != 3:
            continue
        kind, chassis = (remote.get(column, {}).get(index) for column in (4, 5))
        mac = _mac(chassis) if kind == _CHASSIS_MAC else ""
        # The first octet of a networkAddress is its family.
        own = _from_bytes(chassis[1:]) if kind == _CHASSIS_ADDRESS and isinstance(chassis, bytes) else None
        is_mac = remote.get(6, {}).get(index) == _PORT_MAC
        ports = (text(remote.get(column, {}).get(index)) for column in ((8,) if is_mac else (7, 8)))
        neighbours.append(
            _neighbour(
                "lldp",
                _local_port(local, index[1], names),
                text(remote.get(9, {}).get(index)),
                addresses.get(index[:3]) or own,
                next(filter(None, ports), ""),
            )
            | {"mac": mac}
        )
    return neighbours


def _local_port(local: Mapping[int, Mapping[tuple[int, ...], Value]], number: int, names: Mapping[int, str]) -> str:
    """Our port by its own name or description, by an ifIndex written as text, or by its number as the ifIndex."""
    # lldpLocPortTable: 3 is lldpLocPortId, 4 lldpLocPortDesc. Vendors write the ifName into either, or a MAC address.
    words = [text(local.get(column, {}).get((number,))) for column in (3, 4)]
    ports = set(names.values())
    indexes = (names.get(int(word)) for word in words if word.isascii() and word.isdigit())
    candidates = (*(word for word in words if word in ports), *indexes, names.get(number), words[0])
    return next(filter(None, candidates), "")


def cdp(rows: Mapping[str, Rows], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """CDP neighbours; the index begins with our ifIndex."""
    cache = table(rows["cdp"], TABLES["cdp"])
    # cdpCacheTable: 4 is the address, 6 the device's name, 7 its port.
    return [
        _neighbour(
            "cdp",
            names.get(index[0], ""),
            text(cache.get(6, {}).get(index)),
            _from_bytes(cache.get(4, {}).get(index)),
            text(cache.get(7, {}).get(index)),
        )
        for index in _indexes(cache, 4, 6)
    ]


def mndp(rows: Mapping[str, Rows], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """RouterOS neighbours; MIKROTIK-MIB gives our interface by its ifIndex."""
    cache = table(rows["mndp"], TABLES["mndp"])
    # mtxrNeighborTable: 2 is the address, 3 the MAC address, 6 the name, 8 our interface.
    neighbours = []
    for index in _indexes(cache, 2, 6):
        port = cache.get(8, {}).get(index)
        interface = names.get(port, "") if isinstance(port, int) else text(port)
        address, mac = _from_bytes(cache.get(2, {}).get(index)), _mac(cache.get(3, {}).get(index))
        neighbours.append(_neighbour("mndp", interface, text(cache.get(6, {}).get(index)), address, "") | {"mac": mac})
    return neighbours


def _indexes(columns: Mapping[int, Mapping[tuple[int, ...], Value]], *which: int) -> list[tuple[int, ...]]:
    """Every row that has one of those columns: a name that is not told makes no neighbour disappear."""
    return sorted(set().union(*(columns.get(column, {}) for column in which)))


def queues(rows: Mapping[str, Rows], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """RouterOS simple queues with their target network and their interface, where the queue has them."""
    simple = table(rows["queue"], TABLES["queue"])
    # mtxrQueueSimpleTable: 2 is the name, 3 the target's address, 4 its mask, 7 the interface's index.
    rules = []
    for index, name in simple.get(2, {}).items():
        address = _from_bytes(simple.get(3, {}).get(index))
        mask = _from_bytes(simple.get(4, {}).get(index))
        target = _interface(f"{address}/{mask}") if address and mask and mask != "0.0.0.0" else None
        port = simple.get(7, {}).get(index)
        interface = names.get(port, "") if isinstance(port, int) else ""
        rules.append({"name": text(name), "targets": [str(target.network)] if target else [], "interface": interface})
    return rules


def addresses(rows: Mapping[str, Rows]) -> dict[int, list[str]]:
    """The addresses of each interface with their lengths, by ifIndex (ipAddrTable, then ipAddressTable for IPv6)."""
    entries: dict[int, list[str]] = {}
    ipv4 = table(rows["address"], TABLES["address"])
    # ipAddrTable (RFC 1213): its index is the address; 2 is the interface, 3 the mask.
    for index, port in ipv4.get(2, {}).items():
        entry = _interface(f"{'.'.join(map(str, index))}/{_from_bytes(ipv4.get(3, {}).get(index))}")
        if entry and isinstance(port, int):
            entries.setdefault(port, []).append(str(entry))
    any_version = table(rows["address_any"], TABLES["address_any"])
    for index, port in any_version.get(3, {}).items():
        # ipAddressPrefix points to a row of ipAddressPrefixTable, whose last arc is the length (RFC 4293).
        prefix = text(any_version.get(5, {}).get(index)).rpartition(".")[2]
        # ipAddressTable: type and length of the address stand before its octets.
        address = _from_octets(index[2:])
        entry = _interface(f"{address}/{prefix}") if address and ":" in address and prefix.isdigit() else None
        if entry and isinstance(port, int) and not entry.ip.is_link_local:
            entries.setdefault(port, []).append(str(entry))
    return entries


def arp(rows: Mapping[str, Rows], names: Mapping[int, str]) -> list[dict[str, str]]:
    """Hosts seen on each interface (ipNetToMediaTable)."""
    # Index: interface, then the four octets of the address; deprecated by RFC 4293 and still what every agent has.
    cache = table(rows["arp"], TABLES["arp"]).get(2, {})
    return [
        {"interface": names.get(index[0], ""), "address": ".".join(map(str, index[1:])), "mac": _mac(mac)}
        for index, mac in cache.items()
        if len(index) == 5 and index[0] in names
    ]


def _neighbour(protocol: str, interface: str, name: str, address: str | None, remote: str) -> dict[str, Any]:
    return {"protocol": protocol, "interface": interface, "name": name, "address": address, "remote_interface": remote}


def _mac(value: Value | None) -> str:
    """A MAC address as people write it; '' for what is none."""
    # Six octets (IEEE 802); a name of another length stands in the same column on some devices.
    return value.hex(":") if isinstance(value, bytes) and len(value) == 6 else ""


def _from_octets(octets: Sequence[int]) -> str | None:
    return _from_bytes(bytes(octets)) if all(octet < 256 for octet in octets) else None


def _from_bytes(value: Value | None) -> str | None:
    try:
        return (
            str(ip_address(value))
            if isinstance(value, str) or (isinstance(value, bytes) and len(value) in (4, 16))
            else None
        )
    except ValueError:
        return None


def _interface(written: str) -> IPv4Interface | IPv6Interface | None:
    try:
        return ip_interface(written)
    except ValueError:
        return None
