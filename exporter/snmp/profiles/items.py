"""What the rows of a reading are called, and whose line they are. Pure.

A name is the device's own; without one rows are numbered. No address becomes a name: an index that names the row is
used only behind a name that the device gives.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from exporter.snmp.profiles.model import RowName
from exporter.snmp.wire.ber import Value

Rows = Mapping[str, Value]
Columns = Mapping[str, Rows]
# Longer names are a maker's prose.
_LONGEST_NAME = 60
_ABBREVIATED = re.compile(r"([a-z -]*)(.*)", re.DOTALL)


def item_names(indexes: Sequence[str], name: RowName, columns: Columns) -> dict[str, str]:
    """Index to name, each name once; rows that are another reading's by ``pattern`` are missing."""
    names: dict[str, str] = {}
    uses: dict[str, int] = {}
    for number, index in enumerate(indexes, 1):
        text = _named(index, name, columns) if name.oid else _numbered(number, index, name)
        if text is None:
            continue
        uses[text] = uses.get(text, 0) + 1
        names[index] = text if uses[text] == 1 else f"{text} {uses[text]}"
    return names


def without_name(indexes: Iterable[str], name: RowName, columns: Columns) -> bool:
    """Whether a row has no name in the column that should have it: names were learnt before it came."""
    rows = columns.get(name.oid or "", {})
    return bool(name.oid) and any(head(index, name.arcs) not in rows for index in indexes)


def head(index: str, arcs: int | None) -> str:
    """The first so many arcs of an index, all where nothing is said."""
    return index if arcs is None else ".".join(index.split(".")[:arcs])


def link_of(item: str, ends: Iterable[tuple[str, str]]) -> str:
    """The line whose end that item is: by the same name, or by its abbreviation (Gi0/1, GigabitEthernet0/1)."""
    for interface, link in ends:
        if _same_port(item.lower(), interface.lower()):
            return link
    return ""


def _same_port(name: str, other: str) -> bool:
    if name == other:
        return True
    (word, number), (other_word, other_number) = _split(name), _split(other)
    if not number or number != other_number or not word or not other_word:
        return False
    return word.startswith(other_word) or other_word.startswith(word)


def _split(name: str) -> tuple[str, str]:
    match = _ABBREVIATED.match(name)
    return (match[1].strip(), match[2]) if match else (name, "")


def _numbered(number: int, index: str, name: RowName) -> str:
    # An object without a table has the index 0 and needs no number.
    return name.text if index == "0" else f"{name.text} {index if name.index else number}"


def _named(index: str, name: RowName, columns: Columns) -> str | None:
    begin = head(index, name.arcs)
    value = columns.get(name.oid or "", {}).get(begin)
    text = shown(value)
    if not text:
        # An index may be an address, which is no label; its last arc is the row's number.
        text = f"{name.text} {begin.rsplit('.', 1)[-1]}"
    elif name.pattern:
        match = re.search(name.pattern, text)
        if match is None or not match[1]:
            return None
        text = match[1].strip()
    rest = head(index[len(begin) + 1 :], name.keep)
    return f"{text}:{rest}" if rest else text


def shown(value: Value | None) -> str:
    """A name as it stands in a label: printable, trimmed, not too long."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    text = "" if value is None else str(value)
    return "".join(letter for letter in text if letter.isprintable()).strip()[:_LONGEST_NAME]
