"""The nftables ruleset's number and counters by netlink, and our table as nft told it for as long as that number stays.

nft is a program that is started for each question, and writes the whole table each time. Every change of any table in
this namespace, whoever makes it, gives the ruleset another number (net/netfilter/nf_tables_api.c, nf_tables_commit). So
a table that was read under the number that holds now is the table that is there now, to the letter; nothing is believed
that the kernel has not said. Another program's change costs one reading anew and no more.
"""

import struct
from dataclasses import dataclass

from shaping.drivers.linux import nft
from shaping.drivers.linux.owners import Map
from shaping.drivers.linux.rtnetlink import ACK, DUMP, REQUEST, attribute, attributes, opened

# linux/netlink.h: NETLINK_NETFILTER. linux/netfilter/nfnetlink.h: NFNL_SUBSYS_NFTABLES, in the upper byte of a type.
_NETFILTER, _NFTABLES = 12, 10 << 8
# linux/netfilter/nf_tables.h: NFT_MSG_GETGEN, NFT_MSG_GETOBJ.
_GETGEN, _GETOBJ = _NFTABLES | 16, _NFTABLES | 19
# The same: NFTA_GEN_ID; NFTA_OBJ_TABLE, _NAME, _TYPE, _DATA; NFT_OBJECT_COUNTER; NFTA_COUNTER_BYTES.
_GEN_ID = 1
_OBJECT_TABLE, _OBJECT_NAME, _OBJECT_TYPE, _OBJECT_DATA, _COUNTER, _COUNTER_BYTES = 1, 2, 3, 4, 1, 1
# struct nfgenmsg: u8 family, u8 version (0), u16 res_id. linux/netfilter.h: NFPROTO_INET, NFPROTO_BRIDGE.
_NFGENMSG = struct.Struct("=BBH")
_FAMILIES = {nft.ROUTED: 1, nft.BRIDGED: 7}


@dataclass(frozen=True)
class TableReading:
    """The table as nft writes it and the maps in it; None and None where there is none."""

    listing: str | None
    map: Map | None


class KnownTable:
    """Our table, read again only where the ruleset is another than the one it was read under."""

    def __init__(self) -> None:
        self._under: tuple[str, int] | None = None
        self._reading = TableReading(None, None)

    def read(self, family: str) -> TableReading:
        """As the kernel holds it now."""
        number = ruleset_number()
        if number is None or self._under != (family, number):
            self._reading = read_table(family)
            # What was read while somebody changed it may be half of each: it is answered, and not believed again.
            self._under = (family, number) if number is not None and ruleset_number() == number else None
        return self._reading


def read_table(family: str) -> TableReading:
    """As nft tells it now, whatever was known."""
    listing = nft.listing(family)
    return TableReading(listing, None if listing is None else nft.read_map(family))


def ruleset_number() -> int | None:
    """Of this namespace's ruleset as it is now; None where the kernel does not say."""
    try:
        with opened(_NETFILTER) as link:
            messages = link.ask(_GETGEN, REQUEST | ACK, _NFGENMSG.pack(0, 0, 0))
    # Without the right to hear it, or without nftables: nft itself is asked, and says so better.
    except OSError:
        return None
    for _, content in messages:
        number = attributes(content[_NFGENMSG.size :]).get(_GEN_ID, b"")
        if len(number) == 4:
            return int.from_bytes(number, "big")
    return None


def counter_bytes(family: str) -> dict[str, int]:
    """What the named counters of our table counted, by name; {} where there is no such table."""
    question = attribute(_OBJECT_TABLE, nft.TABLE.encode() + b"\0")
    question += attribute(_OBJECT_TYPE, struct.pack("!I", _COUNTER))
    try:
        with opened(_NETFILTER) as link:
            messages = link.ask(_GETOBJ, REQUEST | DUMP, _NFGENMSG.pack(_FAMILIES[family], 0, 0) + question)
    except OSError:
        return {}
    return dict(_counter(attributes(content[_NFGENMSG.size :])) for _, content in messages if _is_ours(content))


def _is_ours(content: bytes) -> bool:
    # Older kernels answer a dump with every table's counters, whichever was named.
    return attributes(content[_NFGENMSG.size :]).get(_OBJECT_TABLE, b"").rstrip(b"\0") == nft.TABLE.encode()


def _counter(object: dict[int, bytes]) -> tuple[str, int]:
    data = attributes(object.get(_OBJECT_DATA, b""))
    return _text(object.get(_OBJECT_NAME, b"")), int.from_bytes(data.get(_COUNTER_BYTES, b""), "big")


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode("ascii", "replace")
