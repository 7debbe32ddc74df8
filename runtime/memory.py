"""What a process does with its memory. Nothing in, nothing out."""

import ctypes
import gc

# M_ARENA_MAX of mallopt(3) (malloc.h).
_ARENA_MAX = -8


def keep_what_stays() -> None:
    """Take what was made so far out of the collector's rounds: modules and templates live as long as the process.

    The evidence of ninety days makes a hundred thousand short-lived pairs; each full round walked all of the
    application as well, and took half of the time (357 to 184 ms, ``docs/why/evidence.md``).
    """
    gc.collect()
    gc.freeze()


def share_arenas(most: int) -> None:
    """Have threads started from now on share ``most`` arenas (mallopt(3), where the C library has it).

    glibc gives every thread its own else, up to eight a core, and each keeps what it freed for itself: a server of many
    threads grows for hours without anything being kept by the program (``docs/why/tracker-speed.md``).
    """
    option = getattr(ctypes.CDLL(None), "mallopt", None)
    if option is not None:
        option(_ARENA_MAX, most)
