"""Starts the bench where it can do no harm: a child in a namespace of its own, its exit code out."""

import os
import subprocess
import sys

from shaping.errors import ShapingError

# Some twenty measurements of a few seconds each, and room for a machine that does other things.
_SECONDS = 1800


def bench(seconds: float) -> int:
    """Print the table; 0 where every goal is held, 1 where one is not. Raises ShapingError where nothing can be run."""
    # A user namespace gives an ordinary user what the bench needs; who is root has it, and nft more room there.
    own = ["--user", "--map-root-user"] if os.geteuid() else []
    command = ["unshare", *own, "--net", sys.executable, "-m", "shaping.bench", f"{seconds:g}"]
    try:
        return subprocess.run(command, timeout=_SECONDS, check=False).returncode
    except FileNotFoundError as error:
        raise ShapingError("unshare is not installed; install the package util-linux") from error
    except subprocess.TimeoutExpired as error:
        raise ShapingError(f"the bench did not end within {_SECONDS} seconds; is the machine overloaded?") from error
