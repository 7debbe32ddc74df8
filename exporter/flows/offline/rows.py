"""A block of flow records in, one plain row for each out: for a person's eyes (``flows read --records``). Pure."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import Any

import numpy as np

from exporter.flows.account.owning import OwnedBlock
from exporter.flows.account.prefix_lookup import OpdNumbers
from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import Records

_ADDRESSES = {
    "source": (f.SOURCE4, f.SOURCE6),
    "target": (f.TARGET4, f.TARGET6),
    "post_nat_source": (f.POST_SOURCE4, f.POST_SOURCE6),
    "post_nat_target": (f.POST_TARGET4, f.POST_TARGET6),
}
_NUMBERS = {
    "source_port": f.SOURCE_PORT,
    "target_port": f.TARGET_PORT,
    "protocol": f.PROTOCOL,
    "input": f.INPUT,
    "output": f.OUTPUT,
    "direction": f.DIRECTION,
}


def rows(codes: Sequence[str], owned: OwnedBlock) -> Iterator[dict[str, Any]]:
    """Every record with what it holds; bytes and packets after sampling. ``codes``: the OPDs by number."""
    records, rates, _, amounts = owned.rated
    columns: dict[str, list[Any]] = {
        name: values for name, pair in _ADDRESSES.items() if (values := _texts(records, pair)) is not None
    }
    columns |= {name: v.tolist() for name, e in _NUMBERS.items() if (v := records.numbers(e)) is not None}
    columns["sampling"] = rates.scaled(np.ones(records.count, np.uint64)).tolist()
    columns["bytes"], columns["packets"] = amounts.bytes.tolist(), amounts.packets.tolist()
    for name, back in (("reverse_bytes", amounts.reverse_bytes), ("reverse_packets", amounts.reverse_packets)):
        if back is not None:
            columns[name] = back.tolist()
    columns["source_opd"], columns["target_opd"] = _codes(codes, owned.source), _codes(codes, owned.target)
    for row in zip(*columns.values(), strict=True):
        yield dict(zip(columns, row, strict=True))


def line(row: dict[str, Any]) -> str:
    """A row as one line of text."""
    ends = [f"{row.get(end, '-')}:{row.get(f'{end}_port', '-')} ({row[f'{end}_opd'] or '-'})" for end in _ENDS]
    back = f", back {row['reverse_bytes']} bytes" if row.get("reverse_bytes") else ""
    return f"{row['exporter']} {ends[0]} > {ends[1]} {row['bytes']} bytes, {row['packets']} packets{back}"


_ENDS = ("source", "target")


def _texts(records: Records, pair: tuple[int, int]) -> list[str] | None:
    """Each record's address: the IPv4 one, or the IPv6 one where that is empty or absent."""
    texts: list[str] | None = None
    for element, length in zip(pair, (4, 16), strict=True):
        raw = records.raw(element, length)
        if raw is not None:
            addresses = [str(ip_address(address.tobytes())) for address in raw]
            filled = [any(address) for address in raw.tolist()]
            texts = (
                addresses
                if texts is None
                else [a if b else c for a, b, c in zip(addresses, filled, texts, strict=True)]
            )
    return texts


def _codes(codes: Sequence[str], numbers: OpdNumbers) -> list[str | None]:
    return [codes[number] if number >= 0 else None for number in numbers.tolist()]
