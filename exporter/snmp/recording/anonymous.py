"""A recording in, the same device without its office out: names, addresses, serial numbers and users replaced. Pure.

Numbers stay, for they are what a recording is for. A text keeps the words that makers and standards use and loses
every other; what is known to be private (sysName, sysContact, sysLocation, ifAlias, serial numbers, neighbours' names)
is lost wherever it stands. Addresses in the index of a row are replaced as the same addresses in values are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from exporter.snmp.recording.pseudonyms import LEAST_LETTERS, Pseudonyms
from exporter.snmp.recording.rows import AgentRow
from exporter.snmp.wire import ber

# Whole texts that are an office's: sysContact, sysName, sysLocation; ifAlias; lldpLocSysName; lldpRemSysName, its
# description; cdpCacheDeviceId, cdpCacheSysName, cdpCachePlatform's neighbour; mtxrNeighborIdentity; upsIdentName,
# upsIdentAttachedDevices; entPhysicalAlias, entPhysicalAssetID, entPhysicalSerialNum.
_OWN_WORDS = (
    *("1.3.6.1.2.1.1.4", "1.3.6.1.2.1.1.5", "1.3.6.1.2.1.1.6", "1.3.6.1.2.1.31.1.1.1.18"),
    *("1.0.8802.1.1.2.1.3.3", "1.0.8802.1.1.2.1.4.1.1.9", "1.0.8802.1.1.2.1.4.1.1.10"),
    *("1.3.6.1.4.1.9.9.23.1.2.1.1.6", "1.3.6.1.4.1.9.9.23.1.2.1.1.17", "1.3.6.1.4.1.14988.1.1.11.1.1.6"),
    *("1.3.6.1.2.1.33.1.1.5", "1.3.6.1.2.1.33.1.1.6"),
)
_SERIALS = ("1.3.6.1.2.1.47.1.1.1.1.11", "1.3.6.1.2.1.47.1.1.1.1.14", "1.3.6.1.2.1.47.1.1.1.1.15")
# Texts of makers: sysDescr, entPhysicalDescr, its name, revisions, maker and model, hrStorageDescr, hrDeviceDescr,
# ifDescr and ifName where they have nothing of the words above. Words that are not private stay.
_MAKERS_WORDS = (
    *("1.3.6.1.2.1.1.1", "1.3.6.1.2.1.47.1.1.1.1.2", "1.3.6.1.2.1.47.1.1.1.1.8", "1.3.6.1.2.1.47.1.1.1.1.9"),
    *("1.3.6.1.2.1.47.1.1.1.1.10", "1.3.6.1.2.1.47.1.1.1.1.12", "1.3.6.1.2.1.47.1.1.1.1.13"),
    *("1.3.6.1.2.1.25.2.3.1.3", "1.3.6.1.2.1.25.3.2.1.3"),
)
# Numbers of networks: bgpLocalAs, bgpPeerRemoteAs (RFC 4273).
_SYSTEMS = ("1.3.6.1.2.1.15.2", "1.3.6.1.2.1.15.3.1.9")
# Where in an OID the four octets of an address stand: ipAdEntAddr, ipNetToMedia (behind the ifIndex), bgpPeer.
_ADDRESS_AT = {"1.3.6.1.2.1.4.20.1": 1, "1.3.6.1.2.1.4.22.1": 2, "1.3.6.1.2.1.15.3.1": 1}
# A column of a table has ten arcs or more (1.3.6.1.2.1.2.2.1.2); what stands before is nobody's.
_LEAST_PREFIX = 9
_MAC_ARCS, _ADDRESS_ARCS = 6, 4
# Of the six arcs of a MAC address at least three are beyond what columns and slots are numbered by.
_LARGE_ARC, _LARGE_ARCS = 32, 3


def anonymise(rows: Iterable[AgentRow], words: Iterable[str] = ()) -> list[AgentRow]:
    """The rows with every private part replaced, consistently; ``words`` are private too: the device's own name."""
    rows = list(rows)
    names = Pseudonyms()
    for word in words:
        names.learn(word)
    for row in rows:
        if _in(row.oid, (*_OWN_WORDS, *_SERIALS)) and (text := _text(row.content)):
            names.learn(text)
    replaced = _replaced_addresses(rows, names)
    return [_row(row, names, replaced) for row in rows]


def private_words(rows: Iterable[AgentRow]) -> set[str]:
    """What must stand nowhere in an anonymous recording: names, contacts, places, serial numbers, addresses."""
    words: set[str] = set()
    for row in rows:
        if row.tag == ber.IP_ADDRESS and len(row.content) == _ADDRESS_ARCS:
            words.add(".".join(map(str, row.content)))
        elif row.tag == ber.OCTETS and _in(row.oid, (*_OWN_WORDS, *_SERIALS)):
            words.add(_text(row.content).strip())
    return {word for word in words if len(word) > LEAST_LETTERS and not word.startswith(("0.", "127.", "255.", "224."))}


def _replaced_addresses(rows: Iterable[AgentRow], names: Pseudonyms) -> Mapping[tuple[int, ...], bytes]:
    """Addresses that values have, as arcs, and what stands for them: they stand in indexes too."""
    replaced: dict[tuple[int, ...], bytes] = {}
    for row in rows:
        if row.tag == ber.IP_ADDRESS and len(row.content) == _ADDRESS_ARCS and row.content[0]:
            replaced[tuple(row.content)] = names.address(row.content)
        elif row.tag == ber.OCTETS and len(row.content) == _MAC_ARCS and not _text(row.content):
            replaced[tuple(row.content)] = names.mac(row.content)
    return replaced


def _row(row: AgentRow, names: Pseudonyms, replaced: Mapping[tuple[int, ...], bytes]) -> AgentRow:
    return replace(row, oid=_oid(row, names, replaced), content=_content(row, names))


def _content(row: AgentRow, names: Pseudonyms) -> bytes:
    if row.tag == ber.IP_ADDRESS and len(row.content) == _ADDRESS_ARCS:
        return names.address(row.content)
    if _in(row.oid, _SYSTEMS) and row.content:
        number = int.from_bytes(row.content, "big")
        return ber.element(ber.integer(names.system(number), row.tag))[1]
    if row.tag != ber.OCTETS or not row.content:
        return row.content
    text = _text(row.content)
    if not text:
        return _octets(row.content, names)
    if _in(row.oid, _OWN_WORDS):
        return names.name(text.strip()).encode() if text.strip() else row.content
    if _in(row.oid, _SERIALS):
        return names.name(text.strip()).upper().encode() if text.strip() else row.content
    return names.text(text, as_maker=_in(row.oid, _MAKERS_WORDS)).encode()


def _octets(content: bytes, names: Pseudonyms) -> bytes:
    """Octets that are no text: addresses as such, everything else as other octets of the same length."""
    if len(content) == _MAC_ARCS:
        return names.mac(content)
    return names.address(content) if len(content) in (_ADDRESS_ARCS, 16) else names.octets(content)


def _oid(row: AgentRow, names: Pseudonyms, replaced: Mapping[tuple[int, ...], bytes]) -> str:
    arcs = list(row.arcs)
    for root, behind in _ADDRESS_AT.items():
        place = root.count(".") + 1 + behind
        if _in(row.oid, (root,)) and len(arcs) >= place + _ADDRESS_ARCS:
            _put(arcs, place, names.address(bytes(arcs[place : place + _ADDRESS_ARCS])))
            return ".".join(map(str, arcs))
    # Addresses that are known first: what only looks like one may begin an arc before it.
    if not any(_known_at(arcs, place, replaced) for place in range(_LEAST_PREFIX, len(arcs))):
        _put_mac(arcs, names)
        place = _LEAST_PREFIX
        while place < len(arcs):
            place += _put_word(arcs, place, names) or 1
    return ".".join(map(str, arcs))


def _known_at(arcs: list[int], place: int, replaced: Mapping[tuple[int, ...], bytes]) -> int:
    for size in (_MAC_ARCS, _ADDRESS_ARCS):
        other = replaced.get(tuple(arcs[place : place + size]))
        if other is not None:
            return _put(arcs, place, other)
    return 0


def _put_mac(arcs: list[int], names: Pseudonyms) -> None:
    """Replace what has the form of a MAC address at the end of an index, or before one or two arcs more."""
    best, where = _LARGE_ARCS - 1, 0
    for behind in range(3):
        place = len(arcs) - _MAC_ARCS - behind
        six = arcs[max(place, 0) : place + _MAC_ARCS]
        large = sum(arc >= _LARGE_ARC for arc in six)
        # The lowest bit of the first octet is a group's (IEEE 802).
        if place >= _LEAST_PREFIX and max(six) < 256 and not six[0] & 1 and large > best:
            best, where = large, place
    if where:
        _put(arcs, where, names.mac(bytes(arcs[where : where + _MAC_ARCS])))


def _put_word(arcs: list[int], place: int, names: Pseudonyms) -> int:
    """Replace a name that begins at this place, if one does; how many arcs it took."""
    length, letters = arcs[place], arcs[place + 1 :]
    word = letters[:length]
    if LEAST_LETTERS <= length == len(word) and all(32 < arc < 127 for arc in word):
        # A name in the index stands behind its length (RFC 2578, 7.7); its other name is made as long.
        other = names.name(bytes(word).decode()).encode().rjust(length, b"n")[-length:]
        return 1 + _put(arcs, place + 1, other)
    return 0


def _put(arcs: list[int], place: int, octets: bytes) -> int:
    arcs[place : place + len(octets)] = octets
    return len(octets)


def _text(content: bytes) -> str:
    """The octets as a text; '' where they are none."""
    try:
        text = content.rstrip(b"\0").decode()
    except UnicodeDecodeError:
        return ""
    return text if text and all(letter.isprintable() or letter in "\r\n\t" for letter in text) else ""


def _in(oid: str, roots: Iterable[str]) -> bool:
    return any(f"{oid}.".startswith(f"{root}.") for root in roots)
