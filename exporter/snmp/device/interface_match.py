"""Which row of the interface table is which interface: names wanted and rows walked in, places out. Pure.

Matched by ifName, else by ifAlias, else (only where a device has no ifName at all) by ifDescr - never by ifIndex,
which moves on a reboot. Two rows of the same name match nothing: the inventory must name one that is single.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from sys import intern

from exporter.snmp.device.objects import IF_ALIAS, IF_DESCR, IF_NAME
from exporter.snmp.wire.ber import Value


@dataclass(frozen=True, slots=True)
class InterfacePlace:
    """Where an interface is now: its index, and the object and value that prove it in every request."""

    index: str
    column: str
    value: bytes

    @property
    def oid(self) -> str:
        """The object that must still hold ``value``."""
        return intern(f"{self.column}.{self.index}")


@dataclass(frozen=True)
class InterfaceMatch:
    """The places found, and for every interface not found a sentence that says why."""

    places: Mapping[str, InterfacePlace] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    by_alias: tuple[str, ...] = ()
    by_descr: tuple[str, ...] = ()


Rows = Sequence[tuple[str, Value]]


def match(wanted: Iterable[str], names: Rows, aliases: Rows, descriptions: Rows) -> InterfaceMatch:
    """Find each wanted interface among the walked rows of ifName, ifAlias and ifDescr."""
    tables = [(IF_NAME, _by_value(IF_NAME, names)), (IF_ALIAS, _by_value(IF_ALIAS, aliases))]
    if not names:
        tables.append((IF_DESCR, _by_value(IF_DESCR, descriptions)))
    places: dict[str, InterfacePlace] = {}
    problems: dict[str, str] = {}
    for interface in wanted:
        place = _place(interface, tables)
        if isinstance(place, InterfacePlace):
            places[interface] = place
        else:
            problems[interface] = place
    return InterfaceMatch(places, problems, *(_matched_by(places, column) for column in (IF_ALIAS, IF_DESCR)))


def _matched_by(places: Mapping[str, InterfacePlace], column: str) -> tuple[str, ...]:
    return tuple(interface for interface, place in places.items() if place.column == column)


def _place(interface: str, tables: Iterable[tuple[str, dict[bytes, list[str]]]]) -> InterfacePlace | str:
    value = interface.encode()
    for column, table in tables:
        indexes = table.get(value, [])
        if len(indexes) > 1:
            # A PPPoE server may have hundreds of sessions of one name; five show a person what is meant.
            some = ", ".join(sorted(indexes, key=int)[:5])
            return f"{len(indexes)} interfaces are called {interface!r} (indexes {some}); name one by its ifAlias"
        if indexes:
            return InterfacePlace(indexes[0], column, value)
    return f"no interface has the ifName or ifAlias {interface!r}"


def _by_value(column: str, rows: Rows) -> dict[bytes, list[str]]:
    table: dict[bytes, list[str]] = {}
    for oid, value in rows:
        if isinstance(value, bytes) and value:
            # Some agents send the terminating zero of a C string along with the name.
            table.setdefault(value.rstrip(b"\0"), []).append(intern(oid.removeprefix(f"{column}.")))
    return table
