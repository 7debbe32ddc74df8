"""The rules of the house, over every tracked file: what a reviewer would otherwise have to remember."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from tree import ROOT

ROOMS = ("inventory", "exporter", "shaping", "request_tracker", "alert_rules", "dashboards", "lab")
LONGEST = 300

TRACKED = [
    ROOT / name
    for name in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    if name and (ROOT / name).is_file()
]
MODULES = [path for path in TRACKED if path.suffix == ".py"]
ROOM_MODULES = [path for path in MODULES if path.relative_to(ROOT).parts[0] in ROOMS]
TEXTS = [path for path in TRACKED if path.suffix not in {".png", ".svg", ".pcap", ".bin", ".lock", ".docx", ".woff2"}]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines_with(pattern: str, paths: list[Path]) -> list[str]:
    found = re.compile(pattern)
    return [
        f"{name_of(path)}:{number}: {line.strip()[:90]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if found.search(line)
    ]


@pytest.mark.parametrize("path", ROOM_MODULES, ids=name_of)
def test_a_module_says_what_comes_in_and_what_goes_out(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, "a module starts with a docstring"
    assert len(docstring.split()) >= 3, f"{docstring!r} says nothing"


@pytest.mark.parametrize("path", ROOM_MODULES, ids=name_of)
def test_a_module_is_not_too_long(path: Path) -> None:
    length = len(path.read_text(encoding="utf-8").splitlines())
    assert length <= LONGEST, f"{length} lines; find the missing noun"


def test_no_room_has_a_cupboard_for_leftovers() -> None:
    leftovers = {"common", "utils", "util", "core", "helpers", "helper", "misc"}
    assert [name_of(path) for path in ROOM_MODULES if leftovers & {path.stem, *path.relative_to(ROOT).parts[:-1]}] == [
        name for name in ("request_tracker/store/migrations/core.py",) if (ROOT / name).is_file()
    ]  # The migration's name is a table group of the store, not a cupboard.


def test_our_own_transaction_is_the_only_one() -> None:
    """sqlite-utils' ``atomic`` begins DEFERRED and fails under writers; the store has its own."""
    assert lines_with(r"\.atomic\(", ROOM_MODULES) == []


def test_every_page_acts_on_a_case_through_signing_off() -> None:
    """A page that runs a command by itself would have to know what follows it."""
    pages = [path for path in ROOM_MODULES if name_of(path).startswith("request_tracker/web/")]
    assert pages
    names = {
        (name_of(path), alias.name)
        for path in pages
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("request_tracker.")
        for alias in node.names
    }
    assert [one for one in names if one[1] in {"run", "run_inside", "sign_off", "end_reported"}] == [
        ("request_tracker/web/shell/signing.py", "sign_off")
    ]


def test_no_file_names_a_path_of_one_machine() -> None:
    homes = "/" + "(?:root|work|home/[a-z]+|Users/[A-Za-z]+)/"
    assert lines_with(rf"(?<![\w.:/-]){homes}", TEXTS) == []


def test_no_file_names_a_package_registry() -> None:
    hosts = "|".join(("pypi" + r"\.org", "python" + "hosted" + r"\.org", "registry" + r"\.npmjs", "ghcr" + r"\.io"))
    assert lines_with(hosts, [path for path in TRACKED if path.suffix not in {".png", ".pcap"}]) == []


def test_no_file_holds_a_telephone_number_of_a_person() -> None:
    """Indonesian mobile numbers; made-up ones in tests use 0800."""
    assert lines_with(r"(?<![\d.\w])(?:\+62|0)8[1-9]\d[ -]?\d{3,4}[ -]?\d{3,5}(?!\d)", TEXTS) == []


def test_no_file_holds_a_private_key_or_a_token() -> None:
    assert lines_with(r"BEGIN [A-Z ]*PRIVATE KEY|glsa_[A-Za-z0-9]{20}|ghp_[A-Za-z0-9]{20}", TEXTS) == []


def test_no_test_is_skipped() -> None:
    tests = [path for path in MODULES if path.relative_to(ROOT).parts[0] == "tests" and path != Path(__file__)]
    assert lines_with(r"pytest\.(?:skip|importorskip|mark\.(?:skip|skipif|xfail))", tests) == []


def test_test_files_have_names_of_their_own_and_no_package() -> None:
    tests = [path for path in MODULES if path.relative_to(ROOT).parts[0] == "tests"]
    names = [path.name for path in tests if path.name not in ("conftest.py",)]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert [name_of(path) for path in tests if path.name == "__init__.py"] == []
