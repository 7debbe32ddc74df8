"""Pages of the exporter in, what the shipped rules make of them out: coverage of the uplink and its suspicions.

What the counters grew in a played day becomes a straight line, so much in each quarter of an hour (the rules' window),
on which promtool runs the shipped rules: the expressions and windows are those of an office. Starts no server.
"""

import json
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from alert_rules import rule_files

Counters = dict[str, float]
"""Series as text (``name{label="value"}``) and what it counted."""
WINDOW_MINUTES, UNTIL_MINUTES = 15, 60
WANTED = re.compile(
    r"lebarpita_(opd_uplink_info|(opd|link)_(receive|transmit)_bytes_total"
    r"|flow_(lost_records|records|socket_drops|datagrams|unassigned_bytes|bytes)_total)"
)
RULES = ("uplink", "measuring")
RATIO = "uplink:flow_coverage:ratio"
FIRING = 'ALERTS{alertname="LebarpitaFlowCoverage",alertstate="firing"}'


@dataclass(frozen=True)
class Judged:
    """Coverage of the uplink and the suspicion that fires, both by direction."""

    coverage: dict[str, float]
    suspicion: dict[str, str]


def counters(page: str, **labels: str) -> Counters:
    """What the rules need of a page, each series with the labels that a scrape would add."""
    return {
        _text(sample.name, sample.labels | labels): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if WANTED.fullmatch(sample.name)
    }


def grown(after: Counters, before: Counters) -> Counters:
    """How much each series grew, a fall being a reset as it is to Prometheus; one that always says 1 stays."""
    earlier = {
        name: 0.0 if "_info" in name or before.get(name, 0) > value else before.get(name, 0)
        for name, value in after.items()
    }
    return {name: value - earlier[name] for name, value in after.items()}


def told_by_several(*growths: Counters, **labels: str) -> Counters:
    """What several collectors counted, with labels that their scrape would add."""
    more = "".join(f",{label}={json.dumps(value)}" for label, value in labels.items())
    return {f"{name[:-1]}{more}}}": value for growth in growths for name, value in growth.items()}


def judged(folder: Path, growth: Counters) -> Judged:
    """What the shipped rules say of counters that grew by so much."""
    found = list(_asked(folder, growth, f"{RATIO} or {FIRING}"))
    ratios = {labels["direction"]: value for labels, value in found if labels["__name__"] == RATIO}
    named = {labels["direction"]: labels["suspicion"] for labels, _ in found if labels["__name__"] == "ALERTS"}
    return Judged(ratios, named)


def _asked(folder: Path, growth: Counters, expression: str) -> Iterable[tuple[dict[str, str], float]]:
    """The result of an expression: promtool is told to expect nothing, so what it complains of is what it got."""
    steps = {name: value * ("_info" not in name) / WINDOW_MINUTES for name, value in growth.items()}
    values = {name: f"{int('_info' in name)}+{step!r}x{UNTIL_MINUTES}" for name, step in steps.items()}
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": value} for name, value in values.items()],
        "promql_expr_test": [{"expr": expression, "eval_time": f"{UNTIL_MINUTES}m", "exp_samples": []}],
    }
    files = [str(file) for file in rule_files() if file.stem in RULES]
    suite = {"rule_files": files, "evaluation_interval": "5m", "tests": [test]}
    (folder / "asked.yml").write_text(json.dumps(suite))
    command = ["promtool", "test", "rules", str(folder / "asked.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    _, got, samples = (done.stdout + done.stderr).partition("got:")
    assert got, f"promtool names no sample: {done.stdout}{done.stderr}"
    found = re.findall(r"\{([^}]*)\} ([-+.\deE]+)", samples)
    return [(dict(re.findall(r'(\w+)="([^"]*)"', labels)), float(value)) for labels, value in found]


def _text(name: str, labels: dict[str, str]) -> str:
    return name + "{" + ",".join(f"{label}={json.dumps(value)}" for label, value in sorted(labels.items())) + "}"
