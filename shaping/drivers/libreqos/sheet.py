"""``ShapedDevices.csv``: its text in, our circuits and everybody else's lines out, and the other way round. Pure.

Columns are known by their headings, as LibreQoS itself knows them, so a file of 2.0 (13 columns) and one of 2.2 (15 or
16) are written as they are. Lines that are not ours keep every byte.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_network

from inventory.model import Network
from shaping.drivers.libreqos.circuits import SIDES, Circuit, LibreQosTag, canonical
from shaping.errors import ShapingError

FILE = "ShapedDevices.csv"
# The columns of LibreQoS 2.0 and 2.1, which 2.2 reads too: for a file that is not there yet.
COLUMNS = (
    "Circuit ID",
    "Circuit Name",
    "Device ID",
    "Device Name",
    "Parent Node",
    "MAC",
    "IPv4",
    "IPv6",
    "Download Min Mbps",
    "Upload Min Mbps",
    "Download Max Mbps",
    "Upload Max Mbps",
    "Comment",
)
_RATES = tuple(column for pair in SIDES.values() for column in pair)
_OURS = ("circuitid", "circuitname", "deviceid", "devicename", "parentnode", "ipv4", "ipv6", *_RATES, "comment")
# Each would send the row to another node than ours.
_PARENTS = ("parentnodeid", "anchornodeid", "id")
_NOT_A_LETTER = re.compile(r"[^a-z0-9]")
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class SheetLine:
    """A line that is not ours: its text, and its cells by column."""

    text: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class DeviceSheet:
    """``head`` is what stands before the first row, with the headings; ``columns`` their names as we know them."""

    head: str
    columns: tuple[str, ...]
    foreign: tuple[SheetLine, ...]
    ours: Mapping[str, Circuit]

    def text(self, circuits: Mapping[str, Circuit]) -> str:
        """The file with these circuits in place of ours, at its end and by their code."""
        out = io.StringIO(newline="")
        out.write(self.head)
        out.writelines(line.text for line in self.foreign)
        end = "\r\n" if "\r\n" in self.head else "\n"
        if circuits and not out.getvalue().endswith(("\n", "\r")):
            out.write(end)
        writer = csv.writer(out, lineterminator=end)
        for opd in sorted(circuits):
            cells = _cells(circuits[opd])
            writer.writerow([cells.get(column, "") for column in self.columns])
        return out.getvalue()


def read_sheet(text: str, tag: LibreQosTag) -> DeviceSheet:
    """Raises ShapingError for what LibreQoS could not read either, or has not all of our columns."""
    if not text.strip(_BYTE_ORDER_MARK + " \r\n"):
        text += ",".join(COLUMNS) + "\n"
    head = ""
    columns: tuple[str, ...] = ()
    foreign: list[SheetLine] = []
    ours: dict[str, Circuit] = {}
    for raw, cells in _records(text):
        silent = not cells or cells[0].lstrip(_BYTE_ORDER_MARK).startswith("#")
        if not columns:
            head += raw
            columns = () if silent else _columns(cells)
            continue
        by_column = {} if silent else dict(zip(columns, cells, strict=False))
        opd = tag.opd(by_column.get("comment", ""))
        if opd is None:
            foreign.append(SheetLine(raw, by_column))
        elif opd in ours:
            ours[opd] = replace(ours[opd], times=ours[opd].times + 1)
        else:
            ours[opd] = _circuit(opd, by_column)
    if not columns:
        raise ShapingError(f"{FILE} has no line of headings; its first line must begin with {COLUMNS[0]}")
    return DeviceSheet(head, columns, tuple(foreign), ours)


def networks(cell: str) -> Iterator[Network]:
    """The prefixes of a cell; what is none is passed over, as it takes no packet."""
    for part in cell.replace(" ", "").split(","):
        try:
            yield ip_network(part, strict=False)
        except ValueError:
            continue


def _prefixes(cell: str) -> frozenset[str]:
    """Canonical; what LibreQoS would refuse (host bits, no address) stays as it is, and so is not what we want."""
    return frozenset(_prefix(part) for part in cell.replace(" ", "").split(",") if part)


def _prefix(part: str) -> str:
    try:
        return str(ip_network(part))
    except ValueError:
        return part


def _records(text: str) -> Iterator[tuple[str, Sequence[str]]]:
    lines = list(io.StringIO(text, newline=""))
    reader, start = csv.reader(lines), 0
    try:
        for cells in reader:
            yield "".join(lines[start : reader.line_num]), cells
            start = reader.line_num
    except csv.Error as error:
        raise ShapingError(f"{FILE}: line {reader.line_num} cannot be read: {error}; mend it") from error


def _columns(cells: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(_NOT_A_LETTER.sub("", cell.lower()).removesuffix("mbps") for cell in cells)
    if gone := [column for column in _OURS if column not in columns]:
        raise ShapingError(f"{FILE} has no column for {', '.join(gone)}; its headings must be those of LibreQoS 2")
    return columns


def _circuit(opd: str, cells: Mapping[str, str]) -> Circuit:
    extras = {column: cell for column, cell in cells.items() if column not in _OURS and cell}
    if cells["deviceid"] != cells["circuitid"] or cells["devicename"] != cells["circuitname"]:
        extras["deviceid"] = f"{cells['deviceid']} {cells['devicename']}"
    return Circuit(
        opd=opd,
        circuit=cells["circuitid"],
        name=cells["circuitname"],
        parent=cells["parentnode"],
        comment=cells["comment"],
        ipv4=_prefixes(cells["ipv4"]),
        ipv6=_prefixes(cells["ipv6"]),
        rates={column: canonical(cells[column]) for column in _RATES},
        extras=tuple(sorted(extras.items())),
    )


def lasting_extras(circuit: Circuit | None) -> tuple[tuple[str, str], ...]:
    """What somebody set in our row and may keep there: a MAC, a queue kind (``sqm``); never another node."""
    extras = circuit.extras if circuit else ()
    return tuple((column, cell) for column, cell in extras if column not in (*_PARENTS, *_OURS))


def _cells(circuit: Circuit) -> dict[str, str]:
    return {
        **dict(circuit.extras),
        **circuit.rates,
        "circuitid": circuit.circuit,
        "circuitname": circuit.name,
        "deviceid": circuit.circuit,
        "devicename": circuit.name,
        "parentnode": circuit.parent,
        "ipv4": ", ".join(sorted(circuit.ipv4)),
        "ipv6": ", ".join(sorted(circuit.ipv6)),
        "comment": circuit.comment,
    }
