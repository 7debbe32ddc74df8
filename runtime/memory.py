"""What a process does with its memory. Nothing in, nothing out."""

import gc


def keep_what_stays() -> None:
    """Take what was made so far out of the collector's rounds: modules and templates live as long as the process.

    The evidence of ninety days makes a hundred thousand short-lived pairs; each full round walked all of the
    application as well, and took half of the time (357 to 184 ms, ``docs/why/evidence.md``).
    """
    gc.collect()
    gc.freeze()
