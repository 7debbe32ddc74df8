"""Attacks as a minute's pairs of hosts show them: pairs in, who reaches out to how many that do not answer out. Pure.

The method (``docs/why/attacks.md``): a pair of hosts that sends and is not answered in the same minute is an attempt.
Many attempts of one host with few bytes each are a scan (of addresses at a port, or of ports of an address); attempts
of very many hosts at one port of one host are a flood; one host that writes to many mail servers is a mail run. Where
an office's flows come one way only (an exporter that sees half), nothing can be told of answers, and nothing is.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exporter.flows.history.host_pairs import HostPairs
from exporter.flows.history.key_sums import HOST, PORT_BIT, PORT_MASK, PROTOCOL_BIT, REMOTE, keyed
from exporter.flows.history.usage_rows import host_text, network_text, network_words

SCAN, PORTS, FLOOD, MAIL = KINDS = ("scan", "ports", "flood", "mail")
# Attempts in a minute that no program of an office makes: a browser with forty dead tabs, a resolver at a dead name
# server and a printer driver that looks for printers stay below.
MOST_ATTEMPTS = 100
# Sources of one minute at one port of one host that none of them hears from: a public web site is answered.
MOST_SOURCES = 1_000
# Mail servers that one host writes to in a minute: a newsletter goes through the office's own server.
MOST_MAIL_SERVERS = 30
# SMTP, and submission with and without TLS (RFC 5321, 6409, 8314).
_MAIL_PORTS, _TCP = (25, 465, 587), 6
# ICMP and ICMPv6 (IANA protocol numbers), and their types that answer something (RFC 792, 4443): a flooded host tells
# each source that its port is closed, in the next minute too. Type 0 is left to the pairs: exporters that tell no type
# write it. A port holds the type in its upper byte (RFC 5102, icmpTypeCodeIPv4).
_ICMP = (_V4, _V6) = (1, 58)
_ANSWERS = {_V4: (3, 4, 5, 11, 12, 14, 16, 18), _V6: (1, 2, 3, 4, 129)}
_TYPE_BITS = 8
# Four tries of a SYN with all its options, or a probe: what is more than that carries content and is none.
_MOST_BYTES = 400
# Two SYNs with all their options. A visitor's handshake and first request are more (three packets, 140 at least).
_SYN_BYTES = 120
# Of all that it reaches out to in the same way: who scans finds nearly nobody.
_LEAST_SHARE = 0.8
# An office whose other bytes are answered less than that is seen one way only; some are never answered (syslog).
_UNANSWERED_BYTES = 100_000
# Of a minute: more are one attack with many faces, and every one of them is a series.
MOST_SIGNS = 20

Rows = NDArray[Any]


class AttackSign(NamedTuple):
    """One sign: ``host`` does it (of a flood: suffers it), ``number``: of addresses, ports, sources or mail servers.

    ``outward``: by a host of the office, else towards it. ``port`` is 0 where it is many. ``bytes`` of all attempts.
    Of a beacon (``beacons``) ``number`` counts calls, and ``network`` is what it calls.
    """

    kind: str
    opd: str
    host: str
    outward: bool
    port: int
    number: int
    bytes: int
    network: str = ""


class _Suspect(NamedTuple):
    """A group that is an attack: the place of one of its pairs, how many there are, and their bytes."""

    kind: str
    place: int
    number: int
    bytes: int


class _Groups(NamedTuple):
    """Pairs of one key together: the place of one, how many there are, how many of them are attempts, and bytes."""

    place: Rows
    rows: Rows
    attempts: Rows
    bytes: Rows

    def suspects(self, kind: str, most: int) -> Iterator[_Suspect]:
        """Those with more attempts than ``most`` and nearly nothing else."""
        suspect = np.flatnonzero((self.attempts > most) & (self.attempts >= _LEAST_SHARE * self.rows))
        columns = (column[suspect].astype(int).tolist() for column in (self.place, self.attempts, self.bytes))
        return (_Suspect(kind, *row) for row in zip(*columns, strict=True))


def attack_signs(pairs: HostPairs, codes: Sequence[str]) -> list[AttackSign]:
    """The signs of a minute, the largest first and at most MOST_SIGNS."""
    judged = _without_errors(pairs.at(np.flatnonzero(_both_ways(pairs, len(codes))[pairs.opd])))
    signs = [*_outward(judged, codes), *_inward(judged, codes), *_mail(judged, codes)]
    return sorted(signs, key=lambda sign: -sign.number)[:MOST_SIGNS]


def _outward(pairs: HostPairs, codes: Sequence[str]) -> Iterator[AttackSign]:
    own = pairs.at(np.flatnonzero(pairs.sent > 0))
    for suspect in _scans(own, HOST, own.sent, own.received):
        yield _sign(suspect, own, codes, _host(own, suspect.place), outward=True)


def _inward(pairs: HostPairs, codes: Sequence[str]) -> Iterator[AttackSign]:
    theirs = pairs.at(np.flatnonzero(pairs.received > 0))
    for suspect in _scans(theirs, REMOTE, theirs.received, theirs.sent):
        # Of a remote side only its network is told beyond a day (UU 27/2022).
        words = network_words(*(theirs.words[word, [suspect.place]] for word in REMOTE))
        yield _sign(suspect, theirs, codes, network_text(*(int(word[0]) for word in words)), outward=False)
    # A SYN flood's server answers what nobody takes up: a SYN of 40 to 60 bytes, twice, against a few SYN-ACKs.
    half_open = (
        (theirs.service >> PROTOCOL_BIT == _TCP) & (theirs.received <= _SYN_BYTES) & (theirs.sent <= _MOST_BYTES)
    )
    unheard = (theirs.sent == 0) | half_open
    for suspect in _grouped(theirs, HOST, [theirs.service], unheard, theirs.received).suspects(FLOOD, MOST_SOURCES):
        yield _sign(suspect, theirs, codes, _host(theirs, suspect.place), outward=False)


def _scans(pairs: HostPairs, source: tuple[int, int], own: Rows, other: Rows) -> Iterator[_Suspect]:
    attempts = (other == 0) & (own <= _MOST_BYTES)
    target = REMOTE if source == HOST else HOST
    ports = [*(pairs.words[word] for word in target), pairs.service >> PROTOCOL_BIT]
    yield from _grouped(pairs, source, [pairs.service], attempts, own).suspects(SCAN, MOST_ATTEMPTS)
    yield from _grouped(pairs, source, ports, attempts, own).suspects(PORTS, MOST_ATTEMPTS)


def _mail(pairs: HostPairs, codes: Sequence[str]) -> Iterator[AttackSign]:
    port, protocol = pairs.service >> PORT_BIT & PORT_MASK, pairs.service >> PROTOCOL_BIT
    # Whoever delivers sends more than it hears; a server that takes mail hears more.
    delivers = (pairs.sent > pairs.received) & (protocol == _TCP) & np.isin(port, _MAIL_PORTS)
    mails = pairs.at(np.flatnonzero(delivers))
    every = np.ones(len(mails.sent), np.bool_)
    for suspect in _grouped(mails, HOST, [], every, mails.sent).suspects(MAIL, MOST_MAIL_SERVERS):
        yield _sign(suspect, mails, codes, _host(mails, suspect.place), outward=True)


def _both_ways(pairs: HostPairs, opds: int) -> NDArray[np.bool_]:
    """The OPDs whose flows are seen both ways: what they send in earnest is mostly answered."""

    def of_opd(size: Rows, which: Rows) -> Rows:
        return np.bincount(pairs.opd, size * which, opds)

    earnest = of_opd(pairs.sent, pairs.sent > _MOST_BYTES)
    answered = of_opd(pairs.sent, (pairs.sent > _MOST_BYTES) & (pairs.received > 0))
    # Content alone tells of it: a flood of small packets at an office that sleeps is no sign of a missing half.
    unheard = of_opd(pairs.received, (pairs.sent == 0) & (pairs.received > _MOST_BYTES))
    silent = (of_opd(pairs.sent, pairs.sent > 0) == 0) & (unheard > _UNANSWERED_BYTES)
    both: NDArray[np.bool_] = ((answered >= earnest / 2) | (earnest <= _UNANSWERED_BYTES)) & ~silent
    return both


def _without_errors(pairs: HostPairs) -> HostPairs:
    """Without ICMP that answers, and all of it between two hosts that exchange something else: it tells of that."""
    protocol, kind = pairs.service >> PROTOCOL_BIT, (pairs.service >> PORT_BIT & PORT_MASK) >> _TYPE_BITS
    answers = [(protocol == icmp) & np.isin(kind, kinds) for icmp, kinds in _ANSWERS.items()]
    pairs = pairs.at(np.flatnonzero(~np.logical_or(*answers)))
    errors = np.isin(pairs.service >> PROTOCOL_BIT, _ICMP)
    if not errors.any():
        return pairs
    both = keyed(np.vstack((pairs.words, pairs.opd.astype(np.uint64))), pairs.service).hashes
    return pairs.at(np.flatnonzero(~(errors & np.isin(both, both[~errors]))))


def _grouped(pairs: HostPairs, side: tuple[int, int], more: Sequence[Rows], attempts: Rows, size: Rows) -> _Groups:
    """By a host, its OPD and what else is named."""
    columns = [pairs.words[side[0]], pairs.words[side[1]], pairs.opd.astype(np.uint64), *more]
    hashes = keyed(np.vstack(columns), pairs.service).hashes
    _, first, group, rows = np.unique(hashes, return_index=True, return_inverse=True, return_counts=True)
    counts, sizes = (np.bincount(group, column, len(first)) for column in (attempts, size * attempts))
    return _Groups(first, rows, counts, sizes)


def _host(pairs: HostPairs, place: int) -> str:
    return host_text(*(int(pairs.words[word, place]) for word in HOST))


def _sign(suspect: _Suspect, pairs: HostPairs, codes: Sequence[str], host: str, *, outward: bool) -> AttackSign:
    port = 0 if suspect.kind in (PORTS, MAIL) else int(pairs.service[suspect.place] >> PORT_BIT & PORT_MASK)
    return AttackSign(suspect.kind, codes[pairs.opd[suspect.place]], host, outward, port, suspect.number, suspect.bytes)
