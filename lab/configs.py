"""The stack's configuration files, for addresses inside the lab. Pure: text in, text out.

Prometheus and Alertmanager read the shipped files of ``alert_rules/`` with other addresses and a quicker clock, so the
demo runs what an office installs.
"""

import json
import re
from pathlib import Path
from typing import Any

from lab import LabError
from lab.city import FLOW_PORT
from lab.options import Options
from lab.plan import LabPlan

PROMETHEUS, ALERTMANAGER = "127.0.0.1:9090", "127.0.0.1:9093"
# Ports inside the lab's own namespaces; what a person opens is in options.PORTS.
SNMP, WATCH, FLOWS, TRACKER_PORT, SHAPING_PORT = 9810, 9811, 9812, 9820, 9830
SCRAPE, SCRAPE_TIMEOUT = "5s", "4s"
# How often the watch's page is read and the rules are judged: each outage waits for both before Prometheus ends it.
QUICK = "1s"


def exporter(options: Options, plan: LabPlan, state: Path, community: str | None) -> dict[str, Any]:
    """exporter.yaml for the three parts."""
    traps = {"traps": f"{plan.noc_address}:162", "trap_community": community} if community else {}
    return {
        "inventory": options.city,
        "state": str(state),
        "snmp": {"listen": f"127.0.0.1:{SNMP}"},
        "watch": {"listen": f"127.0.0.1:{WATCH}", "alertmanager": [f"http://{ALERTMANAGER}"], **traps},
        "flows": {"listen": f"127.0.0.1:{FLOWS}", "datagrams": [datagrams(plan)]},
    }


def datagrams(plan: LabPlan) -> str:
    """Where the exporters of the lab send their flows."""
    return f"{plan.noc_address}:{FLOW_PORT}"


def tracker(options: Options, state: Path, secrets: Path, office: str) -> dict[str, Any]:
    """tracker.yaml."""
    return {
        "inventory": options.city,
        "database": str(state / "tracker.db"),
        "files": str(state / "files"),
        "listen": f"0.0.0.0:{TRACKER_PORT}",
        "public_url": f"http://127.0.0.1:{options.ports['tracker']}",
        "office": {"name": f"Dinas Komunikasi dan Informatika {office}"},
        "prometheus": f"http://{PROMETHEUS}",
        "alertmanager": f"http://{ALERTMANAGER}",
        "watch": f"http://127.0.0.1:{WATCH}",
        "webhook_secret": f"file:{secrets / 'webhook'}",
        "secret_key": f"file:{secrets / 'secret-key'}",
    }


def shaping(options: Options, plan: LabPlan, uplink: str, state: Path, secrets: Path) -> dict[str, Any]:
    """shaping.yaml for the agent at an uplink's device."""
    return {
        "inventory": options.city,
        "uplink": uplink,
        "tracker": f"http://{plan.noc_address}:{TRACKER_PORT}",
        "token": f"file:{secrets / 'shaping-token'}",
        "state": str(state),
        "listen": f"0.0.0.0:{SHAPING_PORT}",
        "refresh_seconds": 2,
    }


def prometheus(shipped: str, rules: Path, shaper: str) -> str:
    """The shipped prometheus.yml with the lab's addresses: every second the watch and the rules, the rest every 5."""
    text, watch, rest = _addresses(shipped, shaper).partition("job_name: lebarpita-watch")
    text = re.sub(r"(scrape_interval|refresh_interval): \d+s", rf"\1: {SCRAPE}", text)
    text = re.sub(r"scrape_timeout: \d+s", f"scrape_timeout: {SCRAPE_TIMEOUT}", text)
    text = re.sub(r"evaluation_interval: \d+s", f"evaluation_interval: {QUICK}", text)
    rest = re.sub(r"(scrape_interval|scrape_timeout): \d+s", rf"\1: {QUICK}", rest)
    text += watch + rest
    return _replaced(text, "rules/*.yml", json.dumps(str(rules / "*.yml")))


def alertmanager(shipped: str, secret: Path) -> str:
    """The shipped alertmanager.yml with the lab's tracker and its secret, without mail: the lab has no server."""
    mail = re.search(r"    email_configs:\n.*?    # End of the mail\.\n", shipped, re.DOTALL)
    without = _replaced(shipped, mail[0] if mail else "    # End of the mail.", "")
    return _replaced(_addresses(without, ""), "/run/secrets/webhook", str(secret))


def _addresses(text: str, shaper: str) -> str:
    text = re.sub(r"\b(?:exporter|watch|flows|tracker|alertmanager|prometheus|localhost):(\d+)", r"127.0.0.1:\1", text)
    return re.sub(r"\bshaper:(\d+)", rf"{shaper}:\1", text)


def _replaced(text: str, old: str, new: str) -> str:
    if old not in text:
        raise LabError(f"the shipped configuration of alert_rules/ holds no {old!r}; the lab cannot adapt it")
    return text.replace(old, new)
