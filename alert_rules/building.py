"""Builds what an office's Prometheus and Alertmanager run: the shipped files and the office's settings in, files out.

One way for Compose, the lab and systemd: the same rules, routes and addresses, with the office's links, thresholds,
zone and channels. No link that leads nowhere gets through, so none reaches a telephone. Never talks to a server.
"""

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from alert_rules import DASHBOARDS_PLACE, ROOM, RUNBOOKS_PLACE, AlertsError, rule_files
from alert_rules.durations import with_durations
from alert_rules.names import with_names
from alert_rules.office import OfficeAlerts, zone_of
from alert_rules.routes import alertmanager
from alert_rules.thresholds import with_thresholds
from runtime.files import write_whole

PROMETHEUS, ALERTMANAGER, RULE_FOLDER, VMALERT = "prometheus.yml", "alertmanager.yml", "rules", "vmalert-notifier.yml"
# Prometheus and Alertmanager run as users of their own; no secret stands in what is built.
READABLE_BY_ALL = 0o644
_HEAD = "# Built by python -m alert_rules for this office; change alerts.yaml and build again.\n"
_BOARD_LINE = rf"(?m)^ *dashboard_url: {re.escape(DASHBOARDS_PLACE)}.*\n"
_JOB = re.compile(r"  - job_name: .*\n(?:    .*\n)+\n?")
# The shipped text of the second way's state, and what takes its place where there is one (rules/office.yml).
_SECOND_WAY, _THERE = "expr: vector(0)", "expr: vector(1)"


def build(office: OfficeAlerts, directory: Path) -> tuple[Path, ...]:
    """Write the office's files into ``directory``; returns them. Raises AlertsError, OSError."""
    texts = built(office)
    (directory / RULE_FOLDER).mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        write_whole(directory / name, text.encode())
        (directory / name).chmod(READABLE_BY_ALL)
    return tuple(directory / name for name in texts)


def built(office: OfficeAlerts) -> dict[str, str]:
    """File name to text. Raises AlertsError where a link would lead nowhere."""
    texts = {f"{RULE_FOLDER}/{path.name}": rules(office, path.read_text(encoding="utf-8")) for path in rule_files()}
    texts[PROMETHEUS] = _adapted(office, (ROOM / PROMETHEUS).read_text(encoding="utf-8"))
    shipped = YAML(typ="safe").load(_adapted(office, (ROOM / ALERTMANAGER).read_text(encoding="utf-8")))
    texts[ALERTMANAGER] = _yaml(alertmanager(shipped, office, zone_of(office)))
    texts[VMALERT] = _yaml(_notifier(texts[PROMETHEUS]))
    for name, text in texts.items():
        if ".invalid" in text:
            raise AlertsError(f"{name}: an address of .invalid is left, which leads nowhere; fill it in")
    return {name: _HEAD + text for name, text in texts.items()}


def rules(office: OfficeAlerts, text: str) -> str:
    """A rule file's text with the office's links and thresholds, in people's words.

    Without Grafana no link to a board is left.
    """
    text = text.replace(RUNBOOKS_PLACE, f"{office.tracker}/runbooks")
    text = text.replace(DASHBOARDS_PLACE, office.grafana) if office.grafana else re.sub(_BOARD_LINE, "", text)
    if office.second_way.configured:
        text = text.replace(_SECOND_WAY, _THERE)
    return in_words(with_thresholds(text, office.thresholds))


def in_words(text: str) -> str:
    """A rule file's text as people read it: names instead of keys, lengths of time in words."""
    return with_durations(with_names(text))


def _adapted(office: OfficeAlerts, text: str) -> str:
    """The parts' addresses and the secrets' files as this office has them."""
    for part, address in office.addresses.items():
        text = _without(part, text) if address is None else re.sub(rf"\b{part}:\d+", address, text)
    for name in ("webhook", "metrics"):
        # In quotes: a path may hold what means something to YAML.
        text = text.replace(f"/run/secrets/{name}", json.dumps(str(getattr(office.secrets, name))))
    return text


def _without(part: str, text: str) -> str:
    """Without the job that reads that part."""
    return _JOB.sub(lambda job: "" if f'"{part}:' in job[0] else job[0], text)


def _notifier(prometheus: str) -> dict[str, Any]:
    """vmalert's own file of whom it tells: Prometheus' Alertmanagers, and away with what vmalert adds.

    It labels every alert with its group. The watch does not, and Alertmanager would take an outage for two.
    """
    alerting: Mapping[str, Any] = YAML(typ="safe").load(prometheus)["alerting"]
    dropped = [{**rule, "regex": f"{rule['regex']}|alertgroup"} for rule in alerting["alert_relabel_configs"]]
    return {"alert_relabel_configs": dropped, "static_configs": alerting["alertmanagers"][0]["static_configs"]}


def _yaml(content: Mapping[str, Any]) -> str:
    out = io.StringIO()
    yaml = YAML(typ="safe")
    # Routes are tried in their order, and a person reads them in it.
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # its usual value is None
    yaml.width = 4096  # No line is broken: a folded message would read otherwise than it was written.
    yaml.dump(content, out)
    return out.getvalue()
