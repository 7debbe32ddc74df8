"""Names of the house: each says what the thing is, no two classes share one, and no module stands in a circle."""

from pathlib import Path

import pytest
from tree import ROOT

from docs import house


@pytest.fixture(scope="module")
def modules() -> list[house.Module]:
    """Every module of the rooms, parsed; not while tests are collected, which every process of the run does."""
    return house.modules_of(ROOT)


def test_a_name_says_what_the_thing_is(modules: list[house.Module]) -> None:
    """``told``, ``one``, ``found`` ... say nothing to the next reader."""
    assert {module.name.split(".")[0] for module in modules} == set(house.ROOMS)
    empty = [f"{module.name}:{line}: {name}" for module in modules for name, line in house.empty_names(module)]
    assert empty == [], "name it by what it is"


def test_a_class_name_has_one_meaning(modules: list[house.Module]) -> None:
    assert house.shared_class_names(modules) == {}


def test_no_modules_import_each_other_in_a_circle(modules: list[house.Module]) -> None:
    assert house.circles(house.imports(modules)) == []


def test_the_figures_see_an_empty_name_a_shared_class_and_a_circle(tmp_path: Path) -> None:
    """The questions above are not blind: a planted fault of each kind is seen."""
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "left.py").write_text("import lab.right\n\nfound = 1\n\n\nclass Batch: ...\n")
    (tmp_path / "lab" / "right.py").write_text("from lab import left\n\n\nclass Batch: ...\n")
    modules = house.modules_of(tmp_path)
    assert [name for module in modules for name in house.empty_names(module)] == [("found", 3)]
    assert house.shared_class_names(modules) == {"Batch": ["lab.left", "lab.right"]}
    assert house.circles(house.imports(modules)) == [{"lab.left", "lab.right"}]
