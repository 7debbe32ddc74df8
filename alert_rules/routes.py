"""Alertmanager's routes and receivers for an office: the shipped ones and its channels in, the whole file out. Pure.

The tracker calls people for outages by its roster; what is added here are ways past it. Warnings wait in the quiet
hours, critical alerts never do.
"""

import re
from collections.abc import Mapping
from typing import Any

from alert_rules import RULES
from alert_rules.office import AlertReceiver, Channel, Mail, OfficeAlerts, QuietHours, Telegram

SECOND_WAY = "past-the-tracker"
QUIET = "quiet-hours"
_SUBJECT = '[lebarpita] {{ if eq .Status "resolved" }}PULIH: {{ end }}{{ .CommonAnnotations.summary }}'
# Telegram takes 4,096 characters; summary and description of one alert are some hundred. The end says that it is one.
_MESSAGE = (
    '{{ if eq .Status "resolved" }}PULIH: {{ end }}{{ .CommonAnnotations.summary }}\n'
    "{{ .CommonAnnotations.description }}\n{{ .CommonAnnotations.runbook_url }}"
)


def alertmanager(shipped: Mapping[str, Any], office: OfficeAlerts, zone: str) -> dict[str, Any]:
    """The shipped configuration with the office's channels, receivers and quiet hours."""
    route, receivers = dict(shipped["route"]), list(shipped["receivers"])
    # First of all: a route further up without ``continue`` would keep the alert from them.
    route["routes"] = [
        *(r for people in office.receivers for r in _routes(people, office.quiet_hours)),
        *route["routes"],
    ]
    filled = [_with_ways(receiver, office.second_way) for receiver in receivers]
    filled += [{"name": _named(people), **_ways(people)} for people in office.receivers]
    whole = {**shipped, "route": route, "receivers": filled}
    if office.quiet_hours:
        whole["time_intervals"] = [{"name": QUIET, "time_intervals": [_interval(office.quiet_hours, zone)]}]
    return whole


def _routes(receiver: AlertReceiver, quiet: QuietHours | None) -> list[dict[str, Any]]:
    """One route for what is critical and one for what may wait, so that only the second is muted."""
    critical = [severity for severity in receiver.severity if severity == "critical"]
    patient = [severity for severity in receiver.severity if severity != "critical"]
    muted = {"mute_time_intervals": [QUIET]} if quiet else {}
    routes = []
    for severities, more in ((critical, {"group_wait": "0s"}), (patient, muted)):
        if severities:
            matchers = [f'severity=~"{"|".join(severities)}"', *_of_duty(receiver)]
            routes.append({"receiver": _named(receiver), "matchers": matchers, "continue": True, **more})
    return routes


def _of_duty(receiver: AlertReceiver) -> list[str]:
    """The alerts of its files; all of them where it names none."""
    if not receiver.duty:
        return []
    texts = [(RULES / f"{duty}.yml").read_text(encoding="utf-8") for duty in receiver.duty]
    names = sorted({name for text in texts for name in re.findall(r"- alert: (\w+)", text)})
    return [f'alertname=~"{"|".join(names)}"']


def _named(receiver: AlertReceiver) -> str:
    return f"office-{receiver.name}"


def _with_ways(receiver: Mapping[str, Any], second: Channel) -> dict[str, Any]:
    return {**receiver, **(_ways(second) if receiver["name"] == SECOND_WAY else {})}


def _ways(channel: Channel) -> dict[str, Any]:
    mail = {"email_configs": [_mail(channel.mail, to) for to in channel.mail.to]} if channel.mail else {}
    telegram = {"telegram_configs": [_telegram(channel.telegram)]} if channel.telegram else {}
    return {**mail, **telegram}


def _mail(mail: Mail, to: str) -> dict[str, Any]:
    account = {"auth_username": mail.username} if mail.username else {}
    password = {"auth_password_file": str(mail.password_file)} if mail.password_file else {}
    return {
        "to": to,
        "from": mail.sender,
        "smarthost": mail.smarthost,
        "require_tls": mail.tls,
        "send_resolved": True,
        "headers": {"Subject": _SUBJECT},
        **account,
        **password,
    }


def _telegram(telegram: Telegram) -> dict[str, Any]:
    return {
        "chat_id": telegram.chat,
        "bot_token_file": str(telegram.token_file),
        "message": _MESSAGE,
        # An alert's names are a city file's: nothing in them is to be read as markup.
        "parse_mode": "",
        "send_resolved": True,
    }


def _interval(quiet: QuietHours, zone: str) -> dict[str, Any]:
    """Alertmanager knows no time over midnight: it is two."""
    whole_day = {"start_time": "00:00", "end_time": "24:00"}
    within = [{"start_time": quiet.begin, "end_time": quiet.end}]
    over_midnight = [
        {**whole_day, "start_time": quiet.begin},
        *([{**whole_day, "end_time": quiet.end}] if quiet.end != whole_day["start_time"] else []),
    ]
    return {"times": within if quiet.begin < quiet.end else over_midnight, "location": zone}
