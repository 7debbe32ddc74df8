"""One look at all interfaces of a device, also those the inventory does not name. A session in, a Survey out.

Point of view is the interface's own: receive is what it receives. Indexes are used within this one look only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.snmp.device import objects as c
from exporter.snmp.device.columns import TableReader, ask_around
from exporter.snmp.device.interface_map import Layers, bundled, layers_below, stacked_pairs, traits_of, unless
from exporter.snmp.device.manners import Manners, oddities_of_agent
from exporter.snmp.device.port_names import PortName, odd_names, port_names, text
from exporter.snmp.device.reading import InterfaceReading, counter, read_interface, wrong_type
from exporter.snmp.device.requests import ObjectGroup, batches, greet
from exporter.snmp.engines.interface import Session, WalkHabits
from exporter.snmp.wire.ber import Value

# ifAdminStatus (RFC 2863).
_ADMIN = {1: "up", 2: "down", 3: "testing"}
# ifOperStatus (RFC 2863).
_OPER = {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent", 7: "lowerLayerDown"}
_COLUMNS = (*c.STATE, *c.FAULTS, *c.SELDOM)
# Room for the sessions of a PPPoE server; an agent that invents rows is left here.
MAX_INTERFACES = 10_000


@dataclass(frozen=True)
class SurveyRow:
    """One interface: its names as text, its states as the MIB calls them, its reading and where it was found."""

    index: str
    name: str
    alias: str
    admin: str
    oper: str
    reading: InterfaceReading
    speed_invented: bool = False

    @property
    def octets(self) -> tuple[str, str]:
        """The objects of its octet counters, in and out."""
        columns = c.OCTETS_64 if self.reading.counter_bits == 64 else c.OCTETS_32
        return f"{columns[0]}.{self.index}", f"{columns[1]}.{self.index}"


@dataclass(frozen=True)
class Survey:
    """A whole device; ``quirks`` are sentences that begin with the quirk's name. Without sysUpTime its age is None."""

    uptime_seconds: float | None
    interfaces: tuple[SurveyRow, ...]
    quirks: tuple[str, ...]


async def survey(session: Session, habits: WalkHabits | None = None) -> Survey:
    """Read every interface once. Raises SnmpFailure."""
    manners = Manners()
    await greet(session, manners)
    manners.before_learning()
    names = await _names(session, manners)
    groups = [ObjectGroup(name.identity, tuple(f"{column}.{name.index}" for column in _COLUMNS)) for name in names]
    plan = batches([ObjectGroup("", (c.IF_NUMBER,)), *groups], manners.varbinds)
    answer = await ask_around(session, plan, manners)
    layers = await unless(layers_below(session), {})
    rows = tuple(_row(answer.values, name, layers) for name in names)
    stacked = stacked_pairs(layers, {row.index: row.name for row in rows})
    oddities = {**odd_names(names), **_oddities(rows, answer.values, stacked)}
    oddities |= oddities_of_agent(manners, habits or WalkHabits())
    quirks = tuple(f"{quirk}: {_few(words)}" for quirk, words in oddities.items() if words)
    return Survey(max(answer.uptimes) / 100 if answer.uptimes else None, rows, quirks)


async def _names(session: Session, manners: Manners) -> list[PortName]:
    """Every row of the interface table, also one that only some columns have. Raises SnmpFailure."""
    table = TableReader(session, manners.columns, MAX_INTERFACES)
    columns = {column: dict(await table.rows(column)) for column in (c.IF_INDEX, c.IF_NAME, c.IF_DESCR, c.IF_ALIAS)}
    table.settle(any(columns.values()))
    return port_names(columns)


def _row(values: Mapping[str, Value], name: PortName, layers: Layers) -> SurveyRow:
    def number(column: str) -> int:
        value = values.get(f"{column}.{name.index}")
        return value if isinstance(value, int) else 0

    traits = bundled(traits_of(values, name.index), text(name.value), name.index, layers, values)
    return SurveyRow(
        name.index,
        text(name.value),
        text(values.get(f"{c.IF_ALIAS}.{name.index}")),
        _ADMIN.get(number(c.IF_ADMIN), "unknown"),
        _OPER.get(number(c.IF_OPER), "unknown"),
        read_interface(values, name.index, traits),
        traits.speed_invented,
    )


def _oddities(
    rows: tuple[SurveyRow, ...], values: Mapping[str, Value], stacked: tuple[tuple[str, str], ...]
) -> dict[str, list[str]]:
    """What is odd about which ports, by the names of the quirks."""
    narrow = [row for row in rows if row.reading.counter_bits == 32]
    oddities = {
        "counters_32_bit": [row.name for row in narrow],
        "counters_64_bit_stuck": [
            row.name for row in narrow if counter(values.get(f"{c.IF_HC_IN_OCTETS}.{row.index}")) is not None
        ],
        "counter_wrong_type": [row.name for row in rows if wrong_type(values, row.index)],
        "no_speed": [
            row.name for row in rows if not row.reading.speed_bytes and row.oper == "up" and not row.speed_invented
        ],
        "speed_not_trusted": [row.name for row in rows if row.speed_invented],
        "half_duplex": [row.name for row in rows if row.reading.half_duplex],
        "no_discontinuity_time": [row.name for row in rows if row.reading.discontinuity_ticks is None],
        "stacked_interfaces": [f"{higher} over {lower}" for higher, lower in stacked],
    }
    return oddities


def _few(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
