"""What an alert says to people: names where a name is known, words instead of our own codes, and the key where not."""

import re
from typing import Any

import pytest
from test_alerts_promtool import CITY, INFO, alerts, cases
from tree import ROOT

from alert_rules.names import NAMES, WORDS
from alert_rules.words import JOBS, PARTS, ROLES
from dashboards import code_words
from request_tracker.cases.step_figures import STEP_INFO
from request_tracker.people import roles
from request_tracker.worker import DUTIES
from runtime.metrics import PREFIX

# What people call no otherwise than the label does, and why.
NO_OTHER_NAME = {
    "item": "a port or an ONU: what stands on the device itself",
    "sensor": "what the device calls its sensor",
    "host": "an address",
    "network": "an address",
    "port": "a number",
    "sop": "a clause of the SOP, as it stands on paper",
    "place": "a folder of a part",
    "rule_group": "a heading of the rule files",
}
_UNNAMED = re.compile(r"{{ else }}{{ \$labels\.\w+ }}{{ end }}")


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_no_alert_prints_a_key_where_a_name_is_known(rule: dict[str, Any]) -> None:
    for text in (rule["annotations"]["summary"], rule["annotations"]["description"]):
        keys = re.findall(r"{{ \$labels\.(\w+) }}", _UNNAMED.sub("", text))
        assert set(keys) <= NO_OTHER_NAME.keys(), f"{rule['alert']} prints {keys}; name it in alert_rules/names.py"


def test_no_message_of_a_case_holds_a_key_or_a_code_of_ours() -> None:
    codes = {label: dict(words) for label, words in WORDS.items()} | dict.fromkeys(INFO, CITY)
    for name, alert in ((n, a) for n, c in cases().items() for one in c.values() for a in one.get("alerts", [])):
        for label, key in alert.get("labels", {}).items():
            word = codes.get(label, {}).get(str(key), key)
            bare = re.search(rf"(?<![\w-]){re.escape(str(key))}(?![\w-])", alert.get("summary", ""))
            assert word == key or not bare or str(key) in word, f"{name}: {alert['summary']!r} says {key}, not {word}"


def test_every_code_has_its_word_where_it_comes_from() -> None:
    assert PARTS == code_words.PARTS and ROLES == roles.ROLES
    sources = [p.read_text(encoding="utf-8") for room in ("exporter", "shaping") for p in (ROOT / room).rglob("*.py")]
    jobs = {job for text in sources for job in re.findall(r'\bJob\("(\w+)"', text)} | {"sender"}
    assert len(jobs) > 15 and jobs | {duty.name for duty in DUTIES} == JOBS.keys()


def test_a_link_of_an_alert_keeps_the_key_that_its_page_needs() -> None:
    links = [rule["annotations"][key] for rule in alerts() for key in ("runbook_url", "dashboard_url")]
    assert any("var-link={{ $labels.link }}" in link for link in links)
    assert [link for link in links if "query" in link or "reReplaceAll" in link] == []


def test_the_names_that_are_looked_up_are_exported() -> None:
    catalogue = (ROOT / "exporter" / "names.py").read_text(encoding="utf-8")
    metrics = set(re.findall(r"lebarpita_(\w+)\{", " ".join(NAMES.values())))
    for metric in metrics - {"opd_info", STEP_INFO.name.removeprefix(PREFIX)}:
        assert f'f"{{PREFIX}}{metric}"' in catalogue
