"""Compiles the exporter's C files, each to a shared library beside it. Only the standard library.

``hatch_build.py`` loads this file by its path, before anything else of the package is there; ``python compiling.py``
does the same by hand.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
# Each takes a usual case in one pass; what is unusual, and every machine without a compiler, goes the way of Python.
SOURCES = (_HERE / "flows" / "native" / "express.c", _HERE / "snmp" / "native" / "rounds.c")

# No -march=native: a wheel has to run on every machine of its architecture.
_FLAGS = ("-O3", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC")


def library_of(source: Path) -> Path:
    """Beside its source, so that a wheel carries it and the loader needs no search."""
    return source.with_suffix(".so")


def source_digest(source: Path) -> str:
    """What a library says of the source it was made of."""
    return hashlib.sha256(source.read_bytes()).hexdigest()


def compiler() -> str | None:
    """The C compiler: ``CC``, else gcc, clang or cc; None where there is none."""
    return next(
        (path for name in (os.environ.get("CC", ""), "gcc", "clang", "cc") if (path := shutil.which(name))), None
    )


def current(source: Path, library: Path) -> bool:
    """True where the library was made of the source as it stands."""
    return library.exists() and source_digest(source).encode() in library.read_bytes()


def build(source: Path, target: Path, *, flags: tuple[str, ...] = ()) -> str | None:
    """Compile; None where that was done, else why it was not. What stands there already stays until then."""
    program = compiler()
    if program is None:
        return "there is no C compiler (gcc, clang or cc)"
    digest = f'-DEXPRESS_SOURCE="{source_digest(source)}"'
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder, target.name)
        command = [program, *_FLAGS, *flags, digest, str(source), "-o", str(made)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"{program} failed: {done.stderr.strip()}"
        # Moved, so that a process that has the old one mapped keeps it.
        made.replace(target)
    return None


def build_all() -> str | None:
    """Compile every source; None where that was done, else why the first that failed was not."""
    for source in SOURCES:
        reason = build(source, library_of(source))
        if reason is not None:
            return reason
    return None


if __name__ == "__main__":
    sys.exit(build_all())
