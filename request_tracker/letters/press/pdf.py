"""A typst template and data in, a PDF out: PDF/A-3b, the same bytes each time. Data is JSON and stays text.

Templates lie in ``templates``; an office's own folder goes before it. A template that cannot be set is a sentence.
"""

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import typst

from request_tracker.errors import Refused, TrackerError

TEMPLATES = Path(__file__).parent / "templates"
LONGEST = 300
STANDARD: Final[Literal["a-3b"]] = "a-3b"


def pdf(
    name: str, data: Mapping[str, Any], pictures: Mapping[str, str] | None = None, own: Path | None = None
) -> bytes:
    """Set one paper. ``pictures``: SVG by file name; ``own``: the office's templates. Raises TrackerError."""
    source = template(name, own)
    with tempfile.TemporaryDirectory(prefix="lebarpita-paper-") as folder:
        root = Path(folder)
        for file, svg in (pictures or {}).items():
            (root / file).write_text(svg, encoding="utf-8")
        for part in {*TEMPLATES.glob("*.typ"), *(own.glob("*.typ") if own else ())}:
            (root / part.name).write_bytes(template(part.name, own).read_bytes())
        try:
            made: bytes = typst.compile(
                str(root / name),
                root=str(root),
                sys_inputs={"data": json.dumps(data, ensure_ascii=False, default=_said)},
                pdf_standards=STANDARD,
                ignore_system_fonts=True,
                timestamp=0,
            )
        except RuntimeError as error:
            raise Refused("bad_template", file=source.name, why=str(error)[:LONGEST]) from error
    return made


def template(name: str, own: Path | None = None) -> Path:
    """The office's template of that name where there is one, else ours. Raises TrackerError."""
    for folder in (own, TEMPLATES):
        if folder is not None and (folder / name).is_file():
            return folder / name
    raise TrackerError(f"{name}: is no template; there are {', '.join(sorted(p.name for p in TEMPLATES.iterdir()))}")


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
