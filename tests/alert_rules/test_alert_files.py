"""The rule and configuration files: accepted by promtool and amtool, complete, with one identity for an outage."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tree import ROOT

from alert_rules import DASHBOARDS_PLACE, ROOM, RUNBOOKS_PLACE, rule_files
from dashboards.alert_titles import TITLES


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


def test_promtool_accepts_the_configuration_and_finds_its_rules(tmp_path: Path) -> None:
    """promtool wants to see the token's file, which an office makes: here it stands beside a copy."""
    token, text = tmp_path / "token", (ROOM / "prometheus.yml").read_text(encoding="utf-8")
    token.write_text("x" * 40)
    assert "/run/secrets/metrics" in text and "rules/*.yml" in text
    text = text.replace("/run/secrets/metrics", str(token)).replace("rules/*.yml", str(ROOM / "rules/*.yml"))
    (tmp_path / "prometheus.yml").write_text(text, encoding="utf-8")
    run("promtool", "check", "config", tmp_path / "prometheus.yml")


def test_amtool_accepts_the_routes() -> None:
    run("amtool", "check-config", ROOM / "alertmanager.yml")


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (["alertname=LebarpitaOutage", "severity=critical"], "tracker-now"),
        (["alertname=LebarpitaWatchSilent", "severity=critical"], "past-the-tracker,tracker-now"),
        (["alertname=LebarpitaOutageUncalled", "severity=critical", "root=agg"], "past-the-tracker,tracker-now"),
        (["alertname=LebarpitaPartDown", "severity=warning", "part=tracker"], "past-the-tracker,tracker"),
        (["alertname=LebarpitaJobStale", "severity=critical", "part=tracker"], "past-the-tracker,tracker-now"),
        (["alertname=LebarpitaPageNotDelivered", "severity=critical"], "past-the-tracker,tracker-now"),
        (["alertname=LebarpitaFlowLoss", "severity=warning"], "tracker"),
        (["alertname=LebarpitaOpdReclaimable", "severity=info"], "tracker"),
        (["alertname=LebarpitaWatchdog", "severity=info"], "past-the-tracker,tracker"),
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
def test_an_alert_has_a_runbook_page_titled_as_people_call_it_with_its_name_below(rule: dict[str, Any]) -> None:
    address = rule["annotations"]["runbook_url"]
    assert address == f"{RUNBOOKS_PLACE}/{rule['alert']}"
    name, page = rule["alert"], ROOT / "docs" / "runbooks" / f"{rule['alert']}.md"
    assert page.read_text(encoding="utf-8").startswith(f"# {TITLES[name][0]}\n\n`{name}`\n\n*")


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
    assert rule["expr"] == "max by (root, kind) (outage:last_known) == 1"
    (known,) = (rule["expr"] for rule in RULES if rule.get("record") == "outage:last_known")
    assert known.startswith("max by (root, kind) (lebarpita_outage) == 1\n")


def test_nothing_is_added_to_an_alert_on_its_way() -> None:
    config = read(ROOM / "prometheus.yml")
    assert "external_labels" not in config["global"]
    assert {"action": "labeldrop", "regex": "instance|job"} in config["alerting"]["alert_relabel_configs"]
