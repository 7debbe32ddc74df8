"""Names, addresses, numbers and octets of an office in, others of the same form out: the same for the same. Pure.

A device keeps its structure: addresses of one /24 stay in one, a name is the same wherever it stands, digits stay as
many. Nothing leads back: what stands for what is kept in memory and written nowhere.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path

# Shared address space (RFC 6598): no office has it inside, so that a replaced address is seen to be one.
_PLACE = ip_network("100.64.0.0/10")
# Documentation (RFC 3849).
_PLACE_V6 = int(IPv6Address("2001:db8::"))
# Locally administered (IEEE 802): no maker's.
_MAC_HEAD = bytes((0x02, 0, 0))
# Private numbers of networks (RFC 6996).
_FIRST_AS = 64_512
# As many digits are a serial, a telephone or a person's number; ports, slots, speeds and models have fewer.
_LONG_DIGITS = 5
# A word of an office has three letters at least; shorter ones ("Gi", "sw") are everybody's.
LEAST_LETTERS = 3
_ADDRESS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_MAC = re.compile(
    r"(?<![0-9a-f:.-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![0-9a-f:.-])|\b(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}\b", re.I
)
_WORD = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)?", re.UNICODE)
# What makers and standards say: kinds of ports, states, units, parts. A word that is here is kept wherever it stands.
_TECHNICAL = frozenset((Path(__file__).parent / "technical_words.txt").read_text(encoding="ascii").split())


@dataclass
class Pseudonyms:
    """What stands for what, each kind counted as it comes. ``private`` words are replaced wherever they are."""

    private: set[str] = field(default_factory=set)
    _names: dict[str, str] = field(default_factory=dict)
    _networks: dict[bytes, int] = field(default_factory=dict)
    _digits: dict[str, str] = field(default_factory=dict)
    _octets: dict[bytes, bytes] = field(default_factory=dict)
    _systems: dict[int, int] = field(default_factory=dict)

    def learn(self, text: str) -> None:
        """Every word of a text that is an office's own: its name, where it stands, whose it is."""
        words = (word.casefold() for word in _words(text) if len(word) >= LEAST_LETTERS and not word[0].isdigit())
        # A place called "Uplink ether1" makes no private word of what every port is called by.
        self.private |= {word for word in words if word not in _TECHNICAL}

    def text(self, text: str, as_maker: bool = False) -> str:
        """A text without an office's words, addresses and long numbers; ``as_maker`` keeps all but private words."""
        text = _MAC.sub(lambda match: self._mac_text(match[0]), text)
        parts, place = [], 0
        for match in _ADDRESS.finditer(text):
            parts += [self._plain(text[place : match.start()], as_maker), self.address_text(match[0])]
            place = match.end()
        return "".join((*parts, self._plain(text[place:], as_maker)))

    def name(self, word: str) -> str:
        """The name that stands for a word, or for a whole text."""
        return self._names.setdefault(word.casefold(), f"nama{len(self._names) + 1}")

    def address_text(self, text: str) -> str:
        """An IPv4 address as text; what is none stays."""
        try:
            return str(IPv4Address(self.address(IPv4Address(text).packed)))
        except ValueError:
            return text

    def address(self, octets: bytes) -> bytes:
        """An IPv4 or IPv6 address; masks, loopback, multicast and the unspecified one stay."""
        if len(octets) == 16:
            return self._address_v6(octets)
        address = IPv4Address(octets)
        if address in _PLACE or octets[0] in (0, 127) or octets[0] >= 224:
            return octets
        number = self._networks.setdefault(octets[:3], len(self._networks))
        # A /10 has 16,384 networks of 256.
        return (int(_PLACE.network_address) + (number % 16_384) * 256 + octets[3]).to_bytes(4, "big")

    def _address_v6(self, octets: bytes) -> bytes:
        address = IPv6Address(octets)
        if address.is_unspecified or address.is_loopback or address.is_multicast:
            return octets
        number = self._networks.setdefault(octets[:8], len(self._networks))
        own = self.octets(octets[8:])
        return (_PLACE_V6 + (number << 64)).to_bytes(16, "big")[:8] + own

    def mac(self, octets: bytes) -> bytes:
        """A MAC address; none (zeros) and everybody's (a group's) stay."""
        if not any(octets) or octets[0] & 1:
            return octets
        number = self._octets.setdefault(octets, (len(self._octets) + 1).to_bytes(3, "big"))
        return _MAC_HEAD + number[-3:]

    def octets(self, octets: bytes) -> bytes:
        """Octets that are no text, as many; zeros stay."""
        if not any(octets):
            return octets
        number = self._octets.setdefault(octets, (len(self._octets) + 1).to_bytes(3, "big"))
        # With the high bit of the first set, so that no text becomes of them.
        return (b"\x80" + number.rjust(max(len(octets), 4) - 1, b"\0"))[: len(octets)]

    def digits(self, text: str) -> str:
        """A long number, of as many digits."""
        number = self._digits.setdefault(text, str(len(self._digits) + 1))
        return number.rjust(len(text), "9")[-len(text) :]

    def system(self, number: int) -> int:
        """The number of a network (AS); 0 is none."""
        return self._systems.setdefault(number, _FIRST_AS + len(self._systems)) if number else 0

    def _mac_text(self, text: str) -> str:
        digits = re.sub(r"[^0-9a-f]", "", text, flags=re.IGNORECASE)
        mac = self.mac(bytes.fromhex(digits)).hex()
        letters = iter(mac)
        return "".join(next(letters) if letter.isalnum() else letter for letter in text)

    def _plain(self, text: str, as_maker: bool) -> str:
        return _WORD.sub(lambda match: self._word(match[0], as_maker), text)

    def _word(self, word: str, as_maker: bool) -> str:
        if word[0].isdigit():
            return self.digits(word) if word.isdigit() and len(word) >= _LONG_DIGITS else word
        low = word.casefold()
        if low not in self.private and (as_maker or low in _TECHNICAL or len(word) < LEAST_LETTERS):
            return word
        return self.name(word)


def _words(text: str) -> Iterable[str]:
    return (match[0] for match in _WORD.finditer(text))
