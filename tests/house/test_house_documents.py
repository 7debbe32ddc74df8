"""Documents and code say the same: commands, metrics, alerts, dependencies, links."""

import argparse
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tree import ROOT

from alert_rules import rule_files
from dashboards import building, contract
from dashboards.unshown import UNSHOWN
from docs import generate
from docs.metric_places import places

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECLARED = {entry.name for entry in generate.catalogue()}
RECORDED = {str(rule["record"]) for rule in generate.recorded()}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_a_generated_page_is_what_the_code_says_now(name: str) -> None:
    committed = (generate.REFERENCE / name).read_text(encoding="utf-8")
    assert committed == generate.PAGES[name](), "run python -m docs.generate"


def test_every_metric_a_rule_or_board_reads_is_in_a_catalogue() -> None:
    rules = [
        rule for path in rule_files() for g in YAML(typ="safe").load(path.read_text())["groups"] for rule in g["rules"]
    ]
    used = {name for rule in rules for name in contract.metric_names(rule["expr"])}
    used |= {
        name for rule in rules for text in rule.get("annotations", {}).values() for name in contract.metric_names(text)
    }
    used |= {
        name
        for board in building.committed()
        for query in contract.queries(board)
        for name in contract.metric_names(query.expr)
    }
    assert sorted(used - DECLARED - RECORDED) == []


def test_every_metric_is_on_a_board_or_in_a_rule_or_has_its_reason() -> None:
    seen = places(generate._rules())
    assert sorted(DECLARED - seen.keys()) == []
    # A reason that is not needed any more, or of a metric that is gone, is no reason.
    assert sorted(name for name in UNSHOWN if not seen[name].startswith("none: ") or name not in DECLARED) == []


def test_every_metric_is_prefixed_and_declared_once_per_kind() -> None:
    entries = generate.catalogue()
    assert [entry.name for entry in entries if not entry.name.startswith("lebarpita_")] == []
    kinds: dict[str, set[str]] = {}
    for entry in entries:
        kinds.setdefault(entry.name, set()).add(entry.kind)
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


def test_counters_end_in_total_and_nothing_is_counted_in_bits() -> None:
    assert [
        entry.name for entry in generate.catalogue() if (entry.kind == "counter") is not entry.name.endswith("_total")
    ] == []
    assert [
        entry.name
        for entry in generate.catalogue()
        if re.search(r"_(bits|bps|mbps|kbit|mbit)(_|$)", entry.name) and not entry.name.endswith("_counter_bits")
    ] == []


def test_every_dependency_is_justified_and_none_is_justified_that_is_gone() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    wanted = {re.split(r"[<>=!~\[ ]", line)[0].lower() for names in lists for line in names} - {project["name"]}
    page = (ROOT / "docs/why/dependencies.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z0-9.-]+)` \|", page, re.MULTILINE)) == wanted


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []


def commands_in(page: Path) -> list[str]:
    """Our own commands as a reader would type them, from code blocks and inline code."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    inline = re.findall(
        r"`((?:lebarpita(?:-[a-z]+)?|python -m [a-z_]+) [^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    )
    lines = [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    lines = [re.sub(r"^(?:sudo (?:-u \w+ )?)?(?:\S*/bin/)?(?=lebarpita[- ]|python -m )", "", line) for line in lines]
    return [
        line
        for line in (*lines, *inline)
        if re.match(r"(?:lebarpita(?:-[a-z]+)?|python -m (?:lab|dashboards|alert_rules)) ", line)
    ]


class Refused(Exception):
    """A parser did not understand."""


def quiet(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    def refuse(message: str) -> None:
        raise Refused(message)

    parser.error = refuse  # type: ignore[method-assign,assignment] # the test wants the sentence, not an exit
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                quiet(child)
    return parser


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "cli.md" and commands_in(page)], ids=name_of)
def test_every_command_in_the_documents_is_understood(page: Path) -> None:
    for line in commands_in(page):
        program = next(name for name in generate.PROGRAMS if line.startswith(f"{name} "))
        words = shlex.split(re.sub(r"\s[|>&#].*$", "", line).removeprefix(program))
        if words == ["--help"]:
            continue
        try:
            quiet(generate.parser_of(program)).parse_args(words)
        except Refused as error:
            pytest.fail(f"{name_of(page)}: {line}: {error}")


def test_the_make_targets_that_the_documents_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        name for page in PAGES for name in re.findall(r"^make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named <= targets


def test_every_test_that_a_page_names_is_there() -> None:
    there = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py")}
    functions = {name for text in there.values() for name in re.findall(r"def (test_\w+)", text)}
    named = {
        (page.name, name)
        for page in PAGES
        for name in re.findall(r"`(?:[\w/]*/)?(test_\w+(?:\.py)?)`", page.read_text(encoding="utf-8"))
    }
    assert {name for _, name in named} & functions
    assert sorted(one for one in named if one[1] not in functions and one[1] not in there) == []
