"""A typst template and data in, a PDF out: PDF/A-3b, the same bytes each time. Data is JSON and stays text.

Templates lie in the folder of their paper, what papers share beside this module; all have names of their own. An
office's own folder goes before them. A template that cannot be set is a sentence.
"""

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import typst

from request_tracker.errors import Refused, TrackerError

LETTERS = Path(__file__).parent.parent
TEMPLATE_SUFFIXES = (".typ", ".docx")
# Letters of an error that a page shows: the place and the first sentence; typst draws whole pages of source under it.
LONGEST = 300
STANDARD: Final[Literal["a-3b"]] = "a-3b"


def pdf(
    name: str, data: Mapping[str, Any], pictures: Mapping[str, str] | None = None, own: Path | None = None
) -> bytes:
    """Set one paper. ``pictures``: SVG by file name; ``own``: the office's templates. Raises TrackerError."""
    source = template(name, own)
    # A folder of its own as root, because typst reads any file below its root.
    with tempfile.TemporaryDirectory(prefix="lebarpita-paper-") as folder:
        root = Path(folder)
        for file, svg in (pictures or {}).items():
            (root / file).write_text(svg, encoding="utf-8")
        for part in {**ours(), **_offices_own(own)}.values():
            if part.suffix == ".typ":
                (root / part.name).write_bytes(part.read_bytes())
        try:
            content: bytes = typst.compile(
                str(root / name),
                root=str(root),
                # As an input and not as source: what people typed can never become a command of typst.
                sys_inputs={"data": json.dumps(data, ensure_ascii=False, default=_text)},
                pdf_standards=STANDARD,
                # Only typst's own fonts: the same paper is the same bytes on every machine.
                ignore_system_fonts=True,
                # Typst would otherwise write the present moment into the file.
                timestamp=0,
            )
        except RuntimeError as error:
            raise Refused("bad_template", file=source.name, why=str(error)[:LONGEST]) from error
    return content


def template(name: str, own: Path | None = None) -> Path:
    """The office's template of that name where there is one, else ours. Raises TrackerError."""
    shelf = {**ours(), **_offices_own(own)}
    if name not in shelf:
        raise TrackerError(f"{name}: is no template; there are {', '.join(sorted(ours()))}")
    return shelf[name]


def ours() -> dict[str, Path]:
    """The templates that come with the tracker, by name: those of every paper's folder and the shared ones."""
    return {path.name: path for path in template_paths()}


def template_paths() -> list[Path]:
    """Where they lie."""
    return sorted(path for path in LETTERS.glob("*/*") if path.suffix in TEMPLATE_SUFFIXES)


def _offices_own(own: Path | None) -> dict[str, Path]:
    paths = own.iterdir() if own is not None and own.is_dir() else ()
    return {path.name: path for path in paths if path.suffix in TEMPLATE_SUFFIXES and path.is_file()}


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
