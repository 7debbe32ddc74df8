"""Every alert fires when it must and stays quiet when it must not: promtool runs the cases of cases/*.yml.

A case names the series, the moment and the alerts with their Indonesian text. Labels and links come from the rule.
"""

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from alert_rules import rule_files
from alert_rules.building import in_words

CASES = Path(__file__).parent / "cases"
Rule = dict[str, Any]
# What the parts of the cases' city export: label to metric, and each key's name. A key that is not here has none.
INFO = {"link": "link", "loss": "link", "root": "link", "device": "device", "opd": "opd"}
INFO |= {"exporter": "flow_exporter", "step": "sop_step"}
CITY = {
    "agg-timur": "Serat Timur",
    "agg-utara": "Serat Utara",
    "core-agg": "Cincin Inti",
    "isp-utama": "ISP Contoh",
    "agg": "Agregasi Balai Kota",
    "bukit": "Menara Bukit",
    "core": "Router Inti",
    "dist-utara": "Distribusi Utara",
    "olt": "OLT Balai Kota",
    "ups-balaikota": "UPS Balai Kota",
    "dinkes": "Dinas Kesehatan",
    "dinsos": "Dinas Sosial",
    "disdik": "Dinas Pendidikan",
    "rsud": "RSUD Contoh",
    "PKL-B-04": "Analisis kebutuhan",
    "192.0.2.1": "Router Inti (192.0.2.1)",
}
TEXTS = ("summary", "description", "cause")
"""What a case must say to the letter; a cause stands only in what becomes a ticket."""


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


@cache
def groups() -> list[dict[str, Any]]:
    texts = (in_words(path.read_text(encoding="utf-8")) for path in rule_files())
    return [group for text in texts for group in YAML(typ="safe").load(text)["groups"]]


@cache
def alerts() -> list[Rule]:
    return [rule for group in groups() for rule in group["rules"] if "alert" in rule]


def name_of(rule: Rule) -> str:
    return str(rule.get("record") or rule["alert"])


@cache
def needed(name: str) -> str:
    """A file of the rules of that name and of all whose figures or alerts they read, in their groups and order.

    promtool works out every rule of its files at every moment: with all of them a case took ten times as long.
    """
    reads = {name_of(rule): set[str]() for group in groups() for rule in group["rules"]}
    for rule in (rule for group in groups() for rule in group["rules"]):
        reads[name_of(rule)] |= set(re.findall(r"[a-zA-Z_:][a-zA-Z0-9_:]*", rule["expr"])) & reads.keys()
    whole, waiting = set[str](), [name]
    while waiting:
        whole.add(last := waiting.pop())
        waiting += reads[last] - whole
    kept = [{**group, "rules": [r for r in group["rules"] if name_of(r) in whole]} for group in groups()]
    return json.dumps({"groups": [group for group in kept if group["rules"]]})


@cache
def cases() -> dict[str, dict[str, Any]]:
    return {name: case for path in sorted(CASES.glob("*.yml")) for name, case in read(path).items()}


def expected(name: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """What promtool must see: the rule's labels and links, the case's own labels and text."""
    own = wanted.get("labels", {})
    fitting = [r for r in alerts() if r["alert"] == name and all(r["labels"].get(k, v) == v for k, v in own.items())]
    assert len(fitting) == 1, f"{name} {own}: {len(fitting)} rules fit"
    labels = {**fitting[0]["labels"], **own}
    links = {key: fitting[0]["annotations"][key] for key in ("runbook_url", "dashboard_url")}
    filled = {key: re.sub(r"{{ \$labels\.(\w+) }}", lambda m: str(labels[m[1]]), url) for key, url in links.items()}
    return {
        "exp_labels": labels,
        "exp_annotations": {**{key: wanted[key] for key in TEXTS if key in wanted}, **filled},
    }


def known_names(case: dict[str, Any]) -> dict[str, str]:
    """The series that name what the case's alerts are of, as the watch and the SNMP reader export them."""
    keys = {
        (INFO[label], label if label in ("exporter", "step") else INFO[label], str(key))
        for wanted in case.get("alerts", [])
        for label, key in wanted.get("labels", {}).items()
        if label in INFO and str(key) in CITY
    }
    return {f'lebarpita_{info}_info{{{label}="{key}",name="{CITY[key]}"}}': "1x2000" for info, label, key in keys}


def promtool(directory: Path, name: str, case: dict[str, Any], interval: str) -> subprocess.CompletedProcess[str]:
    series = {**known_names(case), **case["series"]}
    test = {
        "interval": case.get("interval", interval),
        "input_series": [{"series": key, "values": value} for key, value in series.items()],
        "alert_rule_test": [
            {
                "eval_time": case["at"],
                "alertname": name,
                "exp_alerts": [expected(name, wanted) for wanted in case.get("alerts", [])],
            }
        ],
    }
    file, rules = directory / "test.yml", directory / "rules.yml"
    rules.write_text(needed(name), encoding="utf-8")
    content = {
        "rule_files": [str(rules)],
        "evaluation_interval": case.get("evaluate", "15s"),
        "tests": [test],
    }
    file.write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML without YAML's surprises.
    return subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)


ALERTS = sorted({rule["alert"] for rule in alerts()})


@pytest.mark.parametrize("name", ALERTS)
@pytest.mark.parametrize("side", ["fires", "quiet"])
def test_an_alert_fires_and_stays_quiet_as_its_cases_say(tmp_path: Path, name: str, side: str) -> None:
    if (name, side) == ("LebarpitaWatchdog", "quiet"):
        return  # It has no quiet side: its silence is the news.
    found = [case for case in cases().get(name, {}).items() if case[0].startswith(side)]
    assert found, f"{name} has no case that {side}; write one in tests/alert_rules/cases"
    for label, case in found:
        assert bool(case.get("alerts")) is (side == "fires"), f"{name} {label}"
        done = promtool(tmp_path, name, case, "15s")
        assert done.returncode == 0, f"{name} {label}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("interval", ["5s", "15s"])
def test_the_outage_rule_holds_at_both_scrape_intervals(tmp_path: Path, interval: str) -> None:
    for label, case in cases()["LebarpitaOutage"].items():
        done = promtool(tmp_path, "LebarpitaOutage", {**case, "interval": interval}, interval)
        assert done.returncode == 0, f"{label} at {interval}\n{done.stdout}{done.stderr}"


def test_no_case_is_left_of_an_alert_that_is_gone() -> None:
    assert set(cases()) == set(ALERTS)


def test_no_length_of_time_is_written_so_that_days_are_read_as_seconds() -> None:
    """ "2d 2h" in an Indonesian sentence: "d" is *detik* there."""
    texts = [
        str(wanted.get(key, ""))
        for case in cases().values()
        for one in case.values()
        for wanted in one.get("alerts", [])
        for key in TEXTS
    ]
    assert any("2 hari 2 jam" in text for text in texts) and any("45 mnt" in text for text in texts)
    assert [text for text in texts if re.search(r"\b\d+[dhms]\b", text)] == []


def test_every_summary_says_a_number() -> None:
    """A telephone shows the summary alone: how much, how many or how long must stand in it. Names do not count."""
    said = [
        (name, wanted) for name, case in cases().items() for one in case.values() for wanted in one.get("alerts", [])
    ]
    for name, wanted in said:
        summary = str(wanted["summary"])
        for value in wanted.get("labels", {}).values():
            summary = summary.replace(str(value), "")
        assert re.search(r"\d", summary), f"{name}: {wanted['summary']}"
