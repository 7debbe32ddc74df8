"""Rows of neighbour, address and queue tables in, plain facts out. Pure; a row that makes no sense is passed over.

LLDP-MIB (IEEE 802.1AB), CISCO-CDP-MIB, MIKROTIK-MIB (mtxrNeighborTable, mtxrQueueSimpleTable), IP-MIB (RFC 4293).
"""

import re
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


def word(value: Value | None) -> str:
    """A name of a port; '' where the bytes are no text: a number or a MAC address as octets."""
    if not isinstance(value, bytes):
        return text(value)
    try:
        decoded = value.rstrip(b"\0").decode()
    except UnicodeDecodeError:
        return ""
    return decoded.strip() if decoded.strip().isprintable() else ""


# LldpChassisIdSubtype: macAddress(4), networkAddress(5). LldpPortIdSubtype: macAddress(3), networkAddress(4).
_CHASSIS_MAC, _CHASSIS_ADDRESS, _PORT_MAC, _PORT_ADDRESS = 4, 5, 3, 4
# The address families of lldpRemManAddrSubtype with the octets they have: IPv4, IPv6 (IANA AddressFamilyNumbers).
_FAMILIES = {1: 4, 2: 16}
# Some makers put the serial number behind the name: ``core1(FOC1234X0AB)``.
_SERIAL = re.compile(r"\s*\([A-Za-z0-9]{6,}\)$")


def lldp(rows: Mapping[str, Rows], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """LLDP neighbours, also those that say no name: who it is then says its chassis (a MAC address, an IP address)."""
    remote = table(rows["lldp"], TABLES["lldp"])
    managed = _management_addresses(rows)
    neighbours = []
    # lldpRemTable: 4 and 5 are the chassis' kind and id, 6 and 7 the port's, 8 lldpRemPortDesc, 9 lldpRemSysName.
    for index in _indexes(remote, 5, 7, 9):
        kind, chassis, port_kind, port, about, name = (remote.get(column, {}).get(index) for column in range(4, 10))
        mac = _mac(chassis) if kind in (_CHASSIS_MAC, None) else ""
        # The first octet of a networkAddress is its family.
        own = _from_bytes(chassis[1:]) if kind == _CHASSIS_ADDRESS and isinstance(chassis, bytes) else None
        remote_port = "" if port_kind in (_PORT_MAC, _PORT_ADDRESS) else word(port)
        address = managed.get(index[:3]) or managed.get(index[1:3]) or own
        # A row of blanks is a port behind which nobody stands.
        if text(name) or address or mac or text(chassis) or remote_port:
            interface = _port_of_row(rows, index, names)
            row = _neighbour("lldp", interface, text(name), address, remote_port or text(about))
            neighbours.append(row | {"mac": mac})
    return neighbours


def _management_addresses(rows: Mapping[str, Rows]) -> dict[tuple[int, ...], str]:
    """Addresses by the row's whole index, and without its time mark: some agents write another one there."""
    addresses: dict[tuple[int, ...], str] = {}
    # lldpRemManAddrTable: time mark, local port and neighbour as in lldpRemTable, then the address's subtype, its
    # length and its octets; some leave the length out. Any of the columns 3 to 5 names the row.
    columns = table(rows["lldp_address"], TABLES["lldp_address"])
    for index in _indexes(columns, 3, 4, 5):
        family, octets = next(iter(index[3:4]), 0), index[4:]
        if octets[:1] == (len(octets) - 1,):
            octets = octets[1:]
        address = _from_octets(octets) if _FAMILIES.get(family) == len(octets) else None
        if address:
            addresses.setdefault(index[:3], address)
            addresses.setdefault(index[1:3], address)
    return addresses


def _port_of_row(rows: Mapping[str, Rows], index: tuple[int, ...], names: Mapping[int, str]) -> str:
    """Our port of a neighbour's row: by the second arc of its index, whether or not the third is there.

    RouterOS has one arc, which is the row of its own neighbour table; an agent of another kind means the port by it.
    """
    local = table(rows["lldp_local"], TABLES["lldp_local"])
    if len(index) > 1:
        return _local_port(local, index[1], names)
    interfaces = table(rows["mndp"], TABLES["mndp"]).get(8, {})
    if interfaces:
        return _mndp_port(interfaces.get(index), names)
    return _local_port(local, index[0], names)


def _local_port(local: Mapping[int, Mapping[tuple[int, ...], Value]], number: int, names: Mapping[int, str]) -> str:
    """Our port by its own name or description, by an ifIndex written as text, or by its number as the ifIndex."""
    # lldpLocPortTable: 3 is lldpLocPortId, 4 lldpLocPortDesc. Vendors write the ifName into either, or a MAC address.
    words = [word(local.get(column, {}).get((number,))) for column in (3, 4)]
    ports = set(names.values())
    indexes = (names.get(int(word)) for word in words if word.isascii() and word.isdigit())
    candidates = (*(word for word in words if word in ports), *indexes, names.get(number), *words)
    return next(filter(None, candidates), "")


def cdp(rows: Mapping[str, Rows], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """CDP neighbours; the index begins with our ifIndex."""
    cache = table(rows["cdp"], TABLES["cdp"])
    # cdpCacheTable: 4 is the address, 6 the device's id, 7 its port, 17 its sysName where it tells one.
    neighbours = []
    for index in _indexes(cache, 4, 6):
        address, device, port, name = (cache.get(column, {}).get(index) for column in (4, 6, 7, 17))
        called = word(name) or _SERIAL.sub("", word(device))
        row = _neighbour("cdp", names.get(index[0], ""), called, _from_bytes(address), word(port))
        # A device without a name tells its MAC address in its place.
        neighbours.append(row if called else row | {"mac": _mac(device)})
    return neighbours


def mndp(rows: Mapping[str, Rows], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """RouterOS neighbours; MIKROTIK-MIB gives our interface by its ifIndex."""
    cache = table(rows["mndp"], TABLES["mndp"])
    # mtxrNeighborTable: 2 is the address, 3 the MAC address, 6 the name, 8 our interface.
    neighbours = []
    for index in _indexes(cache, 2, 6):
        interface = _mndp_port(cache.get(8, {}).get(index), names)
        address, mac = _from_bytes(cache.get(2, {}).get(index)), _mac(cache.get(3, {}).get(index))
        neighbours.append(_neighbour("mndp", interface, text(cache.get(6, {}).get(index)), address, "") | {"mac": mac})
    return neighbours


def _mndp_port(port: Value | None, names: Mapping[int, str]) -> str:
    return names.get(port, "") if isinstance(port, int) else text(port)


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
    # 0.0.0.0 is what a device says that has no address yet.
    reachable = None if address in ("0.0.0.0", "::") else address
    return {
        "protocol": protocol,
        "interface": interface,
        "name": name,
        "address": reachable,
        "remote_interface": remote,
    }


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
