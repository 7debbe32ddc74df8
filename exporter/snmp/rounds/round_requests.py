"""What a round asks one device, and what each answer must be: the last answer and its reading in, arrays out. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exporter.snmp.device import objects as c
from exporter.snmp.device.interface_map import InterfaceMap
from exporter.snmp.device.ports import PortPage
from exporter.snmp.device.queues import COUNTERS
from exporter.snmp.device.reading import SLACK, InterfaceReading
from exporter.snmp.device.requests import ObjectGroup, batches
from exporter.snmp.native.library import RuleKind
from exporter.snmp.wire import ber
from exporter.snmp.wire.ber import Value
from exporter.snmp.wire.message import LOWEST_ID, GetRequest

RULE = np.dtype([("kind", np.int64), ("cell", np.int64), ("expected", np.int64), ("limit", np.float64)])
REQUEST = np.dtype(
    [(name, np.uint64) for name in ("at", "length", "id_at", "binds_at", "rule", "rules", "number", "answered")]
)
# The numbers of an interface that change all the time, in the order of their cells; packets are sums of three.
FIELDS = (
    "in_octets",
    "out_octets",
    "in_packets",
    "out_packets",
    "in_errors",
    "out_errors",
    "in_discards",
    "out_discards",
)
_PACKETS = {column: place for place, columns in ((2, c.PACKETS_IN), (3, c.PACKETS_OUT)) for column in columns}
_CELLS = {**dict(zip((*c.OCTETS_64, *_PACKETS, *c.FAULTS), (0, 1, *_PACKETS.values(), 4, 5, 6, 7), strict=True))}
QUEUE_CELLS = len(COUNTERS)
# An answer that fits into an Ethernet frame of 1,500 bytes beside the heads of IP, UDP and the message (some 90), with
# room for counters that grow.
ANSWER_BYTES = 1350
# The most objects at once: agents are known that cut theirs at 128 varbinds.
_MOST_VARBINDS = 100
# Around a name and a value: the varbind's tag and length, the value's tag and length.
_AROUND = 4
_UNBOUNDED = float("inf")


class Rule(NamedTuple):
    """What one value must be (``rounds.c``)."""

    kind: RuleKind
    cell: int = -1
    expected: int = 0
    limit: float = _UNBOUNDED


@dataclass(frozen=True)
class RoundRequests:
    """The arrays of ``rounds.c``; ``octets`` are the places of the two octet counters among ``values``, by line."""

    table: NDArray[np.void]
    datagrams: NDArray[np.uint8]
    rules: NDArray[np.void]
    texts: NDArray[np.uint8]
    values: NDArray[np.uint64]
    cells: int
    octets: Mapping[str, tuple[int, int]]


class UnusualError(Exception):
    """A value that the compiled code could not judge."""


@dataclass(frozen=True)
class Subject:
    """The device: its community, what was learnt of it, its page's lines, the last reading and the last values."""

    community: str
    interface_map: InterfaceMap
    ports: PortPage
    interfaces: Mapping[str, InterfaceReading]
    values: Mapping[str, Value]


def round_requests(subject: Subject, groups: Sequence[ObjectGroup], most: int | None = None) -> RoundRequests:
    """The requests for those groups, at most ``most`` varbinds each (None: as many as fit). Raises UnusualError."""
    cells = _cells(subject)
    book = _RuleBook(cells, _limits(subject), _idle(subject), bytearray())
    places: dict[str, int] = {}
    table, datagrams, rules, values = list[tuple[int, ...]](), bytearray(), list[Rule](), list[int]()
    for batch in batches(groups, most or _fitting(groups, subject.values)):
        oids = batch.request
        data = GetRequest(subject.community, oids).bytes_for(LOWEST_ID)
        binds = sum(_AROUND + len(ber.oid(oid)) for oid in oids)
        id_at = data.index(ber.integer(LOWEST_ID)) + 2
        table.append((len(datagrams), len(data), id_at, len(data) - binds, len(rules), len(oids), 0, 0))
        datagrams += data
        for oid in oids:
            places[oid] = len(rules)
            value = subject.values.get(oid)
            rules.append(book.rule(oid, value))
            values.append(value if isinstance(value, int) else 0)
    return RoundRequests(
        table=np.array(table, REQUEST),
        datagrams=np.frombuffer(bytes(datagrams), np.uint8).copy(),
        rules=np.array(rules, RULE),
        texts=np.frombuffer(bytes(book.texts) or b"\0", np.uint8),
        values=np.array(values, np.uint64),
        cells=max(cells.values(), default=0) + 1,
        octets=dict(_octets(subject, places)),
    )


@dataclass(frozen=True)
class _RuleBook:
    """By an object: its cell, its limit, whether nobody looks at it; and the texts so far."""

    cells: Mapping[str, int]
    limits: Mapping[str, float]
    idle: Mapping[str, bool]
    texts: bytearray

    def rule(self, oid: str, value: Value | None) -> Rule:
        """What the object must be from now on. Raises UnusualError."""
        if oid == c.SYS_UPTIME:
            return Rule(RuleKind.UPTIME)
        if isinstance(value, bytes):
            self.texts.extend(value)
            return Rule(RuleKind.TEXT, len(value), len(self.texts) - len(value))
        if not isinstance(value, int) or value < 0:
            raise UnusualError(f"{oid} is {value!r}")
        if oid in self.cells:
            # What came as a plain INTEGER, or beyond its range, is no counter; its own way says so.
            if type(value) is not int:
                raise UnusualError(f"{oid} is no counter")
            return Rule(RuleKind.COUNTER, self.cells[oid], 0, self.limits.get(oid, _UNBOUNDED))
        if self.idle.get(oid):
            return Rule(RuleKind.ANY)
        return Rule(RuleKind.SAME, -1, value)


def _cells(subject: Subject) -> dict[str, int]:
    """The cell of each object that is counted."""
    cells: dict[str, int] = {}
    first = 0
    for name in subject.interfaces:
        index = subject.interface_map.match.places[name].index
        cells |= {f"{column}.{index}": first + place for column, place in _CELLS.items()}
        first += len(FIELDS)
    for queue in subject.interface_map.queues:
        cells |= {f"{column}.{queue.index}": first + place for place, column in enumerate(COUNTERS)}
        first += QUEUE_CELLS
    if len(cells) < len(subject.interfaces) * len(_CELLS) + len(subject.interface_map.queues) * QUEUE_CELLS:
        raise UnusualError("an interface or a queue stands twice")
    return cells


def _limits(subject: Subject) -> dict[str, float]:
    """Bytes a second above which a line carries more than it claims, which changes its speed (``line_speed``)."""
    limits: dict[str, float] = {}
    for port in subject.ports.plan.ports:
        interface = subject.interfaces.get(port.interface)
        most = interface.speed_bytes * SLACK if interface is not None else 0.0
        if interface is not None and most and subject.ports.fastest(port.link) <= most:
            index = subject.interface_map.match.places[port.interface].index
            limits |= {f"{column}.{index}": most for column in c.OCTETS_64}
    return limits


def _idle(subject: Subject) -> dict[str, bool]:
    """The 32-bit octets of ports that were idle: whether nobody looks at them any more, since the wide ones move."""
    indexes = (subject.interface_map.match.places[name].index for name in subject.interface_map.idle)
    return {
        f"{column}.{index}": bool(subject.values.get(f"{c.IF_HC_IN_OCTETS}.{index}"))
        for index in indexes
        for column in c.OCTETS_32
    }


def _octets(subject: Subject, places: Mapping[str, int]) -> Iterator[tuple[str, tuple[int, int]]]:
    for port in subject.ports.plan.ports:
        if port.interface in subject.interfaces:
            index = subject.interface_map.match.places[port.interface].index
            at = [places.get(f"{column}.{index}") for column in c.OCTETS_64]
            if at[0] is not None and at[1] is not None:
                yield port.link, (at[0], at[1])


def _fitting(groups: Sequence[ObjectGroup], values: Mapping[str, Value]) -> int:
    """How many varbinds of the last answer's mean size fit into one datagram."""
    oids = [oid for group in groups for oid in group.oids]
    size = sum(_AROUND + len(ber.oid(oid)) + _size(values.get(oid)) for oid in oids)
    return min(_MOST_VARBINDS, ANSWER_BYTES * len(oids) // size)


def _size(value: Value | None) -> int:
    """Bytes of a value's content; a number's grow by one before it is asked for anew."""
    return len(value) if isinstance(value, bytes) else value.bit_length() // 8 + 2 if isinstance(value, int) else 0
