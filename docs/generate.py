"""The reference pages that the code itself knows: commands, metrics, alerts, papers, classes in, their pages out.

``python -m docs.generate`` writes them; a house test compares them with what is committed. Text that a person writes
stands elsewhere. Pages do not depend on the version of Python: the help's layout is made here, not by argparse.
"""

import argparse
import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from ruamel.yaml import YAML

import exporter
import request_tracker
import shaping
from alert_rules import rule_files
from dashboards.alert_titles import TITLES
from docs.actions_page import actions_page
from docs.glossary_page import glossary_page
from docs.licences_page import licences_page
from docs.metric_places import places
from docs.papers import papers_page
from docs.profiles_page import profiles_page
from docs.releases_page import releases_page
from docs.routes_page import routes_page
from docs.settings_page import settings_page
from request_tracker.sop.coverage import coverage, markdown, read_clauses, test_names

REFERENCE = Path(__file__).parent / "reference"
PROGRAMS = {
    "lebarpita": "operations.cli",
    "lebarpita-inventory": "inventory.cli",
    "lebarpita-exporter": "exporter.cli",
    "lebarpita-tracker": "request_tracker.cli",
    "lebarpita-shaping": "shaping.cli",
    "python -m lab": "lab.cli",
    "python -m dashboards": "dashboards.__main__",
    "python -m lab.preview": "lab.preview.__main__",
    "python -m docs.faces": "docs.faces.__main__",
    "python -m docs.website": "docs.website.__main__",
    "python -m alert_rules": "alert_rules.__main__",
}
NOTE = "<!-- Written by python -m docs.generate; do not edit. -->\n"


@dataclass(frozen=True)
class Declared:
    """A metric as its room's catalogue declares it."""

    room: str
    name: str
    kind: str
    labels: tuple[str, ...]
    help: str


def main() -> int:
    """Write every page; returns the exit code 0."""
    for name, make in PAGES.items():
        (REFERENCE / name).write_text(make(), encoding="utf-8")
    return 0


def coverage_page() -> str:
    """Each clause of the SOPs with the tests that show it."""
    tests = Path(__file__).parent.parent / "tests"
    return markdown(coverage(read_clauses(), test_names(tests))) + "\n"


def parser_of(program: str) -> argparse.ArgumentParser:
    """The parser of a program, as its own ``main`` uses it."""
    module = importlib.import_module(PROGRAMS[program])
    made: argparse.ArgumentParser = module._parser()
    return made


def cli_page() -> str:
    """Every program, command and option."""
    parts = [NOTE, "# Commands\n", "Exit codes: 0 fine, 1 problems found, 2 wrong use. Every command has `--help`.\n"]
    for program in PROGRAMS:
        parser = parser_of(program)
        parts += [f"## {program}\n", f"{_sentence(parser.description)}\n"]
        if parser.epilog:
            parts += ["```sh", parser.epilog.removeprefix("example:").strip(), "```\n"]
        parts += [_command(path, command) for path, command in _commands(program, parser)]
    return "\n".join(parts)


def _commands(path: str, parser: argparse.ArgumentParser, help: str = "") -> Iterator[tuple[str, Any]]:
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not nested:
        yield path, (help, parser)
    for action in nested:
        texts = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, child in action.choices.items():
            yield from _commands(f"{path} {name}", child, texts.get(name, ""))


def _command(path: str, found: tuple[str, argparse.ArgumentParser]) -> str:
    help, parser = found
    rows = [_row(action) for action in parser._actions if not isinstance(action, argparse._HelpAction)]
    table = ["| argument | meaning |", "|---|---|", *rows, ""] if rows else []
    return "\n".join([f"### `{path}`\n", f"{_sentence(help)}\n" if help else "", *table])


def _row(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else (action.dest.upper() if action.nargs != 0 else "")
    if action.choices and not action.metavar:
        value = "|".join(str(choice) for choice in action.choices)
    name = ", ".join(action.option_strings) or value
    shown = f"{name} {value}".strip() if action.option_strings else value
    text = (action.help or "").replace("%(default)s", str(action.default))
    text += " (required)" if action.option_strings and action.required else ""
    return f"| `{_cell(shown)}` | {_cell(text).strip()} |"


def catalogue() -> tuple[Declared, ...]:
    """Every metric that a room declares in a module named ``metrics``."""
    found = [entry for module in _metric_modules() for entry in _declared(module)]
    return tuple(sorted(found, key=lambda entry: (entry.room, entry.name)))


def _metric_modules() -> Iterator[ModuleType]:
    for room in (exporter, request_tracker, shaping):
        names = [info.name for info in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")]
        for name in names:
            if name.rsplit(".", 1)[-1] == "metrics":
                yield importlib.import_module(name)


def _declared(module: ModuleType) -> Iterator[Declared]:
    room = module.__name__.removesuffix(".metrics")
    for entry in getattr(module, "CATALOGUE", ()):
        yield Declared(room, entry.name, entry.kind, tuple(entry.labels), entry.help)


def recorded() -> tuple[dict[str, Any], ...]:
    """Every recording rule."""
    return tuple(rule for rule in _rules() if "record" in rule)


def metrics_page() -> str:
    """Every metric with its labels, then every recorded series."""
    parts = [NOTE, "# Metrics\n", "Receive is towards the office (download), transmit from it. Bytes inside.\n"]
    parts.append("*Seen* names the boards that show a metric and whether rules read it, or why neither does.\n")
    entries, seen = catalogue(), places(_rules())
    for room in dict.fromkeys(entry.room for entry in entries):
        parts += [f"## {room}\n", "| metric | kind | labels | meaning | seen |", "|---|---|---|---|---|"]
        parts += [
            f"| `{entry.name}` | {entry.kind} | {', '.join(entry.labels)} | {_cell(entry.help)} |"
            f" {_cell(seen.get(entry.name, ''))} |"
            for entry in entries
            if entry.room == room
        ]
        parts.append("")
    parts += ["## Recording rules\n", "| series | expression |", "|---|---|"]
    parts += [f"| `{rule['record']}`{_fixed(rule)} | `{_cell(_flat(rule['expr']))}` |" for rule in recorded()]
    return "\n".join([*parts, ""])


def alerts_page() -> str:
    """Every alert with its severity, clause, expression and runbook."""
    parts = [NOTE, "# Alerts\n", "critical pages, warning makes a ticket or a message, info only shows.\n"]
    parts += ["| alert | severity | SOP | fires when | for |", "|---|---|---|---|---|"]
    for rule in (rule for rule in _rules() if "alert" in rule):
        name, labels = rule["alert"], rule["labels"]
        role = f" ({labels['role']})" if "role" in labels else ""
        link = f"[{TITLES[name][0]}](../runbooks/{name}.md) `{name}`{role}"
        cells = (link, labels["severity"], labels.get("sop", "of the step"), f"`{_cell(_flat(rule['expr']))}`")
        parts.append(f"| {' | '.join(cells)} | {rule.get('for', 'at once')} |")
    return "\n".join([*parts, ""])


def _rules() -> Iterable[dict[str, Any]]:
    for path in rule_files():
        for group in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["groups"]:
            yield from group["rules"]


def _fixed(rule: dict[str, Any]) -> str:
    return "".join(f" {key}={value}" for key, value in rule.get("labels", {}).items())


def _flat(expr: str) -> str:
    return re.sub(r"\s+", " ", expr).strip()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _sentence(text: str | None) -> str:
    flat = _flat(text or "")
    return flat[:1].upper() + flat[1:] + ("" if flat.endswith((".", "!", "?")) else ".")


# File name to its maker. Each costs seconds, so that a test makes the one it looks at.
PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "metrics.md": metrics_page,
    "alerts.md": alerts_page,
    "sop-coverage.md": coverage_page,
    "glossary.md": lambda: f"{NOTE}\n{glossary_page()}",
    "papers.md": lambda: f"{NOTE}\n{papers_page()}",
    "sop-actions.md": lambda: f"{NOTE}\n{actions_page()}",
    "device-profiles.md": lambda: f"{NOTE}\n{profiles_page()}",
    "settings.md": lambda: f"{NOTE}\n{settings_page()}",
    "releases.md": lambda: f"{NOTE}\n{releases_page()}",
    "licences.md": lambda: f"{NOTE}\n{licences_page(REFERENCE.parent.parent / 'requirements.lock')}",
    "who-sees-what.md": lambda: f"{NOTE}\n{routes_page()}",
}

if __name__ == "__main__":
    sys.exit(main())
