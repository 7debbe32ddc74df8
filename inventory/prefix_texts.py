"""Prefixes as people write them in one cell in, networks and what was guessed out. Pure.

``10.1.2.0/24 & 10.1.3.0/24``, ``a dan b``, a gateway with its mask, ``/255.255.255.0``, a first and a last address.
The one forgiving reader of imports and commands. The city file takes networks alone, without a guess.
"""

import re
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
    summarize_address_range,
)

from inventory.prefix_pieces import is_word, pieces
from inventory.sentences import MisreadError, Sentence, check_digits

# One cell of one office: more networks than any has, and no such cell is longer than two pages.
MOST_NETWORKS, MOST_LETTERS = 256, 4000
# A first and a last address that lie anywhere make up to 60 networks; an office's begin and end at round numbers.
MOST_OF_RANGE = 16
# As much of a wrong piece as a sentence repeats.
MOST_SHOWN = 60

_Network = IPv4Network | IPv6Network
_Address = IPv4Address | IPv6Address
# Nobody's own (RFC 6890, RFC 5771, RFC 4291): this host, link-local, multicast and what
# lies above it. Loopback may be: a laboratory is walked there.
_NOBODYS = tuple(
    ip_network(text) for text in ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/128", "fe80::/10", "ff00::/8")
)
_Reading = tuple[list[_Network], Sentence | None]

_ANY_HOST = re.compile(r"([0-9]+(?:\.[0-9]+){0,2})((?:\.(?:x{1,3}|\*))+)(?:/([0-9]{1,2}))?", re.IGNORECASE)
# ``10.30.1/24``: a network without its last zeros, as routers show it.
_SHORT = re.compile(r"([0-9]+(?:\.[0-9]+){1,2})/([0-9]{1,2})")


@dataclass(frozen=True)
class PrefixReading:
    """The networks of one cell, each once, and what was guessed of them."""

    networks: tuple[_Network, ...]
    guesses: tuple[Sentence, ...] = ()

    def __str__(self) -> str:
        return " ".join(str(network) for network in self.networks)


def read_prefixes(text: str, mask: str = "") -> PrefixReading:
    """Read every network of a text; ``mask`` is that of addresses without one, from a column beside.

    Raises MisreadError (a ValueError) naming the piece that is none and what to write instead.
    """
    check_digits(text)
    cell = list(pieces(text)) if len(text) <= MOST_LETTERS else []
    guesses = [_left_out(piece) for piece in cell if is_word(piece)]
    networks: list[_Network] = []
    readings = [(piece, *_read(piece, mask)) for piece in cell if not is_word(piece)]
    for piece, read, guess in readings:
        _check_usable(piece, read)
        if any(_holds_host(other, piece, read) for _, other, _ in readings):
            guesses.append(_left_out(piece))
            continue
        networks += [network for network in read if network not in networks]
        guesses += [guess] if guess else []
    if not 1 <= len(networks) <= MOST_NETWORKS:
        raise _refusal(text.strip() or "(kosong / empty)")
    return PrefixReading(tuple(networks), tuple(guesses))


def _left_out(piece: str) -> Sentence:
    return Sentence(f"“{piece}” tidak dipakai", f"{piece!r} was left out")


def _holds_host(networks: list[_Network], piece: str, host: list[_Network]) -> bool:
    """Whether a bare address lies in a network of the same cell, as a gateway beside its network does."""
    return "/" not in piece and any(
        network.num_addresses > host[0].num_addresses == 1
        and network.version == host[0].version
        and host[0].network_address in network
        for network in networks
    )


def _read(piece: str, mask: str) -> _Reading:
    """The networks of one piece and what was guessed of it."""
    try:
        if match := _ANY_HOST.fullmatch(piece):
            return _any_host(piece, match)
        if match := _SHORT.fullmatch(piece):
            return _without_zeros(piece, match)
        if "-" in piece:
            return _first_and_last(piece)
        if "/" not in piece and not mask:
            return _bare(piece)
        return _with_mask(piece if "/" in piece else f"{piece}/{mask.strip().lstrip('/')}")
    except MisreadError:
        raise
    except (ValueError, TypeError) as error:
        raise _refusal(piece) from error


def _check_usable(piece: str, networks: list[_Network]) -> None:
    """What nobody can own is no office's network, but a slip, or a mask in the wrong column (255.255.255.0)."""
    if any(_overlap(network, other) for network in networks for other in _NOBODYS):
        raise MisreadError(
            f"{piece} bukan alamat kantor (mask, multicast, khusus); tulis jaringannya, misalnya 10.1.0.0/24",
            f"{piece} is no office's address (mask, multicast, special); write its network, for example 10.1.0.0/24",
        )


def _overlap(network: _Network, other: _Network) -> bool:
    return network.version == other.version and network.overlaps(other)


def _with_mask(piece: str) -> _Reading:
    network = ip_interface(piece).network
    if network.prefixlen == 0:
        raise MisreadError(
            f"{piece} adalah seluruh internet; tulis jaringan kantor itu saja, misalnya 10.1.0.0/24",
            f"{piece} is the whole internet; write the network of that office alone, for example 10.1.0.0/24",
        )
    if str(ip_interface(piece).ip) == str(network.network_address):
        return [network], None
    return [network], _guess(piece, str(network))


def _bare(piece: str) -> _Reading:
    """An address without a length: a network of 256 where its last number is 0, else one host."""
    address = ip_address(piece)
    if address.version != 4 and piece.endswith("::"):
        raise _refusal(piece)
    # The office's usual network; a larger one would claim addresses of others.
    length = 24 if piece.endswith(".0") else address.max_prefixlen
    network = ip_network(f"{piece}/{length}")
    return [network], _guess(piece, str(network))


def _any_host(piece: str, match: re.Match[str]) -> _Reading:
    """``10.30.1.x``: every host of that network."""
    numbers = match[1].split(".")
    open_numbers = match[2].count(".")
    # An IPv4 address has four numbers; a length beside the open ones must say the same as they do.
    if len(numbers) + open_numbers != 4 or match[3] not in (None, str(8 * len(numbers))):
        raise _refusal(piece)
    network = ip_network(f"{'.'.join(numbers + ['0'] * open_numbers)}/{8 * len(numbers)}")
    return [network], _guess(piece, str(network))


def _without_zeros(piece: str, match: re.Match[str]) -> _Reading:
    """``10.30.1/24``: the numbers that are missing are zeros, where the length leaves them to the hosts."""
    numbers = match[1].split(".")
    if int(match[2]) > 8 * len(numbers):
        raise _refusal(piece)
    network = ip_network(f"{'.'.join([*numbers, '0', '0'][:4])}/{match[2]}")
    return [network], _guess(piece, str(network))


def _first_and_last(piece: str) -> _Reading:
    """A first and a last address, or network: what lies between, or the network whose hosts they are."""
    first_text, _, last_text = piece.partition("-")
    if re.fullmatch(r"[0-9]{1,3}", last_text):
        last_text = f"{first_text.split('/')[0].rpartition('.')[0]}.{last_text}"
    first, last = ip_interface(first_text), ip_interface(last_text)
    if ("/" in first_text) != ("/" in last_text):
        network = first.network if "/" in first_text else last.network
        if first.ip not in network or last.ip not in network:
            raise _refusal(piece)
        return [network], _guess(piece, str(network))
    ends: tuple[_Address, _Address] = (first.ip, last.ip)
    if "/" in first_text:
        ends = first.network.network_address, last.network.broadcast_address
    networks = _between(*ends)
    if len(networks) == 1 and ends == (networks[0].network_address, networks[0].broadcast_address):
        return networks, None
    if len(networks) > MOST_OF_RANGE:
        raise _refusal(piece)
    return networks, _guess(piece, " ".join(str(network) for network in networks))


def _between(first: _Address, last: _Address) -> list[_Network]:
    """The one network of which these are all hosts (with or without its own address and broadcast), or their cover."""
    exact: list[_Network] = list(summarize_address_range(first, last))
    wider = [(first, last + 1), (first - 1, last), (first - 1, last + 1)] if len(exact) > 1 else []
    for ends in wider:
        cover: list[_Network] = list(summarize_address_range(*ends))
        if len(cover) == 1:
            return cover
    return exact


def _guess(piece: str, network: str) -> Sentence:
    return Sentence(f"{piece} dibaca {network}", f"{piece} was read as {network}")


def _refusal(piece: str) -> MisreadError:
    shown = piece[:MOST_SHOWN]
    return MisreadError(
        f"prefix {shown} bukan jaringan; tulis misalnya 10.1.0.0/24 (panjang 1 sampai 32)",
        f"prefix {shown} is not a network; write for example 10.1.0.0/24, the length is 1 to 32",
    )
