"""What Prometheus and Alertmanager know, for the checks: their APIs in, plain facts out. Asks, changes nothing."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML

import alert_rules
from operations.doctor import machine
from operations.doctor.deliveries import Delivery, undelivered
from operations.install.services import FLOWS, SHAPING, SNMP, TRACKER, WATCH, InstalledPart
from runtime.bounded_http import Answer

# Prometheus' jobs of our parts (alert_rules/prometheus.yml).
JOBS: Mapping[InstalledPart, str] = {
    SNMP: "lebarpita-exporter",
    WATCH: "lebarpita-watch",
    FLOWS: "lebarpita-flows",
    TRACKER: "lebarpita-tracker",
    SHAPING: "lebarpita-shaping",
}
# Alertmanager's counters of attempts to deliver, one more for each: those of whole messages count one as sent before it
# is, for the minute in which it is tried.
_REQUESTS, _WAY = "alertmanager_notification_requests", "integration"
# A way that had nothing to send lately is judged by its hour; a scrape of Alertmanager (alert_rules/prometheus.yml)
# is a moment of it.
_HOUR, _STEP = 3600.0, "15s"


@dataclass(frozen=True)
class MonitoringApi:
    """The addresses; None where this machine's settings name none."""

    prometheus: str | None
    alertmanager: str | None

    @property
    def api(self) -> str | None:
        """Prometheus' own API."""
        return self.prometheus and f"{self.prometheus.rstrip('/')}/api/v1"

    def data(self, path: str, **parameters: str) -> Any:
        """The ``data`` of one question to Prometheus; None where there is no answer."""
        return machine.data(f"{self.api}/{path}", parameters) if self.api else None

    def bases(self) -> dict[InstalledPart, str]:
        """Where Prometheus reads each of our parts: scheme, host and port."""
        targets = self.data("targets", state="active")
        rows = targets.get("activeTargets", ()) if isinstance(targets, Mapping) else ()
        urls = {str(row.get("scrapePool", "")): urlsplit(str(row.get("scrapeUrl", ""))) for row in rows}
        return {part: f"{urls[job].scheme}://{urls[job].netloc}" for part, job in JOBS.items() if job in urls}

    def values(self, expression: str, label: str = "__name__") -> dict[str, float]:
        """The answer of an expression by one label; empty where Prometheus does not answer or has nothing."""
        answer = self.data("query", query=expression)
        rows = answer.get("result", ()) if isinstance(answer, Mapping) else ()
        values = ((str(row["metric"].get(label, "")), float(row["value"][1])) for row in rows)
        # NaN is unequal to itself; nobody can be told a figure that is none.
        return {name: value for name, value in values if value == value}

    def value(self, expression: str) -> float | None:
        """The one value of an expression; None where there is none."""
        return next(iter(self.values(expression).values()), None)

    def earlier(self, name: str, label: str, window: str) -> dict[str, float]:
        """A counter as it stood before the window, by one label: what came since is now less this."""
        return self.values(f"sum by ({label}) ({name} offset {window})", label)

    def failed(self) -> dict[str, float] | None:
        """Messages that Alertmanager could not deliver, by its way; None where it does not answer.

        Of the last hour, as Prometheus kept them, and of now: a way that delivered since is well.
        """
        page = machine.answer(f"{self.alertmanager.rstrip('/')}/metrics") if self.alertmanager else None
        if page is None:
            return None
        now = time.time()
        tried, failed = (self._course(page, f"{_REQUESTS}_{kind}", now) for kind in ("total", "failed_total"))
        return {way: undelivered(_deliveries(tried.get(way, {}), failed[way]), now) for way in failed}

    def _course(self, page: Answer, name: str, now: float) -> dict[str, dict[float, float]]:
        """A counter by its way: what it was at each moment of the last hour, and is on the page."""
        newest, past = machine.by_label(page, name, _WAY), self.past(f"sum by ({_WAY}) ({name})", _WAY, now)
        return {way: past.get(way, {}) | {now: value} for way, value in newest.items()}

    def past(self, expression: str, label: str, now: float) -> dict[str, dict[float, float]]:
        """The values of an expression over the last hour by one label; empty where Prometheus does not answer."""
        span = {"start": f"{now - _HOUR:.3f}", "end": f"{now:.3f}", "step": _STEP}
        answer = self.data("query_range", query=expression, **span)
        rows = answer.get("result", ()) if isinstance(answer, Mapping) else ()
        return {str(row["metric"].get(label, "")): {at: float(value) for at, value in row["values"]} for row in rows}


def _deliveries(tried: Mapping[float, float], failed: Mapping[float, float]) -> list[Delivery]:
    return [Delivery(at, tried.get(at, 0.0), failed[at]) for at in sorted(failed)]


def since(now: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    """What each counter has grown by; all of it where it was started anew meanwhile, or nobody knows how it stood.

    A counter alone would be red until its part is restarted, for a fault that was cured last month.
    """
    return {name: value - before[name] if 0 <= before.get(name, -1) <= value else value for name, value in now.items()}


def scrape_health(targets: object) -> dict[str, str] | None:
    """The error of each job by Prometheus' list of targets, "" where all are up; None where there is no list."""
    if not isinstance(targets, Mapping):
        return None
    health: dict[str, str] = {}
    for target in targets.get("activeTargets", ()):
        job, error = str(target.get("scrapePool", "")), str(target.get("lastError", ""))
        health[job] = health.get(job, "") or (error if target.get("health") == "down" else "")
    return health


def rule_health(groups: object) -> dict[str, str] | None:
    """The error of each rule, "" where it is well; None where there is no list."""
    if not isinstance(groups, Mapping):
        return None
    rules = [rule for group in groups.get("groups", ()) for rule in group.get("rules", ())]
    return {str(rule.get("name")): str(rule.get("lastError") or "") for rule in rules}


def active_alertmanagers(answer: object) -> list[str] | None:
    """Whom Prometheus tells; None where it does not say."""
    if not isinstance(answer, Mapping):
        return None
    return [str(place.get("url")) for place in answer.get("activeAlertmanagers", ())]


def wanted_jobs(shaping: bool) -> set[str]:
    """The jobs that the shipped prometheus.yml has; the agent's only where an uplink is shaped."""
    shipped = Path(alert_rules.__file__).parent / "prometheus.yml"
    jobs = {str(job["job_name"]) for job in YAML(typ="safe").load(shipped.read_text("utf-8"))["scrape_configs"]}
    return jobs if shaping else jobs - {JOBS[SHAPING]}


def wanted_rules() -> set[str]:
    """The names of every rule that is shipped."""
    files = (YAML(typ="safe").load(path.read_text("utf-8")) for path in alert_rules.rule_files())
    rules = [rule for file in files for group in file["groups"] for rule in group["rules"]]
    return {str(rule.get("alert") or rule.get("record")) for rule in rules}
