"""What pictures of the boards taught: noughts in no red field, strokes for missing cells, words, no holes, ways on."""

import json

import pytest

from dashboards.building import committed
from dashboards.panels import Json

BOARDS = {board["uid"].removeprefix("lebarpita-"): board for board in committed()}
PANELS = [(name, panel) for name, board in BOARDS.items() for panel in board["panels"]]
IDS = [f"{name}-{panel['id']}" for name, panel in PANELS]
TABLES = [(name, panel) for name, panel in PANELS if panel["type"] == "table"]


PLACE = "/d/lebarpita-${__data.fields"


def of_kind(kind: str) -> list[Json]:
    return [panel for _, panel in PANELS if panel["type"] == kind]


def urls(panel: Json) -> set[str]:
    """Every address that a click on this panel leads to."""
    links = list(panel["fieldConfig"]["defaults"]["links"])
    for override in panel["fieldConfig"]["overrides"]:
        links += [link for setting in override["properties"] if setting["id"] == "links" for link in setting["value"]]
    return {link["url"] for link in links}


def ways(board: str) -> set[str]:
    """Where a board leads: the names of boards and of the tracker's pages."""
    found = {url for panel in BOARDS[board]["panels"] for url in urls(panel)}
    # An alert leads to the board of its place.
    found |= {f"/d/lebarpita-{name}" for name in ("opd", "link", "stack") if any(PLACE in url for url in found)}
    return {url.split("?")[0].removeprefix("/d/lebarpita-").removeprefix("${tracker}/").split("/")[0] for url in found}


def test_a_graph_with_limits_reaches_the_first_of_them() -> None:
    """Else Grafana draws noughts in a field that is red from edge to edge."""
    limited = [p for p in of_kind("timeseries") if len(p["fieldConfig"]["defaults"]["thresholds"]["steps"]) > 1]
    for panel in limited:
        bounds = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"] if step["value"]]
        first = next(bound for bound in bounds if bound > 0)
        assert panel["fieldConfig"]["defaults"]["custom"]["axisSoftMax"] == first, panel["title"]
    assert len(limited) > 10


@pytest.mark.parametrize(("name", "panel"), TABLES, ids=[f"{name}-{panel['id']}" for name, panel in TABLES])
def test_a_cell_without_a_figure_is_a_stroke_in_no_colour_of_a_state(name: str, panel: Json) -> None:
    """Grafana would give it the lowest step's colour and the sentence of the empty table."""
    settings = [panel["fieldConfig"]["defaults"]["mappings"]]
    for override in panel["fieldConfig"]["overrides"]:
        settings += [setting["value"] for setting in override["properties"] if setting["id"] == "mappings"]
    for mappings in settings:
        strokes = {m["options"]["match"]: m["options"]["result"]["text"] for m in mappings if m["type"] == "special"}
        assert strokes == {"null+nan": "–", "empty": "–"}


def test_a_word_without_a_colour_is_not_green() -> None:
    for _, panel in TABLES:
        for override in panel["fieldConfig"]["overrides"]:
            settings = {setting["id"]: setting["value"] for setting in override["properties"]}
            if settings.get("custom.cellOptions", {}).get("type") == "color-text":
                words = [m["options"] for m in settings["mappings"] if m["type"] == "value"]
                assert all("color" in word for options in words for word in options.values()), panel["title"]


def test_a_band_is_filled_to_a_series_of_its_own_graph() -> None:
    bands = 0
    for panel in of_kind("timeseries"):
        legends = {target["legendFormat"] for target in panel["targets"]}
        for override in panel["fieldConfig"]["overrides"]:
            for setting in override["properties"]:
                if setting["id"] == "custom.fillBelowTo":
                    assert setting["value"] in legends
                    bands += 1
    assert bands == 5


@pytest.mark.parametrize(("name", "panel"), PANELS, ids=IDS)
def test_no_legend_is_made_of_a_code_that_has_words(name: str, panel: Json) -> None:
    for target in panel["targets"]:
        for label in ("direction", "clock", "scope", "place"):
            assert f"{{{{{label}}}}}" not in target["legendFormat"] or "label_replace" in target["expr"]
        for label in ("quantile", "window", "bound"):
            assert label not in target["legendFormat"]


def test_no_board_has_a_hole_above_a_panel_that_would_fit_there() -> None:
    for name, panel in PANELS:
        place = panel["gridPos"]
        others = [p["gridPos"] for p in BOARDS[name]["panels"] if p is not panel]
        above = [o for o in others if o["x"] < place["x"] + place["w"] and place["x"] < o["x"] + o["w"]]
        ends = [o["y"] + o["h"] for o in above if o["y"] < place["y"]]
        assert place["y"] == max(ends, default=0), f"{name}: {panel['title']}"


@pytest.mark.parametrize(
    ("board", "leads_to"),
    [
        ("city", {"opd", "link", "gangguan"}),
        ("tree", {"link"}),
        ("map", {"link"}),
        ("outages", {"link", "gangguan"}),
        ("link", {"opd", "runbooks", "gangguan"}),
        ("opd", {"link", "runbooks", "gangguan"}),
        ("stack", {"opd", "link", "runbooks", "gangguan"}),
    ],
)
def test_a_board_leads_on_to_what_it_shows(board: str, leads_to: set[str]) -> None:
    assert leads_to <= ways(board)


def test_every_way_to_a_board_keeps_the_time_and_so_does_the_way_back() -> None:
    inside = {url for _, panel in PANELS for url in urls(panel) if url.startswith("/d/")}
    assert inside and all("${__url_time_range}" in url for url in inside)
    assert all(link["keepTime"] and link["includeVars"] for board in BOARDS.values() for link in board["links"])


def test_every_board_notes_outages_changes_of_the_ledger_and_announced_work() -> None:
    wanted = {"lebarpita_outage", "lebarpita_opd_allocation_receive", "lebarpita_announced_work_info"}
    for board in BOARDS.values():
        notes = " ".join(note["expr"] for note in board["annotations"]["list"] if "expr" in note)
        assert all(name in notes for name in wanted)
        assert all("{{root}}" not in note["titleFormat"] for note in board["annotations"]["list"])


def test_a_map_asks_nobody_outside_for_its_ground() -> None:
    """An office without internet has a map too, and no tile server learns where its devices stand."""
    (panel,) = of_kind("geomap")
    assert panel["options"]["basemap"]["type"] == "xyz"
    assert panel["options"]["basemap"]["config"]["url"].startswith("data:image/png;base64,")
    for board in BOARDS.values():
        text = json.dumps(board["panels"])
        assert "http://" not in text and "https://" not in text
