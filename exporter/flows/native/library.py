"""Loads the compiled express lane: a path in, its functions or the reason why there are none out.

The functions take addresses of arrays and check nothing of them: ``account.express_lane`` is their one caller.
"""

import ctypes
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from exporter.compiling import library_of, source_digest

SOURCE = Path(__file__).with_name("express.c")
LIBRARY = library_of(SOURCE)

# Of a datagram's sender: refused, and not met yet.
STRANGER, UNMET = -2, -1

# The first bytes of a datagram that are compared to find copies (``account.copies``).
HEAD_BYTES = 64


class Stop(IntEnum):
    """Why a pass ended before a datagram (``express.c``)."""

    DONE = 0
    ODD = 1
    UNKNOWN = 2
    COPY = 3
    OUT_OF_PLACE = 4
    FULL = 5


class Sums(ctypes.Structure):
    """A sum of 128 bits."""

    high: int
    low: int
    _fields_ = (("high", ctypes.c_uint64), ("low", ctypes.c_uint64))

    def take(self) -> int:
        """The sum; it begins anew."""
        total = self.high << 64 | self.low
        self.high = self.low = 0
        return total


_BUILD = "lebarpita-exporter flows compile builds it, with gcc"
_WORD, _SIGNED, _POINTER = ctypes.c_uint64, ctypes.c_int64, ctypes.c_void_p


class ExpressCall(ctypes.Structure):
    """``struct call`` of ``express.c``, in its order; every member has eight bytes."""

    _fields_ = (
        *((name, _POINTER) for name in ("data",)),
        *((name, _WORD) for name in ("stride", "width", "count")),
        *((name, _POINTER) for name in ("lengths", "ports", "origin", "exporter")),
        ("now", ctypes.c_double),
        ("routes", _POINTER),
        ("mask", _WORD),
        *((name, _POINTER) for name in ("streams", "plans", "plan_of_route", "uplinks", "wide_blocks")),
        *((name, _POINTER) for name in ("blocks", "pages")),
        *((name, _POINTER) for name in ("halves", "owner", "divided")),
        ("half_count", _WORD),
        *((name, _POINTER) for name in ("first", "exact")),
        *((name, _WORD) for name in ("first_count", "counting", "copies")),
        *((name, _SIGNED) for name in ("accept", "single")),
        *((name, _POINTER) for name in ("key_words", "key_hashes", "key_amounts")),
        *((name, _WORD) for name in ("key_column", "key_end", "key_limit")),
        *((name, _POINTER) for name in ("group", "begin", "end", "touched", "cells")),
        *((name, _WORD) for name in ("row", "touched_count", "set_number", "strangers", "events", "counted")),
        *((name, _WORD) for name in ("aside_internal", "aside_uplink", "stop_stream", "stop_units")),
        *((name, _WORD) for name in ("stop_stamp", "stop_sequence")),
        *((name, Sums) for name in ("reported", "reported_packets", "through", "through_packets")),
        *((name, Sums) for name in ("unassigned", "internal", "not_uplink")),
    )


class ExpressLibrary(NamedTuple):
    """The loaded functions, or why there are none."""

    functions: ctypes.CDLL | None
    reason: str = ""


def load(path: Path = LIBRARY) -> ExpressLibrary:
    """Load the library of that path; one that was made of another source is not used."""
    if not path.exists():
        return ExpressLibrary(None, f"{path} was not built; {_BUILD}")
    try:
        functions = ctypes.CDLL(str(path))
        functions.express_source.restype = ctypes.c_char_p
        digest = functions.express_source().decode()
    except (OSError, AttributeError) as error:
        return ExpressLibrary(None, f"{path} cannot be loaded: {error}")
    if digest != source_digest(SOURCE):
        return ExpressLibrary(None, f"{path} was made of another source; {_BUILD}")
    functions.express_take.restype = functions.express_route.restype = _SIGNED
    functions.express_take.argtypes = (_POINTER,)
    functions.express_route.argtypes = (_POINTER, *(_WORD,) * 4, _SIGNED, _SIGNED)
    functions.express_heads.restype = None
    functions.express_heads.argtypes = (_POINTER,) * 4
    return ExpressLibrary(functions)
