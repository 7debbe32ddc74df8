"""Templates that a stranger can read: no line wider than a screen, no page that is handed its values one by one."""

import ast
from pathlib import Path

import pytest
from tree import ROOT

WEB = ROOT / "request_tracker" / "web"
TEMPLATES = sorted(WEB.glob("*/templates/*.html"))
WIDEST, MOST_VALUES = 160, 8
assert TEMPLATES, "no template found: the tests below would prove nothing"


def test_every_template_lies_where_the_house_s_tests_find_it() -> None:
    assert sorted(WEB.rglob("*.html")) == TEMPLATES


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_line_of_a_template_is_longer_than_160(path: Path) -> None:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    assert [(number, len(line)) for number, line in lines if len(line) > WIDEST] == []


def test_no_page_is_handed_more_than_eight_values() -> None:
    """A page of more is one frozen view, built by a pure function (``web/cases/case_view.py``)."""
    wide = [
        f"{path.relative_to(ROOT)}:{call.lineno}: {len(call.keywords)} values"
        for path in sorted(WEB.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "render_template"
        if len(call.keywords) > MOST_VALUES
    ]
    assert wide == []
