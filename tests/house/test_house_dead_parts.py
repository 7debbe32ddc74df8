"""The page of what goes on when a part is dead: every part has its row, and every test that it names is there."""

import re

import pytest
from tree import ROOT

from operations.install.services import SERVICES

PAGE = (ROOT / "docs" / "why" / "when-a-part-dies.md").read_text(encoding="utf-8")
ROWS = {row.split("|")[1].strip(): row for row in PAGE.splitlines() if row.startswith("| ") and "`tests/" in row}
NEIGHBOURS = ("prometheus", "alertmanager", "the machine", "the disk's room")


def test_every_part_and_every_neighbour_has_its_row() -> None:
    assert set(ROWS) == {service.name for service in SERVICES} | set(NEIGHBOURS)


@pytest.mark.parametrize("dead", ROWS)
def test_each_row_is_held_by_tests_that_are_there(dead: str) -> None:
    named = re.findall(r"`(tests/\S+\.py)::(\w+)`", ROWS[dead])
    assert named, f"{dead}: names no test"
    for file, test in named:
        path = ROOT / file
        assert path.exists() and re.search(rf"def {test}\(", path.read_text(encoding="utf-8")), f"{file}::{test}"
