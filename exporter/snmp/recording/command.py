"""``record``: one device in, a file of what its agent answers out, with its private parts replaced.

Only read, never written to. What holds secrets of SNMP itself (communities, users, their keys: 1.3.6.1.6.3) is not
asked for, nor are routes and connections, which are an office's own and tell nothing of a device.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from exporter.errors import ExporterError
from exporter.snmp.credentials import add_options
from exporter.snmp.engines.direct_engine import DirectSession
from exporter.snmp.engines.failure import SnmpFailure
from exporter.snmp.engines.interface import Session, SnmpTarget
from exporter.snmp.engines.registry import ENGINES
from exporter.snmp.poll import target_from
from exporter.snmp.recording.anonymous import anonymise, private_words
from exporter.snmp.recording.rows import AgentRow, recording_lines
from exporter.snmp.wire import ber
from exporter.snmp.wire.ber import Value
from exporter.snmp.wire.message import raw_value

EXAMPLE = """examples:
  lebarpita-exporter record olt-1 --config /etc/lebarpita/exporter.yaml --anonymise --out olt-1.snmprec
  lebarpita-exporter record 192.0.2.1 --community-from env:COMMUNITY --anonymise --root 1.3.6.1.4.1.3902"""
# What a device is described by: system, interfaces, addresses, transmission, BGP, host, interfaces' names, UPS, entity,
# sensors, power over Ethernet, LLDP, and what its maker has of his own.
ROOTS = (
    *("1.3.6.1.2.1.1", "1.3.6.1.2.1.2", "1.3.6.1.2.1.4.20", "1.3.6.1.2.1.4.22", "1.3.6.1.2.1.4.34", "1.3.6.1.2.1.10"),
    *("1.3.6.1.2.1.15", "1.3.6.1.2.1.25", "1.3.6.1.2.1.31", "1.3.6.1.2.1.33", "1.3.6.1.2.1.47", "1.3.6.1.2.1.99"),
    *("1.3.6.1.2.1.105", "1.0.8802", "1.3.6.1.4.1"),
)
# Two OLTs; a device beyond it is cut off and that is said.
MOST_ROWS = 200_000


def add_command(commands: Any) -> None:
    """Add ``record`` to the exporter's commands."""
    record = commands.add_parser(
        "record",
        help="write down what a device's agent answers, for whom develops a profile",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    record.add_argument("device", metavar="NAME|ADDRESS", help="a device of the inventory, or an address")
    record.add_argument("--config", metavar="FILE", help="the exporter's configuration, which names the inventory")
    add_options(record)
    record.add_argument("--port", type=int, default=161, help="for an address (default: 161)")
    record.add_argument("--engine", choices=sorted(ENGINES), help="default: the configuration's")
    record.add_argument("--anonymise", action="store_true", help="replace names, addresses, serial numbers and users")
    record.add_argument("--root", action="append", metavar="OID", help="only this part; may be repeated")
    record.add_argument("--out", metavar="FILE", help="a new file (default: to the screen)")
    record.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Record the device. Raises ExporterError where it cannot be read, or the file exists."""
    roots = tuple(options.root or ROOTS)
    for root in roots:
        _check_root(root)
    if options.out and Path(options.out).exists():
        raise ExporterError(f"{options.out}: exists already; name another file, nothing was written")
    try:
        target, engine = target_from(options)
        rows, faults = asyncio.run(read_device(ENGINES[engine](target), roots))
    except SnmpFailure as failure:
        raise ExporterError(f"{failure} [{failure.reason}]") from failure
    if not rows:
        raise ExporterError(f"{options.device}: answered, but has nothing under {' '.join(roots)}; try --root 1.3.6.1")
    text = recording_text(rows, target, options.anonymise, faults)
    if options.out is None:
        sys.stdout.write(text)
    else:
        _write(Path(options.out), text)
        kind = "anonymous recording" if options.anonymise else "recording with names and addresses"
        print(f"{options.out}: {kind}, {len(rows)} objects; read it before you send it")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 0


def recording_text(rows: Iterable[AgentRow], target: SnmpTarget, anonymous: bool, faults: Iterable[str] = ()) -> str:
    """The file's text. Raises ExporterError where something private was left in an anonymous one."""
    rows = list(rows)
    heads = ["# lebarpita-exporter record: OID|tag|value, as snmpsim reads it."]
    if anonymous:
        heads.append("# Names, addresses, serial numbers and users are replaced. Read it through before you send it.")
    else:
        heads.append("# It holds names and addresses of the office; record it with --anonymise before you send it.")
    # A fault names the device and its address.
    heads += [f"# left out: {fault.partition(':')[0]}" for fault in faults]
    shown = anonymise(rows, (target.name, target.address)) if anonymous else rows
    lines = list(recording_lines(shown))
    if anonymous:
        _check_nothing_left(rows, lines)
    return "".join(f"{line}\n" for line in (*heads, *lines))


def _check_nothing_left(rows: Iterable[AgentRow], lines: Iterable[str]) -> None:
    """The last look: nothing is written while anything private stands in it."""
    left = private_words(rows)
    for line in lines:
        value = line.split("|", 2)[2]
        if word_left := next((word for word in left if word in value), None):
            where = line.split("|", 1)[0]
            raise ExporterError(
                f"{where}: something private ({len(word_left)} letters) was left in it; nothing was written. Name the"
                " parts to record with --root, without this one, and tell the developers this object"
            )


def _check_root(root: str) -> None:
    arcs = root.strip(".").split(".")
    if len(arcs) < 2 or not all(arc.isascii() and arc.isdigit() for arc in arcs):
        raise ExporterError(f"--root {root}: is no OID; write numbers with points, for example 1.3.6.1.4.1.3902")
    if f"{root}.".startswith("1.3.6.1.6.3."):
        raise ExporterError(f"--root {root}: holds communities and users of SNMP and is never recorded; leave it out")


async def read_device(session: Session, roots: Iterable[str]) -> tuple[list[AgentRow], list[str]]:
    """Every row under the roots, and a sentence for each part that could not be read. Raises SnmpFailure."""
    rows: dict[str, AgentRow] = {}
    faults: list[str] = []
    try:
        # The first answer decides whether the device is there at all.
        await session.get(["1.3.6.1.2.1.1.2.0"])
        for root in roots:
            try:
                rows |= {row.oid: row for row in await _part(session, root.strip("."))}
            except SnmpFailure as failure:
                faults.append(f"{root}: {failure}")
    finally:
        session.close()
    if faults and not rows:
        raise ExporterError("\n".join(faults))
    return [row for row in rows.values() if not f"{row.oid}.".startswith("1.3.6.1.6.3.")], faults


async def _part(session: Session, root: str) -> list[AgentRow]:
    if isinstance(session, DirectSession):
        return [
            AgentRow(oid, raw[0], raw[1:])
            for oid, raw in await session.walk(root, MOST_ROWS, raw_value)
            if isinstance(raw, bytes)
        ]
    # The other engines tell values without their types: they are guessed by their form.
    return [_guessed(oid, value) for oid, value in await session.walk(root, MOST_ROWS)]


def _guessed(oid: str, value: Value) -> AgentRow:
    if isinstance(value, bytes):
        return AgentRow(oid, ber.OCTETS, value)
    if isinstance(value, str):
        encoded = (
            ber.oid(value) if value.count(".") != 3 else ber.tlv(ber.IP_ADDRESS, bytes(map(int, value.split("."))))
        )
        return AgentRow(oid, *ber.element(encoded)[:2])
    number = int(value)
    tag = ber.INTEGER if isinstance(value, ber.Integer) else ber.COUNTER32 if number < 2**32 else ber.COUNTER64
    return AgentRow(oid, *ber.element(ber.integer(number, tag))[:2])


def _write(path: Path, text: str) -> None:
    try:
        # For the one who made it alone until it has been read through.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ExporterError(f"{path}: cannot be written: {error.strerror}") from error
