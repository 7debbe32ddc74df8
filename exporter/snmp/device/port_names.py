"""What every row of an interface table is called, port by port: walked columns in, names out. Pure.

Its ifName; where that is missing or empty its ifDescr, else its ifAlias, else its index. The same names find an
interface of the inventory (``interface_match``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.snmp.device.interface_match import bare
from exporter.snmp.device.objects import IF_ALIAS, IF_DESCR, IF_INDEX, IF_NAME
from exporter.snmp.wire.ber import Value

# In the order in which a port is called by them.
NAMES = (IF_NAME, IF_DESCR, IF_ALIAS)


@dataclass(frozen=True, slots=True)
class PortName:
    """A row by its index: what it is called, and by which column; IF_INDEX where it has no name at all."""

    index: str
    column: str
    value: bytes

    @property
    def identity(self) -> str:
        """The object that says who the row is."""
        return f"{self.column}.{self.index}"


def port_names(columns: Mapping[str, Mapping[str, Value]]) -> list[PortName]:
    """The name of each row that any of the columns (values by OID) has, ascending."""
    rows: dict[str, dict[str, bytes]] = {}
    for column, values in columns.items():
        for oid, value in values.items():
            rows.setdefault(oid.removeprefix(f"{column}."), {})[column] = bare(value)
    order = sorted(rows, key=lambda index: tuple(map(int, index.split("."))))
    return [_name(index, rows[index]) for index in order]


def text(value: Value | None) -> str:
    """Bytes of unknown origin as text that can be printed on one line."""
    if not isinstance(value, bytes):
        return ""
    decoded = value.rstrip(b"\0").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in decoded)


def _name(index: str, texts: Mapping[str, bytes]) -> PortName:
    column = next((column for column in NAMES if texts.get(column)), IF_INDEX)
    return PortName(index, column, texts.get(column) or index.encode())


def odd_names(names: list[PortName]) -> dict[str, list[str]]:
    """The quirks of the names, each with the ports it is about."""
    shown = [text(name.value) for name in names]
    called = list(zip(shown, names, strict=True))
    by_column = {
        column: [word for word, name in called if name.column == column] for column in (IF_DESCR, IF_ALIAS, IF_INDEX)
    }
    whole = len(by_column[IF_DESCR]) == len(names) > 0
    oddities = {
        "no_if_name": ["ifDescr is used"] if whole else [],
        "duplicate_names": sorted({name for name in shown if shown.count(name) > 1}),
        "matched_by_description": [] if whole else by_column[IF_DESCR],
        "matched_by_alias": by_column[IF_ALIAS],
        "matched_by_index": by_column[IF_INDEX],
    }
    return oddities
