"""The stack's configuration files, for addresses inside the lab. Pure: text in, text out.

Prometheus and Alertmanager read what ``alert_rules`` builds for an office, with a quicker clock, so the demo runs what
an office installs.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from alert_rules.office import OfficeAlerts
from inventory.model import City
from lab import LabError
from lab.city import FLOW_PORT
from lab.options import Options
from lab.plan import LabPlan

PROMETHEUS, ALERTMANAGER = "127.0.0.1:9090", "127.0.0.1:9093"
# Ports inside the lab's own namespaces; what a person opens is in options.PORTS.
SNMP, WATCH, FLOWS, TRACKER_PORT, SHAPING_PORT, INBOX = 9810, 9811, 9812, 9820, 9830, 9840
# The stories break the same line again and again: each is another outage, unless the last one has not rested yet.
AGAIN_SECONDS = 0
# The secret between the collector and the tracker's page of hosts.
TOP_TOKEN = "top-token"
SCRAPE, SCRAPE_TIMEOUT = "5s", "4s"
# How often the watch's page is read and the rules are judged: each outage waits for both before Prometheus ends it.
QUICK = "1s"

CHANNELS = ("telegram", "email")


def channel(name: str) -> str:
    """Where a channel of the tracker sends: the lab's inbox, which stands for the real one."""
    return f"json://127.0.0.1:{INBOX}/{name}/{{to}}"


def exporter(options: Options, plan: LabPlan, state: Path, secrets: Path, community: str | None) -> dict[str, Any]:
    """exporter.yaml for the three parts."""
    traps = {"traps": f"{plan.noc_address}:162", "trap_community": community} if community else {}
    return {
        "inventory": options.city,
        "state": str(state),
        "snmp": {"listen": f"127.0.0.1:{SNMP}"},
        "watch": {
            "listen": f"127.0.0.1:{WATCH}",
            "alertmanager": [f"http://{ALERTMANAGER}"],
            "runbooks": f"http://127.0.0.1:{options.ports['tracker']}/runbooks",
            "again_within_seconds": AGAIN_SECONDS,
            **traps,
        },
        "flows": {
            "listen": f"127.0.0.1:{FLOWS}",
            "datagrams": [datagrams(plan)],
            # On from the start: who uses the lines is what visitors ask first.
            "history": {"folder": str(state / "history"), "token": f"file:{secrets / TOP_TOKEN}"},
        },
    }


def datagrams(plan: LabPlan) -> str:
    """Where the exporters of the lab send their flows."""
    return f"{plan.noc_address}:{FLOW_PORT}"


def tracker(options: Options, state: Path, secrets: Path, city: City) -> dict[str, Any]:
    """tracker.yaml; its channels end in the lab's inbox."""
    until, zone = options.made_up_until, ZoneInfo(city.city.timezone)
    # In the office's own clock: letters print it as it stands.
    made_up = {"made_up_before": datetime.fromtimestamp(until, zone).isoformat()} if until is not None else {}
    return {
        "inventory": options.city,
        "database": str(state / "tracker.db"),
        "files": str(state / "files"),
        "listen": f"0.0.0.0:{TRACKER_PORT}",
        "public_url": f"http://127.0.0.1:{options.ports['tracker']}",
        "office": {"name": f"Dinas Komunikasi dan Informatika {city.city.name}", "city": city.city.name, **made_up},
        "prometheus": f"http://{PROMETHEUS}",
        "alertmanager": f"http://{ALERTMANAGER}",
        "watch": f"http://127.0.0.1:{WATCH}",
        "webhook_secret": f"file:{secrets / 'webhook'}",
        "flows": {"url": f"http://127.0.0.1:{FLOWS}", "token": f"file:{secrets / TOP_TOKEN}"},
        "secret_key": f"file:{secrets / 'secret-key'}",
        "channels": {name: f"file:{secrets / f'channel-{name}'}" for name in CHANNELS},
        # The lab's port opens on this machine's loopback alone and its traffic is invented: the wall is everybody's.
        "live_traffic_from": ["0.0.0.0/0"],
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


def alerts(options: Options, shaper: str, secrets: Path) -> OfficeAlerts:
    """What the lab's office says of its alerts: its links and addresses; no channel, for the lab has no mail server."""
    here = {"exporter": SNMP, "watch": WATCH, "flows": FLOWS, "tracker": TRACKER_PORT}
    addresses = {part: f"127.0.0.1:{port}" for part, port in here.items()}
    said = {
        "tracker": f"http://127.0.0.1:{options.ports['tracker']}",
        "inventory": options.city,
        "addresses": {
            **addresses,
            "shaper": f"{shaper}:{SHAPING_PORT}",
            "prometheus": PROMETHEUS,
            "alertmanager": ALERTMANAGER,
        },
        "secrets": {"webhook": str(secrets / "webhook"), "metrics": str(secrets / "metrics-token")},
    }
    return OfficeAlerts.model_validate(said)


def prometheus(built: str) -> str:
    """The office's prometheus.yml with a quicker clock: the watch and the rules every second, the rest every five."""
    text, watch, rest = built.partition("job_name: lebarpita-watch")
    text = re.sub(r"(scrape_interval|refresh_interval): \d+s", rf"\1: {SCRAPE}", text)
    text = re.sub(r"scrape_timeout: \d+s", f"scrape_timeout: {SCRAPE_TIMEOUT}", text)
    text = _replaced(text, "evaluation_interval: 15s", f"evaluation_interval: {QUICK}")
    rest = re.sub(r"(scrape_interval|scrape_timeout): \d+s", rf"\1: {QUICK}", rest)
    return text + watch + rest


def _replaced(text: str, old: str, new: str) -> str:
    if old not in text:
        raise LabError(f"the shipped configuration of alert_rules/ holds no {old!r}; the lab cannot adapt it")
    return text.replace(old, new)
