"""The express lane's C file and its library; ``exporter.compiling`` says how they are made."""

from pathlib import Path

from exporter import compiling

SOURCE = Path(__file__).with_name("express.c")
LIBRARY = compiling.library_of(SOURCE)


def source_digest() -> str:
    """What a library says of the source it was made of."""
    return compiling.source_digest(SOURCE)


def current(path: Path = LIBRARY) -> bool:
    """True where the library was made of the source as it stands."""
    return compiling.current(SOURCE, path)


def build(target: Path = LIBRARY, *, flags: tuple[str, ...] = ()) -> str | None:
    """Compile; None where that was done, else why it was not. What stands there already stays until then."""
    return compiling.build(SOURCE, target, flags=flags)
