"""Sums by key: columns of keys with their bytes in, each key once with its sum out. NumPy alone, no row in Python.

A key is KEY_WORDS words of 64 bits, so that packing, hashing and comparing are arithmetic over whole columns: host and
remote side as IPv6 addresses (IPv4 mapped into it, RFC 4291 2.5.5.2), then who and what (``PARTY``, ``SERVICE``).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.collector import KeyRoom
from exporter.flows.decode.columns import Numbers

KEY_WORDS = 6
# Words of a key: two each for the addresses, in the bytes' own order.
HOST, REMOTE = (0, 1), (2, 3)
# The OPD's number below, the application above; AS, port, protocol and way from below.
PARTY, SERVICE = 4, 5
APPLICATION_BIT, PORT_BIT, PROTOCOL_BIT, WAY_BIT = (np.uint64(bit) for bit in (32, 32, 48, 56))
LOW_WORD, PORT_MASK, PROTOCOL_MASK = (np.uint64(mask) for mask in (0xFFFF_FFFF, 0xFFFF, 0xFF))
WAYS = 2
# Some 13 MB of keys and sums; a minute of a city has a few ten thousand.
MAX_KEYS = 200_000
# Rows that wait to be summed: 17 MB. Fewer would sort the sums again and again, more would only take room.
MOST_WAITING = 2**18
# The multiplier of splitmix64 (Steele, Lea and Flood 2014): every bit of a word moves half of the hash's.
_MULTIPLIER, _HALF = np.uint64(0xBF58_476D_1CE4_E5B9), np.uint64(32)

Words = NDArray[np.uint64]
Places = NDArray[np.intp]


class KeySums(NamedTuple):
    """``words``: (KEY_WORDS, rows), each word a column of memory; ``hashes`` and ``amounts`` (bytes) of each row."""

    words: Words
    hashes: Numbers
    amounts: Numbers

    def at(self, places: Places) -> "KeySums":
        """Those rows."""
        return KeySums(self.words.take(places, axis=1), self.hashes[places], self.amounts[places])


def keyed(words: Words, amounts: Numbers) -> KeySums:
    """Keys with their hash: one column to sort by instead of six."""
    hashes = words[0] * _MULTIPLIER
    for word in words[1:]:
        hashes ^= hashes >> _HALF
        hashes ^= word
        hashes *= _MULTIPLIER
    hashes ^= hashes >> _HALF
    return KeySums(words, hashes, amounts)


@dataclass
class MinuteSums:
    """What a minute has so far, in room of its own: a page that no row reaches is no memory.

    ``rest``: bytes beyond MAX_KEYS, by ``cells``; there are two for each OPD. Of the rows of ``room`` the first
    ``sums`` have each key once, those up to ``end`` wait to be summed.
    """

    rest: Numbers
    room: KeySums
    sums: int = 0
    end: int = 0

    @classmethod
    def empty(cls, opds: int) -> "MinuteSums":
        """A fresh minute of so many OPDs."""
        return cls(np.zeros(WAYS * opds, np.uint64), _room(MAX_KEYS + MOST_WAITING))

    @classmethod
    def of(cls, rest: Numbers, words: Words, amounts: Numbers) -> "MinuteSums":
        """A minute of these rows, none of which is summed yet."""
        minute = cls(rest, _room(len(amounts)))
        minute._append(keyed(words, amounts))
        return minute

    def grow(self, opds: int) -> None:
        """Room for so many OPDs, the new ones behind those that are there."""
        self.rest = np.pad(self.rest, (0, WAYS * opds - len(self.rest)))

    def add(self, more: KeySums) -> None:
        """Rows as they come, keys several times; a scan of a whole network makes a key of each address."""
        for start in range(0, len(more.amounts), MOST_WAITING):
            part = slice(start, start + MOST_WAITING)
            piece = KeySums(more.words[:, part], more.hashes[part], more.amounts[part])
            if self.end - self.sums + len(piece.amounts) > MOST_WAITING:
                self.settle()
            self._append(piece)

    def lend(self) -> KeyRoom:
        """The room as it stands: rows from ``end`` on may be written, as many as ``add`` would let wait."""
        return KeyRoom(*self.room, self.end, self.sums + MOST_WAITING)

    def settle(self) -> KeySums:
        """Each key once, and no more than MAX_KEYS of them: the smallest go to the rest."""
        if self.end > self.sums:
            largest = _largest_sums(self.rows(), self.rest)
            self.end = 0
            self._append(largest)
            self.sums = self.end
        return self.largest

    def rows(self) -> KeySums:
        """All rows as they stand; they hold until more are added."""
        return self._first(self.end)

    @property
    def largest(self) -> KeySums:
        """The sums of what was settled, each key once; they hold until more are added."""
        return self._first(self.sums)

    def _first(self, rows: int) -> KeySums:
        words, hashes, amounts = self.room
        return KeySums(words[:, :rows], hashes[:rows], amounts[:rows])

    def _append(self, more: KeySums) -> None:
        start, self.end = self.end, self.end + len(more.amounts)
        for column, values in zip(self.room, more, strict=True):
            column[..., start : self.end] = values


def _room(rows: int) -> KeySums:
    """Columns of so many rows of anything."""
    return KeySums(np.empty((KEY_WORDS, rows), np.uint64), np.empty(rows, np.uint64), np.empty(rows, np.uint64))


def key_sums(rows: KeySums) -> KeySums:
    """Each key once."""
    places, totals = _once(rows)
    return rows.at(places)._replace(amounts=totals)


def cells(party: Numbers, service: Numbers) -> Places:
    """The OPD and the way of each key by its two last words, as the place in ``MinuteSums.rest``."""
    return ((party & LOW_WORD) * np.uint64(WAYS) + (service >> WAY_BIT)).astype(np.intp)


def _once(rows: KeySums) -> tuple[Places, Numbers]:
    """The place of one row of each key, and the key's sum."""
    if not len(rows.amounts):
        return np.empty(0, np.intp), rows.amounts
    order = np.argsort(rows.hashes)
    hashes = rows.hashes[order]
    begins = np.concatenate(([True], hashes[1:] != hashes[:-1]))
    again = np.flatnonzero(~begins)
    # Keys of one hash that are not the same begin anew: such a pair may stand twice then, but no byte is another's.
    begins[again] = (rows.words[:, order[again]] != rows.words[:, order[again - 1]]).any(axis=0)
    places = np.flatnonzero(begins)
    return order[places], np.add.reduceat(rows.amounts[order], places)


def _largest_sums(rows: KeySums, rest: Numbers) -> KeySums:
    """The sums of the largest MAX_KEYS keys; what the others have is added to ``rest``."""
    places, totals = _once(rows)
    over = len(totals) - MAX_KEYS
    if over > 0:
        order = np.argpartition(totals, over)
        small, large = order[:over], order[over:]
        left = places[small]
        np.add.at(rest, cells(rows.words[PARTY][left], rows.words[SERVICE][left]), totals[small])
        places, totals = places[large], totals[large]
    return rows.at(places)._replace(amounts=totals)
