"""The rule and configuration files: accepted by promtool and amtool, complete, with one identity for an outage."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tree import ROOT

from alert_rules import DASHBOARDS_PLACE, ROOM, RUNBOOKS_PLACE, install, rule_files
from alert_rules.__main__ import main


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


RULES = [rule for path in rule_files() for group in read(path)["groups"] for rule in group["rules"]]
ALERTS = [rule for rule in RULES if "alert" in rule]
NAMES = [f"{rule['alert']}-{rule['labels'].get('role', '')}" for rule in ALERTS]


def run(*command: str | Path) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_accepts_the_rules() -> None:
    run("promtool", "check", "rules", *rule_files())


def test_promtool_accepts_the_configuration_and_finds_its_rules() -> None:
    run("promtool", "check", "config", ROOM / "prometheus.yml")


def test_amtool_accepts_the_routes() -> None:
    run("amtool", "check-config", ROOM / "alertmanager.yml")


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (["alertname=LebarpitaOutage", "severity=critical"], "tracker-now"),
        (["alertname=LebarpitaWatchSilent", "severity=critical"], "tracker-now"),
        (["alertname=LebarpitaFlowLoss", "severity=warning"], "tracker"),
        (["alertname=LebarpitaOpdReclaimable", "severity=info"], "tracker"),
        (["alertname=LebarpitaWatchdog", "severity=info"], "tracker"),
    ],
)
def test_an_alert_goes_where_its_severity_says(labels: list[str], receiver: str) -> None:
    command = ["amtool", "config", "routes", "test", f"--config.file={ROOM / 'alertmanager.yml'}"]
    run(*command, f"--verify.receivers={receiver}", *labels)


@pytest.mark.parametrize("rule", ALERTS, ids=NAMES)
def test_an_alert_is_complete(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert {"summary", "description", "runbook_url", "dashboard_url"} <= set(rule["annotations"])
    assert "sop" in rule["labels"] or "sop" in rule["expr"] or "case_step" in rule["expr"]


@pytest.mark.parametrize("rule", ALERTS, ids=NAMES)
def test_an_alert_has_a_runbook_page(rule: dict[str, Any]) -> None:
    address = rule["annotations"]["runbook_url"]
    assert address == f"{RUNBOOKS_PLACE}/{rule['alert']}"
    page = ROOT / "docs" / "runbooks" / f"{rule['alert']}.md"
    assert page.read_text(encoding="utf-8").startswith(f"# {rule['alert']}\n")


@pytest.mark.parametrize("rule", ALERTS, ids=NAMES)
def test_an_alert_links_to_a_board_that_exists(rule: dict[str, Any]) -> None:
    uid = re.match(rf"{re.escape(DASHBOARDS_PLACE)}/d/([a-z-]+)", rule["annotations"]["dashboard_url"])
    assert uid
    assert (ROOT / "dashboards" / "boards" / f"{uid[1]}.json").is_file()


def test_no_runbook_is_left_of_an_alert_that_is_gone() -> None:
    pages = {page.stem for page in (ROOT / "docs" / "runbooks").glob("Lebarpita*.md")}
    assert pages == {rule["alert"] for rule in ALERTS}


def test_the_outage_carries_exactly_the_labels_of_the_contract() -> None:
    (rule,) = (rule for rule in ALERTS if rule["alert"] == "LebarpitaOutage")
    assert rule["labels"] == {"severity": "critical", "sop": "PKL-G-01"}
    assert rule["expr"] == "max by (root, kind) (lebarpita_outage) == 1"


def test_nothing_is_added_to_an_alert_on_its_way() -> None:
    config = read(ROOM / "prometheus.yml")
    assert "external_labels" not in config["global"]
    assert {"action": "labeldrop", "regex": "instance|job"} in config["alerting"]["alert_relabel_configs"]


def test_installing_fills_in_the_office_s_own_addresses(tmp_path: Path) -> None:
    assert main([str(tmp_path), "--runbooks", "https://buku.example/r/", "--dashboards", "https://g.example"]) == 0
    text = "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.yml"))
    assert "https://buku.example/r/LebarpitaOutage" in text
    assert "lebarpita.invalid" not in text
    run("promtool", "check", "rules", *tmp_path.glob("*.yml"))


def test_installing_changes_nothing_else(tmp_path: Path) -> None:
    copies = install(tmp_path)
    assert [copy.read_bytes() for copy in copies] == [path.read_bytes() for path in rule_files()]
