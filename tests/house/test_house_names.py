"""Names of the house: each says what the thing is, no two classes share one, and no module stands in a circle."""

from pathlib import Path

import pytest
from tree import ROOT

from docs import house

MODULES = house.modules_of(ROOT)
CLEAN_ROOMS = (
    *("runtime", "inventory", "exporter", "shaping", "alert_rules", "dashboards", "lab"),
    *("request_tracker.cases", "request_tracker.sop", "request_tracker.web", "request_tracker.letters"),
    *("request_tracker.cli", "request_tracker.config"),
)
# Names that still stand for two things, with the one that is to change; what has one meaning leaves the table.
SHARED_FOR_NOW = {
    "Act": "a kind of change to a setting; in people, a permission outside the SOPs",
    "Answer": "what a form was answered with; in outages, what a link says",
    "Figures": "an agent's metrics; in the tracker, its own",
    "FlowsPart": "the exporter's collector; in the tracker, where to find that",
    "Kind": "of an outage's root; in the store, of an uploaded paper",
    "Room": "one direction's for growth in the evidence; in capacity, an uplink's",
    "Sign": "the command; in the chart, a symbol between its pages",
    "Table": "of an export; in the evidence, of hosts",
    "Target": "where a step leads; in notifications, where a message goes",
    "Use": "of a limit set by hand; in the evidence, of an OPD",
}


def room_of(name: str) -> str:
    """``exporter.snmp.poll`` stands in ``exporter``; the tracker is so large that its folders are rooms."""
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == house.TRACKER else parts[0]


@pytest.mark.parametrize("room", CLEAN_ROOMS)
def test_a_name_says_what_the_thing_is(room: str) -> None:
    """``told``, ``one``, ``found`` ... say nothing. Holds the rooms that are clean; the list can only grow."""
    modules = [module for module in MODULES if room_of(module.name) == room]
    assert modules, "the room is there"
    empty = [f"{module.name}:{line}: {name}" for module in modules for name, line in house.empty_names(module)]
    assert empty == [], "name it by what it is"


def test_a_class_name_has_one_meaning() -> None:
    shared = house.shared_class_names(MODULES)
    assert {name: places for name, places in shared.items() if name not in SHARED_FOR_NOW} == {}
    assert sorted(SHARED_FOR_NOW.keys() - shared.keys()) == [], "it has one meaning now; take it off the table"


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert house.circles(house.imports(MODULES)) == []


def test_the_figures_see_an_empty_name_a_shared_class_and_a_circle(tmp_path: Path) -> None:
    """The questions above are not blind: a planted fault of each kind is seen."""
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "left.py").write_text("import lab.right\n\nfound = 1\n\n\nclass Batch: ...\n")
    (tmp_path / "lab" / "right.py").write_text("from lab import left\n\n\nclass Batch: ...\n")
    modules = house.modules_of(tmp_path)
    assert [name for module in modules for name in house.empty_names(module)] == [("found", 3)]
    assert house.shared_class_names(modules) == {"Batch": ["lab.left", "lab.right"]}
    assert house.circles(house.imports(modules)) == [{"lab.left", "lab.right"}]
