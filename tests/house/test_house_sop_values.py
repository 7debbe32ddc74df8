"""What an SOP file may say, something reads: every key of the SOP's data has a reader beside the check."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields

from tree import ROOT

from request_tracker.sop import fields as sop_fields
from request_tracker.sop import model, printed

# Where a key is written down, mapped or compared; reading it there is no use of it.
HOLDERS = {f"request_tracker/sop/{name}.py" for name in ("model", "schema", "loader", "diff", "check", "words")}
PARTS = (
    model.Sop,
    model.Step,
    model.Lane,
    model.Document,
    model.Target,
    model.Identity,
    model.LegalBasis,
    model.Promise,
    model.Time,
    model.Duration,
    sop_fields.Field,
    printed.SopPrint,
    printed.PrintBlock,
    printed.PrintHeads,
    printed.PrintSection,
    printed.PrintRow,
)
# ``line`` is no key of the file: it is where a problem of the step is told.
KEYS = sorted({(part.__name__, field.name) for part in PARTS for field in fields(part)} - {("Step", "line")})


def read_by_code() -> Iterator[str]:
    """Every attribute that some module or template of the tracker reads."""
    for path in sorted((ROOT / "request_tracker").rglob("*.py")):
        if str(path.relative_to(ROOT)) not in HOLDERS:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield from (node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    for path in sorted((ROOT / "request_tracker").rglob("*.html")):
        yield from re.findall(r"\.([a-z_]+)", path.read_text(encoding="utf-8"))


def test_every_key_of_an_sop_is_read_by_something() -> None:
    read = set(read_by_code())
    unread = [f"{part}.{key}" for part, key in KEYS if key not in read]
    assert unread == [], "accepted from an SOP file and nothing reads it: implement it or remove it"
