"""Starts the bench where it can do no harm: a child in a namespace of its own, its exit code out."""

import os
import subprocess
import sys

from shaping.errors import ShapingError

# Some twenty measurements of a few seconds each, and room for a machine that does other things.
_SECONDS = 1800
# The lab of verdicts: 60 offices as the design has them; four at least, for three are planted; the generated city has
# 500 (``world``, which is not imported here: whoever only starts the bench needs no driver).
LAB_OFFICES, FEWEST_OFFICES, MOST_OFFICES = 60, 4, 500


def bench(seconds: float) -> int:
    """Print the table; 0 where every goal is held, 1 where one is not. Raises ShapingError where nothing can be run."""
    return _apart(["shaping.bench", f"{seconds:g}"], _SECONDS)


def verdict_lab(minutes: float, offices: int) -> int:
    """The same with verdicts beside the truth, of so many offices for so long."""
    return _apart(["shaping.bench.verdict_lab", f"{minutes:g}", str(offices)], 60 * minutes + _SECONDS)


def _apart(module: list[str], seconds: float) -> int:
    # A user namespace gives an ordinary user what the bench needs; who is root has it, and nft more room there.
    own = ["--user", "--map-root-user"] if os.geteuid() else []
    command = ["unshare", *own, "--net", sys.executable, "-m", *module]
    try:
        return subprocess.run(command, timeout=seconds, check=False).returncode
    except FileNotFoundError as error:
        raise ShapingError("unshare is not installed; install the package util-linux") from error
    except subprocess.TimeoutExpired as error:
        raise ShapingError(f"the bench did not end within {seconds:.0f} seconds; is the machine overloaded?") from error
