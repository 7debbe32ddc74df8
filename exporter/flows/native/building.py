"""Compiles the express lane's C file: a compiler and a folder in, a shared library out. Only the standard library.

``hatch_build.py`` loads this file by its path, before anything else of the package is there; ``python building.py``
does the same by hand.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("express.c")

# Beside its source, so that a wheel carries it and the loader needs no search.
LIBRARY = SOURCE.with_name("express.so")

# No -march=native: a wheel has to run on every machine of its architecture.
_FLAGS = ("-O3", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC")


def source_digest() -> str:
    """What a library says of the source it was made of."""
    return hashlib.sha256(SOURCE.read_bytes()).hexdigest()


def compiler() -> str | None:
    """The C compiler: ``CC``, else gcc, clang or cc; None where there is none."""
    return next(
        (path for name in (os.environ.get("CC", ""), "gcc", "clang", "cc") if (path := shutil.which(name))), None
    )


def current(path: Path = LIBRARY) -> bool:
    """True where the library was made of the source as it stands."""
    return path.exists() and source_digest().encode() in path.read_bytes()


def build(target: Path = LIBRARY, *, flags: tuple[str, ...] = ()) -> str | None:
    """Compile; None where that was done, else why it was not. What stands there already stays until then."""
    program = compiler()
    if program is None:
        return "there is no C compiler (gcc, clang or cc)"
    digest = f'-DEXPRESS_SOURCE="{source_digest()}"'
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder, target.name)
        command = [program, *_FLAGS, *flags, digest, str(SOURCE), "-o", str(made)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"{program} failed: {done.stderr.strip()}"
        # Moved, so that a process that has the old one mapped keeps it.
        made.replace(target)
    return None


if __name__ == "__main__":
    sys.exit(build())
