"""One object of an agent with the very type it was sent with; lines of a file in, rows out, and back. Pure.

The form is that of snmpsim's ``.snmprec``: OID, tag of BER in decimal, value, with a bar between them; ``4x`` is octets
in hexadecimal. Lines that begin with ``#`` are for people.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from exporter.snmp.wire import ber

_NUMBERS = (ber.INTEGER, ber.COUNTER32, ber.GAUGE32, ber.TICKS, ber.COUNTER64)
# A row of a recording is shorter than a datagram.
MOST_LETTERS = 2**17
_HEX = "x"


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An object: its OID, the tag and the content of its value as they stand in BER."""

    oid: str
    tag: int
    content: bytes

    @property
    def arcs(self) -> tuple[int, ...]:
        """The OID as numbers."""
        return tuple(map(int, self.oid.split(".")))

    @property
    def value(self) -> bytes:
        """The whole value in BER, as the scripted agent has it."""
        return ber.tlv(self.tag, self.content)


def recording_lines(rows: Iterable[AgentRow]) -> Iterator[str]:
    """A line for each row, in the order of the OIDs."""
    for row in sorted(rows, key=lambda row: row.arcs):
        tag, text = _written(row)
        yield f"{row.oid}|{tag}|{text}"


def read_recording(lines: Iterable[str]) -> list[AgentRow]:
    """The rows of a recording. Raises ValueError naming the line and what is wrong with it."""
    rows = []
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        if not text or text.startswith("#"):
            continue
        try:
            rows.append(_read(text))
        except (ValueError, OverflowError, IndexError) as error:
            shown = text[:80]
            raise ValueError(f"line {number}: {shown!r} is no row of a recording (OID|tag|value): {error}") from error
    return rows


def _written(row: AgentRow) -> tuple[str, str]:
    if row.tag in _NUMBERS and row.content:
        # A counter above half of its range is sent without its leading zero by some agents: it is no negative one.
        signed = row.tag == ber.INTEGER
        number = int.from_bytes(row.content, "big", signed=signed)
        if ber.integer(number, row.tag) == row.value:
            return str(row.tag), str(number)
    if row.tag == ber.OID:
        return str(row.tag), ber.dotted(row.content)
    if row.tag == ber.IP_ADDRESS and len(row.content) == 4:
        return str(row.tag), str(IPv4Address(row.content))
    text = row.content.decode("latin-1")
    if row.tag == ber.OCTETS and text.isascii() and text.isprintable() and text == text.strip():
        return str(row.tag), text
    return f"{row.tag}{_HEX}", row.content.hex()


def _read(text: str) -> AgentRow:
    if len(text) > MOST_LETTERS:
        raise ValueError("it is too long")
    oid, kind, value = text.split("|", 2)
    arcs = [int(arc) for arc in oid.strip(".").split(".")]
    tag = int(kind.removesuffix(_HEX))
    if len(arcs) < 2 or min(arcs) < 0 or not 0 <= tag <= 255:
        raise ValueError("its OID or its tag is none")
    return AgentRow(".".join(map(str, arcs)), tag, _content(tag, value, kind.endswith(_HEX)))


def _content(tag: int, value: str, in_hex: bool) -> bytes:
    if in_hex:
        return bytes.fromhex(value)
    if tag in _NUMBERS:
        return ber.element(ber.integer(int(value), tag))[1]
    if tag == ber.OID:
        return ber.element(ber.oid(value.strip(".")))[1]
    if tag == ber.IP_ADDRESS:
        return IPv4Address(value).packed
    return value.encode()
