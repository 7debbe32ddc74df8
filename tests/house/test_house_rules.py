"""The rules of the house, over every tracked file: what a reviewer would otherwise have to remember."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

from tree import ROOT

ROOMS = (
    *("runtime", "inventory", "exporter", "shaping", "request_tracker"),
    *("alert_rules", "dashboards", "operations", "lab"),
)
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
TESTS = [path for path in MODULES if path.relative_to(ROOT).parts[0] == "tests"]
TEXTS = [path for path in TRACKED if path.suffix not in {".png", ".svg", ".pcap", ".bin", ".lock", ".docx", ".woff2"}]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    """Its tree, once for all rules."""
    return ast.parse(path.read_text(encoding="utf-8"))


def lines_with(pattern: str, paths: list[Path]) -> list[str]:
    found = re.compile(pattern)
    return [
        f"{name_of(path)}:{number}: {line.strip()[:90]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if found.search(line)
    ]


def test_a_module_says_what_comes_in_and_what_goes_out() -> None:
    docstrings = {name_of(path): ast.get_docstring(parsed(path)) for path in ROOM_MODULES}
    assert [name for name, text in docstrings.items() if not text] == [], "a module starts with a docstring"
    assert {name: text for name, text in docstrings.items() if len((text or "").split()) < 3} == {}, "says nothing"


def test_a_module_is_not_too_long() -> None:
    """Tests too: a file of tests that is longer has two subjects."""
    paths = (*ROOM_MODULES, *TESTS)
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}, "find the missing noun"


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
        for node in ast.walk(parsed(path))
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


def bare_slices(tree: ast.AST) -> list[int]:
    """Lines with a slice whose bound is a number of three digits or more, without a name that says why it is so."""
    bounds = [
        (node.lineno, part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Slice)
        for bound in (node.lower, node.upper, node.step)
        if bound is not None
        for part in ast.walk(bound)
    ]
    return [line for line, part in bounds if isinstance(part, ast.Constant) and _is_long(part.value)]


def _is_long(value: object) -> bool:
    return isinstance(value, int) and value > 99


def test_a_bound_of_a_slice_has_a_name_that_says_why_it_is_so() -> None:
    bare = {name_of(path): lines for path in ROOM_MODULES if (lines := bare_slices(parsed(path)))}
    assert bare == {}, "name the number, with its why beside it"


def test_the_question_of_bounds_sees_a_bare_one() -> None:
    assert bare_slices(ast.parse("LONGEST = 4000\na = text[:LONGEST]\nb = text[:99]\nc = text[: 2 * 150]\n")) == [4]
