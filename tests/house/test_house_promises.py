"""The page of what is promised of outages: each row names a test, and every test that it names is there."""

import re

import pytest
from tree import ROOT

PAGE = (ROOT / "docs" / "why" / "outages-shown.md").read_text(encoding="utf-8")
ROWS = {row.split("|")[1].strip(): row for row in PAGE.splitlines() if row.startswith("| ")}
# The heads of both tables.
del ROWS["promise"]


@pytest.mark.parametrize("promise", ROWS)
def test_each_promise_is_held_by_tests_that_are_there(promise: str) -> None:
    named = re.findall(r"`(tests/\S+\.py)::(\w+)`", ROWS[promise])
    assert named, f"{promise}: names no test"
    for file, test in named:
        path = ROOT / file
        assert path.exists() and re.search(rf"def {test}\(", path.read_text(encoding="utf-8")), f"{file}::{test}"
