"""Walks one device for discovery: an address and credentials in, what the device tells about itself out as JSON.

Read by ``lebarpita-inventory discover``. Never polls again, never follows a neighbour: where to go is not decided here.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from typing import Any

from exporter.errors import ExporterError
from exporter.snmp.credentials import add_options, credential_of
from exporter.snmp.device import neighbours as n
from exporter.snmp.device import objects as c
from exporter.snmp.device.port_names import NAMES
from exporter.snmp.engines.failure import Reason, SnmpFailure
from exporter.snmp.engines.interface import Session, SnmpTarget, login_of
from exporter.snmp.engines.registry import DEFAULT, ENGINES
from exporter.snmp.wire.ber import Value

# Neighbour, address and ARP tables of a core router; discovery needs no more of one device.
MAX_ROWS = 20_000
# ifAdminStatus (RFC 2863).
_ADMIN = {1: "up", 2: "down", 3: "testing"}
# ifOperStatus (RFC 2863).
_OPER = {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent", 7: "lowerLayerDown"}
# 64-bit counters, then those of ifTable where a device has no others.
_TRAFFIC = (c.IF_HC_IN_OCTETS, c.IF_HC_OUT_OCTETS, c.IF_IN_OCTETS, c.IF_OUT_OCTETS)
_SYS_DESCR, _SYS_NAME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.5.0"


def add_command(commands: Any) -> None:
    """Add ``walk`` to the exporter's commands."""
    walk = commands.add_parser("walk", help="what one device tells about itself, its neighbours and its queues")
    walk.add_argument("address", metavar="ADDRESS")
    walk.add_argument("--port", type=int, default=161)
    add_options(walk)
    walk.add_argument("--json", action="store_true", help="one JSON object (default: indented for reading)")
    walk.set_defaults(run=_walk)


def _walk(options: argparse.Namespace) -> int:
    if not options.community_from and not options.user:
        raise ExporterError(f"{options.address}: how to ask it? give --community-from env:NAME, or --user for v3")
    credential = credential_of(options, "snmp")
    target = SnmpTarget(
        options.address,
        options.address,
        login_of(credential),
        options.port,
        timeout_seconds=2.0,
        retries=2,
        context=options.context,
        transport=options.transport,
    )
    session = ENGINES[DEFAULT](target)
    try:
        facts = asyncio.run(device(session))
    except SnmpFailure as error:
        raise ExporterError(str(error)) from error
    row = {key: value for key, value in credential.model_dump().items() if value is not None}
    answer = {"address": options.address, "port": options.port, "credential": row, **facts}
    print(json.dumps(answer, ensure_ascii=False, indent=None if options.json else 2), file=sys.stdout)
    return 0


async def device(session: Session) -> dict[str, Any]:
    """Everything the device tells: name, interfaces with addresses, neighbours, ARP and queues.

    Raises SnmpFailure where the device does not answer at all; a table it does not have is empty.
    """
    system = await session.get([_SYS_DESCR, _SYS_NAME])
    rows = {key: await _rows(session, root) for key, root in n.TABLES.items()}
    interfaces = await _interfaces(session, n.addresses(rows))
    names = {row["index"]: row["name"] for row in interfaces}
    return {
        "name": n.text(system.get(_SYS_NAME)),
        "description": n.text(system.get(_SYS_DESCR)),
        "interfaces": interfaces,
        "neighbours": [*n.lldp(rows, names), *n.cdp(rows, names), *n.mndp(rows, names)],
        "arp": n.arp(rows, names),
        "queues": n.queues(rows, names),
    }


async def _interfaces(session: Session, addresses: dict[int, list[str]]) -> list[dict[str, Any]]:
    columns = (c.IF_DESCR, c.IF_TYPE, c.IF_SPEED, c.IF_ADMIN, c.IF_OPER, c.IF_NAME, c.IF_HIGH_SPEED, c.IF_ALIAS)
    read = {column: await _column(session, column) for column in (*columns, *_TRAFFIC)}
    if not any(read.values()):
        # Nothing at all: an error or a silence is told as such, and is no device without interfaces.
        await _or_failure(session, c.IF_INDEX)
    return [
        {
            "index": index,
            "name": next(filter(None, (n.text(read[column].get(index)) for column in NAMES)), str(index)),
            "alias": n.text(read[c.IF_ALIAS].get(index)),
            "type": _number(read[c.IF_TYPE].get(index)),
            "speed_bps": _number(read[c.IF_HIGH_SPEED].get(index)) * 10**6 or _number(read[c.IF_SPEED].get(index)),
            "admin": _ADMIN.get(_number(read[c.IF_ADMIN].get(index)), "unknown"),
            "oper": _OPER.get(_number(read[c.IF_OPER].get(index)), "unknown"),
            "octets": _traffic(read, index),
            "addresses": addresses.get(index, []),
        }
        for index in sorted(set().union(*(read[column] for column in (c.IF_TYPE, *NAMES))))
    ]


def _traffic(read: Mapping[str, Mapping[int, Value]], index: int) -> int | None:
    """What the port has carried both ways since its counters began; None where the device does not say."""
    for pair in (_TRAFFIC[:2], _TRAFFIC[2:]):
        counts = [value for column in pair if isinstance(value := read[column].get(index), int)]
        if counts:
            return sum(counts)
    return None


async def _or_failure(session: Session, root: str) -> None:
    """Raise the agent's error or silence. Raises SnmpFailure; one that turns in circles has answered."""
    try:
        await session.walk(root, MAX_ROWS)
    except SnmpFailure as failure:
        if failure.reason is not Reason.ENDLESS:
            raise


async def _column(session: Session, column: str) -> dict[int, Value]:
    return {int(oid.rpartition(".")[2]): value for oid, value in await _rows(session, column)}


async def _rows(session: Session, root: str) -> list[tuple[str, Value]]:
    """A table, empty where the agent does not have it; only a dead agent is a failure, and the first GET found that."""
    try:
        return await session.walk(root, MAX_ROWS)
    except SnmpFailure:
        return []


def _number(value: Value | None) -> int:
    return value if isinstance(value, int) else 0
