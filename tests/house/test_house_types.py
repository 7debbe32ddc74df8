"""Types are checked in the tests too: mypy finds each module of theirs where pytest finds it, under one name."""

import tomllib
from collections import Counter

from test_house_rules import MODULES, lines_with
from tree import ROOT, TESTS

TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]


def test_mypy_looks_where_pytest_looks() -> None:
    assert TOOLS["mypy"]["mypy_path"] == TOOLS["pytest"]["ini_options"]["pythonpath"]


def test_every_folder_with_code_is_checked() -> None:
    with_code = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("[a-z]*/**/*.py")}
    assert with_code == set(TOOLS["mypy"]["files"])


def test_no_two_modules_of_the_tests_have_one_name() -> None:
    names = Counter(path.name for path in TESTS.rglob("*.py"))
    assert [name for name, number in names.items() if number > 1] == []


def test_what_is_not_checked_names_its_code_and_its_reason() -> None:
    assert lines_with(r"#\s*type:\s*ignore(?!\[[a-z, -]+\] {1,2}# \w)", MODULES) == []
