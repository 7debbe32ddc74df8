"""Every panel of every board can turn red, none is red in a city that is well, and none is green when it is blind.

One real Prometheus holds all scenes as blocks, each at a moment of its own; every query is asked in each.
"""

import json
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from children import child, until
from ports import free_port

from dashboards import contract
from dashboards.answers import NEUTRAL, Answers, SeriesValue, colours
from dashboards.building import committed
from dashboards.catalogue import ALL
from dashboards.palette import AMBER, BLUE, GREEN, GREY, RED
from dashboards.panels import Json
from dashboards.questions import link_named
from docs.generate import recorded
from lab.scenes.ill_city import cut, frozen, ill, silent_cut
from lab.scenes.past import answers, keep, prometheus
from lab.scenes.scene import PARTS, Scene, at, without
from lab.scenes.well_city import well

WELL = well()
SCENES = tuple(
    at(scene, number)
    for number, scene in enumerate(
        (
            WELL,
            cut(WELL),
            silent_cut(WELL),
            ill(WELL),
            frozen(WELL),
            *(without(WELL, part) for part in PARTS),
            without(WELL, *PARTS),
            well(500),
        )
    )
)
BY_NAME = {scene.name: scene for scene in SCENES[:-1]} | {"500": SCENES[-1]}
PANELS = [(board["uid"], panel) for board in committed() for panel in board["panels"]]
IDS = [f"{uid.removeprefix('lebarpita-')}-{panel['id']}" for uid, panel in PANELS]
# Why a graph has no red of its own stands in its builder.
PLAIN = {(board.uid, panel.heading.id) for board in ALL for panel in board.panels if panel.plain}
# They only dress a figure; without them it is shown with its code.
NAMES = {f"lebarpita_{what}_info" for what in ("opd", "link", "device", "flow_exporter")}
# What a person can still read of one panel: more rows, lines or bars than these are a second question.
MOST = {"stat": 1, "bargauge": 15, "table": 800, "timeseries": 24, "state-timeline": 25, "nodeGraph": 240}
# Every office is a dot of three figures: its place and its state.
MOST["geomap"] = 3 * 530


class Asked:
    """The Prometheus that holds the scenes."""

    def __init__(self, address: str) -> None:
        self.address, self._answers = address, dict[tuple[str, str, float], Sequence[SeriesValue]]()

    def ask(self, expr: str, scene: Scene) -> Sequence[SeriesValue]:
        """The answer at the scene's moment; the same question is asked once."""
        key = (expr, scene.name, scene.now)
        if key not in self._answers:
            asked = urlencode({"query": expr, "time": scene.now})
            with urlopen(f"{self.address}/api/v1/query?{asked}", timeout=60) as answer:
                rows = json.load(answer)["data"]["result"]
            self._answers[key] = tuple(SeriesValue(row["metric"], float(row["value"][1])) for row in rows)
        return self._answers[key]

    def panel(self, uid: str, panel: Json, name: str) -> Answers:
        """Its answers by the letters of its queries."""
        scene = BY_NAME[name]
        values = {"opd": scene.opd, "link": scene.link, "tier": "1", "tracker": "http://t", "__rate_interval": "5m"}
        return {
            target["refId"]: self.ask(contract.BoardQuery(uid, panel["title"], target["expr"]).filled(values), scene)
            for target in panel["targets"]
        }


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    home = tmp_path_factory.mktemp("scenes")
    for scene in SCENES:
        keep(home, scene.lines())
        if scene.name in ("well", "ill"):
            keep(home, scene.past())
    address = f"127.0.0.1:{free_port()}"
    with (home / "log").open("w") as log, child(prometheus(home, address), stdout=log, stderr=log) as process:
        until(lambda: answers(address), home / "log", process)
        yield Asked(f"http://{address}")


def shown(asked: Asked, uid: str, panel: Json, name: str) -> frozenset[str]:
    return colours(panel, asked.panel(uid, panel, name))


def is_a_figure(panel: Json) -> bool:
    """A figure that is neither good nor bad by itself is blue."""
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return panel["type"] == "stat" and [step["color"] for step in steps] == [BLUE]


@pytest.mark.parametrize(("uid", "panel"), PANELS, ids=IDS)
def test_no_panel_is_red_or_amber_in_a_city_that_is_well(asked: Asked, uid: str, panel: Json) -> None:
    assert not shown(asked, uid, panel, "well") & {RED, AMBER}


@pytest.mark.parametrize(("uid", "panel"), PANELS, ids=IDS)
def test_every_panel_can_turn_red(asked: Asked, uid: str, panel: Json) -> None:
    found = [shown(asked, uid, panel, name) for name in ("cut", "silent cut", "ill", "frozen")]
    assert any(RED in colours_of for colours_of in found) or is_a_figure(panel) or (uid, panel["id"]) in PLAIN, found


@pytest.mark.parametrize(("uid", "panel"), PANELS, ids=IDS)
def test_no_panel_is_green_when_everything_is_dead(asked: Asked, uid: str, panel: Json) -> None:
    reads_ours = any(contract.metric_names(target["expr"]) for target in panel["targets"])
    assert GREEN not in shown(asked, uid, panel, "dead:" + "+".join(PARTS)) or not reads_ours


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("uid", "panel"), PANELS, ids=IDS)
def test_no_panel_is_green_when_the_part_it_reads_is_dead(asked: Asked, uid: str, panel: Json, part: str) -> None:
    there = {s.name for s in BY_NAME["well"].series}
    left = {s.name for s in BY_NAME[f"dead:{part}"].series}
    for target in panel["targets"]:
        reads = contract.metric_names(target["expr"]) - NAMES
        if reads & there and not reads & left:
            alone = {"refId": target["refId"]}
            found = colours(panel, {alone["refId"]: asked.panel(uid, panel, f"dead:{part}")[target["refId"]]})
            assert GREEN not in found


@pytest.mark.parametrize(("uid", "panel"), PANELS, ids=IDS)
def test_every_panel_can_be_read_at_five_hundred_offices(asked: Asked, uid: str, panel: Json) -> None:
    found = asked.panel(uid, panel, "500")
    assert sum(len(samples) for samples in found.values()) <= MOST[panel["type"]]
    assert not colours(panel, found) & {RED}


@pytest.mark.parametrize(
    ("panel", "scene", "colour"),
    [
        # Found of old: the age of the data was always nought, and a dead watch was a green nought.
        ("city-1", "dead:watch", {GREY}),
        ("city-2", "dead:watch", {GREY}),
        ("city-3", "well", {GREEN}),
        ("city-3", "dead:snmp", {GREY}),
        ("city-4", "dead:snmp", {GREY}),
        ("city-1", "frozen", {GREY}),
        ("city-3", "frozen", {RED}),
        ("tree-12", "frozen", {GREY}),
        ("city-1", "cut", {RED}),
        # A cut that the interface does not know of was green.
        ("link-1", "cut", {RED}),
        # Its interface is down and the node behind it answers: the witnesses differ.
        ("link-1", "ill", {AMBER}),
        ("link-1", "well", {GREEN}),
        ("link-1", "dead:watch", {AMBER}),
        ("link-1", "dead:snmp", {AMBER}),
        # Two seconds of reading are a time-out.
        ("stack-5", "ill", {RED}),
        ("stack-5", "well", {GREEN}),
        ("tree-12", "well", {GREEN}),
        ("tree-12", "cut", {RED, GREEN}),
        ("tree-12", "silent cut", {RED, AMBER, GREEN}),
        ("map-21", "well", {GREEN}),
        ("map-21", "cut", {RED, GREEN}),
        ("map-21", "silent cut", {RED, GREEN}),
        ("map-21", "ill", {AMBER, GREEN}),
        ("map-21", "frozen", {GREY}),
        ("map-21", "dead:watch", {GREY}),
        ("map-21", "dead:snmp", {GREEN}),
        ("flows-4", "ill", {RED}),
        # Of old the difference was the number of outages: an operator binds closer than ``and``.
        ("outages-11", "cut", {GREEN}),
        ("outages-11", "ill", {RED}),
        ("capacity-11", "ill", {NEUTRAL, RED, GREEN}),
    ],
)
def test_a_panel_shows_the_colour_of_its_scene(asked: Asked, panel: str, scene: str, colour: set[str]) -> None:
    uid, found = PANELS[IDS.index(panel)]
    assert shown(asked, uid, found, scene) == colour


def value(asked: Asked, panel: str, scene: str) -> float:
    uid, found = PANELS[IDS.index(panel)]
    (samples,) = asked.panel(uid, found, scene).values()
    return samples[0].value


def test_offices_behind_outages_inside_each_other_are_counted_once(asked: Asked) -> None:
    assert value(asked, "city-2", "cut") == 12


def test_the_age_of_the_data_is_that_of_the_older_witness(asked: Asked) -> None:
    assert value(asked, "city-3", "well") == 0
    assert value(asked, "city-3", "500") == 0


def test_an_outage_shows_what_since_when_and_its_ticket(asked: Asked) -> None:
    uid, panel = PANELS[IDS.index("outages-5")]
    rows = {s.labels["root"]: s for s in asked.panel(uid, panel, "cut")["A"]}
    assert rows["acc-001"].labels["name"] == "Dinas 001"
    assert {"ticket": "G-0", "state": "waiting", "kind": "link"}.items() <= rows["agg-1"].labels.items()
    assert rows["agg-1"].value == 1300


def test_the_map_writes_the_names_of_what_is_wrong_by_itself(asked: Asked) -> None:
    uid, panel = PANELS[IDS.index("map-21")]
    captions = {s.labels["caption"] for s in asked.panel(uid, panel, "cut")["C"] if "caption" in s.labels}
    assert captions == {"Router cabang 1", "Dinas 001"}
    assert not [s for s in asked.panel(uid, panel, "well")["C"] if "caption" in s.labels]


def test_every_place_of_the_map_has_both_degrees_and_a_state(asked: Asked) -> None:
    uid, panel = PANELS[IDS.index("map-21")]
    for name in ("well", "cut", "ill", "frozen", "500"):
        found = asked.panel(uid, panel, name)
        of = [{(s.labels["name"], s.labels.get("link", "")) for s in found[letter]} for letter in "ABC"]
        assert of[0] == of[1] == of[2] and len(of[0]) > 12


def test_trunks_and_devices_are_called_by_their_names(asked: Asked) -> None:
    uid, panel = PANELS[IDS.index("outages-5")]
    rows = {s.labels["root"]: s.labels["name"] for s in asked.panel(uid, panel, "cut")["A"]}
    assert rows == {"agg-1": "Serat cabang 1", "acc-001": "Dinas 001"}
    uid, panel = PANELS[IDS.index("tree-12")]
    titles = {s.labels["id"]: s.labels["title"] for s in asked.panel(uid, panel, "cut")["A"]}
    assert (titles["core"], titles["isp-utama"]) == ("Router inti", "Serat ISP utama")
    ill = {s.labels["id"]: s.labels for s in asked.panel(uid, panel, "ill")["A"]}
    assert (ill["agg-1"]["mainstat"], ill["agg-1"]["secondarystat"]) == ("97 %", "hilang 30 %")


def test_without_the_watch_a_line_is_called_by_its_office_and_a_trunk_by_its_key(asked: Asked) -> None:
    lines = asked.ask(link_named("max by (link) (lebarpita_link_up)"), BY_NAME["dead:watch"])
    names = {s.labels["link"]: s.labels["name"] for s in lines}
    assert names["agg-1"] == "agg-1" and names["acc-001"] == "Dinas 001"


@pytest.mark.parametrize(
    ("scene", "alert", "where", "board"),
    [
        ("cut", "LebarpitaOutage", "Serat cabang 1", ("link", "agg-1")),
        ("ill", "LebarpitaLinkErrors", "Dinas 001", ("link", "acc-001")),
        ("ill", "LebarpitaDeviceHot", "Router inti", ("stack", "core")),
        ("ill", "LebarpitaOpdNearAllocation", "Dinas 001", ("opd", "opd-001")),
        ("ill", "LebarpitaJobStale", "", ("stack", "")),
    ],
)
def test_an_alert_says_where_it_is_and_leads_there(
    asked: Asked, scene: str, alert: str, where: str, board: tuple[str, str]
) -> None:
    uid, panel = PANELS[IDS.index("stack-9")]
    rows = [s.labels for s in asked.panel(uid, panel, scene)["A"] if s.labels["alertname"] == alert]
    row = min(rows, key=lambda labels: labels.get("link", ""))
    assert row.get("name", "") == where
    assert (row["board"], row.get("code", "")) == board


def test_of_an_office_that_was_hardly_measured_no_p95_is_shown(asked: Asked) -> None:
    names = {}
    for panel_id in ("capacity-6", "capacity-7"):
        uid, panel = PANELS[IDS.index(panel_id)]
        names[panel_id] = {s.labels["name"] for s in asked.panel(uid, panel, "ill")["A"]}
    # A fifth of the third office's month was measured; its own board says so in words.
    assert "Dinas 002" in names["capacity-7"] and "Dinas 003" not in names["capacity-6"] | names["capacity-7"]
    for panel_id in ("opd-3", "opd-4"):
        uid, panel = PANELS[IDS.index(panel_id)]
        query = panel["targets"][0]["expr"]
        assert asked.ask(query.replace("$opd", "opd-002"), BY_NAME["ill"])
        assert not asked.ask(query.replace("$opd", "opd-003"), BY_NAME["ill"])


def test_a_list_says_so_while_the_watch_is_silent(asked: Asked) -> None:
    uid, panel = PANELS[IDS.index("outages-5")]
    (row,) = asked.panel(uid, panel, "dead:watch")["A"]
    assert row.labels["name"] == "pemantau diam"


def test_the_recorded_series_of_the_scenes_are_what_the_rules_make_of_the_others(asked: Asked) -> None:
    """Else a board could be right of a scene and wrong of a city; what looks back further than a scene is left out."""
    scene, of_days = BY_NAME["well"], re.compile(":p95|_30d|disk:full:days|:bytes_per_day")
    given = {(s.name, s.labels_of_a_set): s.value for s in scene.series if ":" in s.name and not of_days.search(s.name)}
    names = {name for name, _ in given}
    made: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    for rule in recorded():
        if rule["record"] in names:
            for sample in asked.ask(str(rule["expr"]), scene):
                labels = {k: v for k, v in sample.labels.items() if k != "__name__"} | rule.get("labels", {})
                made[str(rule["record"]), frozenset(labels.items())] = sample.value
    assert made == pytest.approx(given, rel=0.01, abs=1e-6)
