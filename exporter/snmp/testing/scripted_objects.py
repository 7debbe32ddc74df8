"""Objects for the scripted agent: interfaces described in plain values in, rows of a MIB out. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from exporter.snmp.device import objects as c
from exporter.snmp.wire import ber


@dataclass(frozen=True)
class ScriptedInterface:
    """One row of the interface tables; None leaves the object out."""

    index: int
    name: bytes | None
    alias: bytes | None = b""
    descr: bytes | None = b""
    admin: int = 1
    oper: int = 1
    # ethernetCsmacd(6) (IANAifType); up(1) for both states.
    kind: int = 6
    speed_bits: int = 1_000_000_000
    high_speed_mbit: int | None = 1000
    in_octets: int | None = 0
    out_octets: int | None = 0
    in_octets_32: int | None = None
    out_octets_32: int | None = None
    in_packets: int = 0
    out_packets: int = 0
    in_errors: int = 0
    out_errors: int = 0
    in_discards: int = 0
    out_discards: int = 0
    in_multicast: int | None = None
    out_multicast: int | None = None
    in_broadcast: int | None = None
    out_broadcast: int | None = None
    last_change_ticks: int = 0
    discontinuity_ticks: int | None = 0


def device(
    interfaces: Iterable[ScriptedInterface], uptime_ticks: int = 100_000, table_change: int = 0
) -> dict[str, bytes]:
    """The rows of a whole device, in no order."""
    interfaces = list(interfaces)
    rows = {
        "1.3.6.1.2.1.1.1.0": ber.tlv(ber.OCTETS, b"scripted agent"),
        c.SYS_UPTIME: ber.integer(uptime_ticks, ber.TICKS),
        c.IF_NUMBER: ber.integer(len(interfaces)),
        c.IF_TABLE_LAST_CHANGE: ber.integer(table_change, ber.TICKS),
    }
    for interface in interfaces:
        rows |= {f"{column}.{interface.index}": value for column, value in _row(interface) if value is not None}
    return rows


def queue_rows(*queues: tuple[int, bytes, int, int]) -> dict[str, bytes]:
    """RouterOS simple queues: index, name, bytes in (from the target) and bytes out (to the target)."""
    # mtxrQueueSimpleTable: 2 name, 8 and 9 bytes in and out, 10 and 11 packets.
    table = "1.3.6.1.4.1.14988.1.1.2.1.1"
    rows: dict[str, bytes] = {}
    for index, name, octets_in, octets_out in queues:
        rows[f"{table}.2.{index}"] = ber.tlv(ber.OCTETS, name)
        rows[f"{table}.8.{index}"] = ber.integer(octets_in, ber.COUNTER64)
        rows[f"{table}.9.{index}"] = ber.integer(octets_out, ber.COUNTER64)
        rows[f"{table}.10.{index}"] = ber.integer(octets_in // 1000, ber.COUNTER32)
        rows[f"{table}.11.{index}"] = ber.integer(octets_out // 1000, ber.COUNTER32)
    return rows


def numbers(rows: dict[str, int]) -> dict[str, bytes]:
    """Rows of plain INTEGERs by their OIDs."""
    return {name: ber.integer(value) for name, value in rows.items()}


def _row(i: ScriptedInterface) -> list[tuple[str, bytes | None]]:
    wide_in, wide_out = i.in_octets, i.out_octets
    # As a real device: the 32-bit counter is the lower half of the wide one unless a test wants it otherwise.
    narrow_in = i.in_octets_32 if i.in_octets_32 is not None else wide_in
    narrow_out = i.out_octets_32 if i.out_octets_32 is not None else wide_out
    packets = (i.in_packets, i.out_packets) if wide_in is not None else (None, None)
    return [
        ("1.3.6.1.2.1.2.2.1.1", ber.integer(i.index)),
        (c.IF_DESCR, _octets(i.descr or i.name)),
        (c.IF_TYPE, ber.integer(i.kind)),
        (c.IF_SPEED, ber.integer(i.speed_bits, ber.GAUGE32)),
        (c.IF_ADMIN, ber.integer(i.admin)),
        (c.IF_OPER, ber.integer(i.oper)),
        (c.IF_LAST_CHANGE, ber.integer(i.last_change_ticks, ber.TICKS)),
        (c.IF_IN_OCTETS, _count(narrow_in, 32)),
        (c.IF_IN_UCAST, _count(i.in_packets, 32)),
        (c.IF_IN_DISCARDS, _count(i.in_discards, 32)),
        (c.IF_IN_ERRORS, _count(i.in_errors, 32)),
        (c.IF_OUT_OCTETS, _count(narrow_out, 32)),
        (c.IF_OUT_UCAST, _count(i.out_packets, 32)),
        (c.IF_OUT_DISCARDS, _count(i.out_discards, 32)),
        (c.IF_OUT_ERRORS, _count(i.out_errors, 32)),
        (c.IF_NAME, _octets(i.name)),
        (c.IF_HC_IN_OCTETS, _count(wide_in, 64)),
        (c.IF_HC_IN_UCAST, _count(packets[0], 64)),
        (c.IF_HC_OUT_OCTETS, _count(wide_out, 64)),
        (c.IF_HC_OUT_UCAST, _count(packets[1], 64)),
        (c.IF_HC_IN_MULTICAST, _count(i.in_multicast, 64)),
        (c.IF_HC_IN_BROADCAST, _count(i.in_broadcast, 64)),
        (c.IF_HC_OUT_MULTICAST, _count(i.out_multicast, 64)),
        (c.IF_HC_OUT_BROADCAST, _count(i.out_broadcast, 64)),
        (c.IF_HIGH_SPEED, None if i.high_speed_mbit is None else ber.integer(i.high_speed_mbit, ber.GAUGE32)),
        (c.IF_ALIAS, _octets(i.alias)),
        (c.IF_DISCONTINUITY, None if i.discontinuity_ticks is None else ber.integer(i.discontinuity_ticks, ber.TICKS)),
    ]


def _octets(value: bytes | None) -> bytes | None:
    return None if value is None else ber.tlv(ber.OCTETS, value)


def _count(value: int | None, bits: int) -> bytes | None:
    if value is None:
        return None
    return ber.integer(value % 2**bits, ber.COUNTER32 if bits == 32 else ber.COUNTER64)
