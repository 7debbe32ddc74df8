"""Who reads a sent form reads it by its declaration: no module of the pages looks into the request by itself."""

import ast
from pathlib import Path

from tree import ROOT

WEB = ROOT / "request_tracker" / "web"
# Where the request may be read: the shell declares forms, takes uploads, checks the hidden keys.
MACHINERY = WEB / "shell"
PARTS = {"form", "files", "values"}


def test_a_form_is_read_by_its_declaration() -> None:
    counts = {_name(path): count for path in sorted(WEB.rglob("*.py")) if (count := _reads(path))}
    assert counts == {}


def test_the_count_sees_a_module_that_reads_the_request(tmp_path: Path) -> None:
    module = tmp_path / "page.py"
    module.write_text(
        'from flask import request\na = request.form.get("a")\nb = request.args.get("b")\n', encoding="utf-8"
    )
    assert _reads(module) == 1


def _name(path: Path) -> str:
    return str(path.relative_to(WEB))


def _reads(path: Path) -> int:
    if path.is_relative_to(MACHINERY):
        return 0
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return sum(
        isinstance(node, ast.Attribute)
        and node.attr in PARTS
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
        for node in ast.walk(tree)
    )
