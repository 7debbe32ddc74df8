"""Who reads a sent form reads it by its declaration: no module of the pages looks into the request by itself."""

import ast
import re
from collections.abc import Collection
from pathlib import Path

from tree import ROOT

WEB = ROOT / "request_tracker" / "web"
# Where the request may be read: the shell declares forms, takes uploads, checks the hidden keys.
MACHINERY = WEB / "shell"
PARTS = {"form", "files", "values"}


def test_a_form_is_read_by_its_declaration() -> None:
    counts = {_name(path): count for path in sorted(WEB.rglob("*.py")) if (count := _reads(path))}
    assert counts == {}


def test_a_share_is_drawn_as_one_kind_of_bar() -> None:
    """``chart.bars`` draws it: a browser's own meter has other colours, and none on paper."""
    others = [_name(path) for path in sorted(WEB.rglob("*.html")) if {"<progress", "<meter"} & set(_tags(path))]
    assert others == []


def test_the_count_sees_a_module_that_reads_the_request(tmp_path: Path) -> None:
    module = tmp_path / "page.py"
    module.write_text(
        'from flask import request\na = request.form.get("a")\nb = request.args.get("b")\n', encoding="utf-8"
    )
    assert _reads(module) == 1


# What stands in an address for other reasons than a form, by the module that reads it. New ones are declared.
LINKS = {
    "accounts/login.py": "where to go after the log-in",
    "accounts/single_sign_on.py": "where to go after the log-in",
    "audit/exports.py": "whether the rights journal was filtered at all",
    "cases/agenda.py": "what the form of a letter begins with",
    "cases/counter.py": "which kind of request the page's link chose",
    "network/hosts.py": "graphs lead on by links; host_form.py is its one reader",
    "network/noc.py": "two links: the order, and a page that stands still",
    "network/wall.py": "one link: the map",
}


def test_an_address_is_read_by_its_declaration() -> None:
    readers = {_name(path) for path in sorted(WEB.rglob("*.py")) if _reads(path, {"args"})}
    assert readers == set(LINKS)


def _tags(path: Path) -> list[str]:
    return re.findall(r"<[a-z]+", path.read_text(encoding="utf-8"))


def _name(path: Path) -> str:
    return str(path.relative_to(WEB))


def _reads(path: Path, parts: Collection[str] = PARTS) -> int:
    if path.is_relative_to(MACHINERY):
        return 0
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return sum(
        isinstance(node, ast.Attribute)
        and node.attr in parts
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
        for node in ast.walk(tree)
    )
