"""One look at all interfaces of a device, also those the inventory does not name. A session in, a Survey out.

Point of view is the interface's own: receive is what it receives. Indexes are used within this one look only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.snmp.device import objects as c
from exporter.snmp.device.interface_map import stacked_pairs, traits_of, unless
from exporter.snmp.device.reading import InterfaceReading, read_interface
from exporter.snmp.device.requests import Manners, ObjectGroup, ask, batches
from exporter.snmp.engines.interface import Session
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

    @property
    def octets(self) -> tuple[str, str]:
        """The objects of its octet counters, in and out."""
        columns = c.OCTETS_64 if self.reading.counter_bits == 64 else c.OCTETS_32
        return f"{columns[0]}.{self.index}", f"{columns[1]}.{self.index}"


@dataclass(frozen=True)
class Survey:
    """A whole device; ``quirks`` are sentences that begin with the quirk's name."""

    uptime_seconds: float
    interfaces: tuple[SurveyRow, ...]
    quirks: tuple[str, ...]


async def survey(session: Session) -> Survey:
    """Read every interface once. Raises SnmpFailure."""
    manners = Manners()
    names = await session.walk(c.IF_NAME, MAX_INTERFACES)
    column = c.IF_NAME if names else c.IF_DESCR
    name_rows = names or await session.walk(c.IF_DESCR, MAX_INTERFACES)
    indexes = [oid.removeprefix(f"{column}.") for oid, _ in name_rows]
    groups = [ObjectGroup(f"{column}.{n}", tuple(dict.fromkeys(f"{name}.{n}" for name in _COLUMNS))) for n in indexes]
    answer = await ask(session, batches([ObjectGroup("", (c.IF_NUMBER,)), *groups], manners.varbinds), manners)
    rows = tuple(_row(answer.values, column, index) for index in indexes)
    stacked = await unless(stacked_pairs(session, {row.index: row.name for row in rows}), ())
    quirks = _quirks(rows, column, manners, answer.values, stacked)
    return Survey(max(answer.uptimes) / 100, rows, tuple(quirks))


def text(value: Value | None) -> str:
    """Bytes of unknown origin as text that can be printed on one line."""
    if not isinstance(value, bytes):
        return ""
    decoded = value.rstrip(b"\0").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in decoded)


def _row(values: Mapping[str, Value], column: str, index: str) -> SurveyRow:
    def number(name: str) -> int:
        value = values.get(f"{name}.{index}")
        return value if isinstance(value, int) else 0

    return SurveyRow(
        index,
        text(values.get(f"{column}.{index}")),
        text(values.get(f"{c.IF_ALIAS}.{index}")),
        _ADMIN.get(number(c.IF_ADMIN), "unknown"),
        _OPER.get(number(c.IF_OPER), "unknown"),
        read_interface(values, index, traits_of(values, index)),
    )


def _quirks(
    rows: tuple[SurveyRow, ...],
    column: str,
    manners: Manners,
    values: Mapping[str, Value],
    stacked: tuple[tuple[str, str], ...],
) -> list[str]:
    names = [row.name for row in rows]
    oddities = {
        "no_if_name": ["ifDescr is used"] if column == c.IF_DESCR else [],
        "duplicate_names": sorted({name for name in names if names.count(name) > 1}),
        "counters_32_bit": [row.name for row in rows if row.reading.counter_bits == 32],
        "counters_64_bit_stuck": [
            row.name for row in rows if row.reading.counter_bits == 32 and f"{c.IF_HC_IN_OCTETS}.{row.index}" in values
        ],
        "no_speed": [row.name for row in rows if not row.reading.speed_bytes and row.oper == "up"],
        "no_discontinuity_time": [row.name for row in rows if row.reading.discontinuity_ticks is None],
        "stacked_interfaces": [f"{higher} over {lower}" for higher, lower in stacked],
        "small_requests": [f"{manners.varbinds} varbinds"] if manners.varbinds < Manners.varbinds else [],
    }
    return [f"{name}: {_few(names_of_quirk)}" for name, names_of_quirk in oddities.items() if names_of_quirk]


def _few(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
