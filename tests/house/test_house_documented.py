"""No metric, command, setting, alert or page is undocumented; each check is shown to fail where one is.

A check reads what the documents say, not how they were made: a generator that skips a row is found too.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tree import ROOT

from docs import generate
from docs.routes_page import routes
from docs.settings_page import setting_rows

REFERENCE = ROOT / "docs" / "reference"


def said(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def filled(row: str, least: int) -> bool:
    """Whether a row of a table has words in every cell that must have some."""
    return all(cell.strip() for cell in row.strip("| ").split(" | ")[:least])


def rows(text: str, begin: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(f"| {begin} ")]


def metrics(text: str) -> Iterator[str]:
    """Declared metrics that no row names with kind and meaning."""
    for entry in generate.catalogue():
        if not any(entry.help in row and entry.kind in row for row in rows(text, f"`{entry.name}` |")):
            yield entry.name


def commands(text: str) -> Iterator[str]:
    """Commands without a heading and a sentence, and their arguments without a meaning."""
    for program in generate.PROGRAMS:
        for path, (_, parser) in generate._commands(program, generate.parser_of(program)):
            part = text.partition(f"### `{path}`\n")[2].partition("\n### ")[0].partition("\n## ")[0]
            if not part.strip().partition("\n")[0].rstrip("| ").strip():
                yield path
            for action in parser._actions:
                shown = next(iter(action.option_strings), "")
                if shown not in ("", "-h") and f"`{shown}" not in part and f", {shown}" not in part:
                    yield f"{path} {shown}"


def settings(text: str) -> Iterator[str]:
    """Settings whose row under their file's heading says nothing of what they are for."""
    for row in setting_rows():
        part = text.partition(f"\n## {row.file}\n")[2].partition("\n## ")[0]
        found = rows(part, f"`{row.key}` |")
        if not found or not found[0].split(" | ")[4].strip():
            yield row.name


def alerts(text: str) -> Iterator[str]:
    """Alerts without a row, or without a runbook that says what they mean and what to type."""
    for name in {str(rule["alert"]) for rule in generate._rules() if "alert" in rule}:
        runbook = ROOT / "docs" / "runbooks" / f"{name}.md"
        if f"](../runbooks/{name}.md)" not in text or not runbook.exists() or "## " not in runbook.read_text("utf-8"):
            yield name


def pages(text: str) -> Iterator[str]:
    """Routes that no row names with who may open them and why."""
    for route in routes():
        if not any(filled(row, 4) and len(row.split(" | ")) >= 4 for row in rows(text, f"`{route.address}` |")):
            yield route.address


CHECKS: dict[str, tuple[str, Callable[[str], Iterator[str]]]] = {
    "metric": ("metrics.md", metrics),
    "command": ("cli.md", commands),
    "setting": ("settings.md", settings),
    "alert": ("alerts.md", alerts),
    "page": ("who-sees-what.md", pages),
}
# Of each kind a line that is in its page, and what is undocumented without it.
GONE = {
    "metric": ("| `lebarpita_build_info` |", "lebarpita_build_info"),
    "command": ("### `lebarpita-tracker backup`", "lebarpita-tracker backup"),
    "setting": ("| `watch.lasting_seconds` |", "exporter.yaml watch.lasting_seconds"),
    "alert": ("(../runbooks/LebarpitaOutage.md)", "LebarpitaOutage"),
    "page": ("| `/wall` |", "/wall"),
}


@pytest.mark.parametrize("kind", CHECKS)
def test_none_is_undocumented(kind: str) -> None:
    page, check = CHECKS[kind]
    assert sorted(check(said(page))) == []


@pytest.mark.parametrize("kind", CHECKS)
def test_one_that_is_taken_out_of_its_page_is_named(kind: str) -> None:
    page, check = CHECKS[kind]
    line, name = GONE[kind]
    text = said(page)
    assert line in text
    without = "\n".join(row for row in text.splitlines() if line not in row)
    assert name in set(check(without))


def test_a_new_runbook_without_its_alert_is_no_runbook() -> None:
    """The other way round: what is documented is there."""
    named = {str(rule["alert"]) for rule in generate._rules() if "alert" in rule}
    files: list[Path] = sorted((ROOT / "docs" / "runbooks").glob("Lebarpita*.md"))
    assert [path.stem for path in files if path.stem not in named] == []
