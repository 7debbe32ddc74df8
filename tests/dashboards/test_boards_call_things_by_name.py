"""No board shows a code where people have a name: lines, devices, offices, alerts, parts and reasons."""

import re

import pytest
from ruamel.yaml import YAML

from alert_rules import rule_files
from dashboards.alert_titles import TITLES, both
from dashboards.building import committed
from dashboards.code_words import ASIDE_REASONS, HTTP_REASONS, PARTS, SNMP_REASONS
from dashboards.panels import Json
from exporter.snmp.engines.failure import Reason
from request_tracker.server.tally import CLOSED_FOR, REFUSED_FOR

PANELS = [(board["uid"], panel) for board in committed() for panel in board["panels"]]
IDS = [f"{uid.removeprefix('lebarpita-')}-{panel['id']}" for uid, panel in PANELS]
# Labels that hold the key of something that has a name.
CODES = {"link", "device", "opd", "root", "exporter", "parent", "branch"}
# Labels whose codes have words; a legend of theirs must have been put into words.
WORDED = {"part", "job", "reason", "result"}


def hidden(panel: Json) -> set[str]:
    return {
        override["matcher"]["options"]
        for override in panel["fieldConfig"]["overrides"]
        if {"id": "custom.hidden", "value": True} in override["properties"]
    }


@pytest.mark.parametrize(("uid", "panel"), PANELS, ids=IDS)
def test_no_legend_is_a_key(uid: str, panel: Json) -> None:
    for target in panel["targets"]:
        shown = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
        assert not shown & CODES, target["legendFormat"]


@pytest.mark.parametrize(("uid", "panel"), PANELS, ids=IDS)
def test_no_column_is_a_key(uid: str, panel: Json) -> None:
    if panel["type"] == "table":
        (order,) = (step["options"] for step in panel["transformations"] if step["id"] == "organize")
        shown = set(order["indexByName"]) - hidden(panel)
        assert not shown & CODES


@pytest.mark.parametrize(("uid", "panel"), PANELS, ids=IDS)
def test_a_key_that_is_in_a_table_is_in_its_list_of_columns(uid: str, panel: Json) -> None:
    """Else Grafana would show it under its own name: a figure brings all its labels."""
    if panel["type"] == "table":
        (order,) = (step["options"] for step in panel["transformations"] if step["id"] == "organize")
        for target in panel["targets"]:
            outermost = re.findall(r"group_left \(([a-z, ]*)\)", target["expr"])
            brought = {label.strip() for labels in outermost for label in labels.split(",")} - {""}
            assert brought <= set(order["indexByName"]), target["expr"]


def test_the_lists_at_the_top_of_a_board_show_names_and_carry_codes() -> None:
    variables = {v["name"]: v for b in committed() for v in b["templating"]["list"] if v["type"] == "query"}
    assert set(variables) == {"opd", "link"}
    for name, variable in variables.items():
        pattern = re.compile(variable["regex"].strip("/").removesuffix("/g").replace("?<", "?P<"))
        row = f'{{{name}="kode-1",name="Nama orang"}} 1'
        found = [match.groupdict() for match in pattern.finditer(row)]
        assert [m["text"] for m in found if m["text"]] == ["Nama orang"]
        assert [m["value"] for m in found if m["value"]] == ["kode-1"]


def test_every_alert_has_a_title_in_both_languages_and_no_title_is_left_over() -> None:
    names = {
        rule["alert"]
        for path in rule_files()
        for group in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }
    assert names == set(TITLES)
    assert all(indonesian and english and indonesian != english for indonesian, english in TITLES.values())
    assert len({both(name) for name in names}) == len(names)


def test_an_alert_of_the_office_s_own_keeps_its_name() -> None:
    assert both("AlertKotaSendiri") == "AlertKotaSendiri"


def test_every_reason_of_exporter_and_tracker_has_words() -> None:
    assert set(SNMP_REASONS) == {reason.value for reason in Reason}
    assert set(HTTP_REASONS) == {*CLOSED_FOR, *REFUSED_FOR}
    assert {"internal", "not_uplink", "egress_copy"} == set(ASIDE_REASONS)
    assert {"snmp", "watch", "flows", "tracker", "shaper"} <= set(PARTS)


@pytest.mark.parametrize(("uid", "panel"), PANELS, ids=IDS)
def test_an_alert_leads_to_its_runbook_by_its_name_and_not_by_its_title(uid: str, panel: Json) -> None:
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"]["options"] == "Peringatan":
            links = [setting["value"] for setting in override["properties"] if setting["id"] == "links"]
            assert links == [[{"title": "Buka runbook", "url": "${tracker}/runbooks/${__value.raw}"}]]
