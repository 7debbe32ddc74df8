"""Loads the compiled round: a path in, its functions or the reason why there are none out.

The functions take addresses of arrays and check nothing of them: ``exporter.snmp.rounds`` is their one caller.
"""

import ctypes
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from exporter.compiling import current, library_of

SOURCE = Path(__file__).with_name("rounds.c")
LIBRARY = library_of(SOURCE)
_BUILD = "lebarpita-exporter flows compile builds it, with gcc"
_WORD, _POINTER = ctypes.c_uint64, ctypes.c_void_p


class RuleKind(IntEnum):
    """What a value must be (``rounds.c``); ANY is a number that nobody looks at."""

    COUNTER = 0
    SAME = 1
    TEXT = 2
    UPTIME = 3
    ANY = 4


class RoundState(IntEnum):
    """What became of a device in a round (``rounds.c``)."""

    WAITING = 0
    READ = 1
    ODD = 2


class RoundDevice(ctypes.Structure):
    """``struct device`` of ``rounds.c``, in its order; every member has eight bytes."""

    _fields_ = (
        *((name, _POINTER) for name in ("requests", "datagrams", "rules", "texts", "now", "before", "cells")),
        *((name, _POINTER) for name in ("form", "ends", "slots")),
        *((name, _WORD) for name in ("request_count", "rule_count", "cell_count", "address", "port")),
        *((name, _WORD) for name in ("sent", "answered", "state", "micros")),
        *((name, ctypes.c_int64) for name in ("youngest", "oldest")),
        ("seconds", ctypes.c_double),
    )


class RoundLane(ctypes.Structure):
    """``struct lane`` of ``rounds.c``, in its order."""

    _fields_ = (
        ("devices", _POINTER),
        ("device_count", _WORD),
        ("fd", ctypes.c_int64),
        ("table", _POINTER),
        ("mask", _WORD),
        ("numbers", _POINTER),
        *((name, _WORD) for name in ("window", "cursor", "waiting", "micros")),
        *((name, _POINTER) for name in ("heads", "head_ends", "blocks")),
        *((name, _WORD) for name in ("family_count", "strangers")),
    )


class RoundLibrary(NamedTuple):
    """The loaded functions, or why there are none."""

    functions: ctypes.CDLL | None
    reason: str = ""


def load(path: Path = LIBRARY) -> RoundLibrary:
    """Load the library of that path; one that was made of another source is not used."""
    if not path.exists():
        return RoundLibrary(None, f"{path} was not built; {_BUILD}")
    if not current(SOURCE, path):
        return RoundLibrary(None, f"{path} was made of another source; {_BUILD}")
    try:
        functions = ctypes.CDLL(str(path))
        functions.round_begin.restype = None
        functions.round_begin.argtypes = (_POINTER,)
        for function in (functions.round_send, functions.round_receive, functions.round_page):
            function.restype = _WORD
        functions.round_send.argtypes = functions.round_receive.argtypes = (_POINTER, _WORD)
        functions.round_page.argtypes = (_POINTER, _POINTER)
    except (OSError, AttributeError) as error:
        return RoundLibrary(None, f"{path} cannot be loaded: {error}")
    return RoundLibrary(functions)
