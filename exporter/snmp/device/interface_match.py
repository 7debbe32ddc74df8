"""Which row of the interface table is which interface: names wanted and rows walked in, places out. Pure.

Each port has a name of its own: its ifName; where that row is missing or empty its ifDescr, else its ifAlias, else its
index. A port is matched by that name, else by ifAlias - never by ifIndex where it has any name, for indexes move on a
reboot. Two rows of the same name match nothing: the inventory must name one that is single.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from sys import intern

from exporter.snmp.device.objects import IF_ALIAS, IF_DESCR, IF_INDEX, IF_NAME
from exporter.snmp.wire.ber import Value


@dataclass(frozen=True, slots=True)
class InterfacePlace:
    """Where an interface is now: its index, and the object and value that prove it in every request."""

    index: str
    column: str
    value: Value

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
    by_index: tuple[str, ...] = ()


Rows = Sequence[tuple[str, Value]]


def match(wanted: Iterable[str], names: Rows, aliases: Rows, descriptions: Rows, indexes: Rows = ()) -> InterfaceMatch:
    """Find each wanted interface among the walked rows of ifName, ifAlias, ifDescr and, for nameless ones, ifIndex."""
    named = _with_text(IF_NAME, names)
    described = _with_text(IF_DESCR, descriptions)
    aliased = _with_text(IF_ALIAS, aliases)
    nameless = [_index(IF_INDEX, oid) for oid, _ in indexes]
    tables = [
        (IF_NAME, _by_value(named)),
        (IF_DESCR, _by_value({index: text for index, text in described.items() if index not in named})),
        (IF_ALIAS, _by_value(aliased)),
        (IF_INDEX, {n.encode(): [n] for n in nameless if not (n in named or n in described or n in aliased)}),
    ]
    places: dict[str, InterfacePlace] = {}
    problems: dict[str, str] = {}
    for interface in wanted:
        place = _place(interface, tables)
        if isinstance(place, InterfacePlace):
            places[interface] = place
        else:
            problems[interface] = place
    return InterfaceMatch(places, problems, *(_matched_by(places, column) for column in (IF_ALIAS, IF_DESCR, IF_INDEX)))


def bare(value: Value | None) -> bytes:
    """A name without the zero of a C string that some agents send along; empty where it is blank or no text."""
    text = value.rstrip(b"\0") if isinstance(value, bytes) else b""
    return text if text.strip() else b""


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
            return InterfacePlace(indexes[0], column, int(value) if column == IF_INDEX else value)
    return f"no interface has the ifName or ifAlias {interface!r}"


def _with_text(column: str, rows: Rows) -> dict[str, bytes]:
    """The names of a column by index, without empty ones."""
    return {_index(column, oid): text for oid, value in rows if (text := bare(value))}


def _index(column: str, oid: str) -> str:
    return intern(oid.removeprefix(f"{column}."))


def _by_value(names: Mapping[str, bytes]) -> dict[bytes, list[str]]:
    table: dict[bytes, list[str]] = {}
    for index, name in names.items():
        table.setdefault(name, []).append(index)
    return table
