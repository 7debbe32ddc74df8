"""Who is told of an outage and who is not: announced work, silences, the chain of calls, ways past a dead tracker."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from office import (
    Person,
    after_a_turn,
    delivered,
    made_older,
    messages,
    pages,
    prometheus,
    quiet,
    rows,
    tickets,
    until,
)
from tree import TESTS

from alert_rules.building import built
from alert_rules.office import OfficeAlerts, zone_of
from lab import configs
from lab.client import Lab
from lab.options import Options
from request_tracker.outages.alertmanager import CREATOR

pytestmark = [pytest.mark.lab, pytest.mark.timeout(2400)]
WORK = "serat digeser ke tiang baru"
ROOT = "agg-timur"
# Of the namespace of the monitor, in which no other mail server is.
MAIL_PORT = 2525


def now(lab: Lab) -> datetime:
    return datetime.now(ZoneInfo(zone_of(OfficeAlerts.model_validate(said(lab)))))


def alerts(lab: Lab, state: str) -> list[dict[str, str]]:
    """The labels of Alertmanager's alerts that are ``active``, or ``suppressed`` by a silence."""
    told = requests.get(lab.url("alertmanager", "/api/v2/alerts"), timeout=60).json()
    return [alert["labels"] for alert in told if alert["status"]["state"] == state]


def active(lab: Lab, label: str, name: str) -> list[dict[str, str]]:
    return [labels for labels in alerts(lab, "active") if labels.get(label) == name]


def silences(lab: Lab, by: str) -> list[dict[str, Any]]:
    told = requests.get(lab.url("alertmanager", "/api/v2/silences"), timeout=60).json()
    return [silence for silence in told if silence["createdBy"] == by and silence["status"]["state"] == "active"]


def calls(lab: Lab, number: str, to: str) -> list[str]:
    return messages(lab, number, to, "belum ada yang menangani")


@contextmanager
def announced(lab: Lab, root: str) -> Iterator[Person]:
    """Work on a root from now on, announced on its page by the head of the section; over with the block."""
    chief = Person.of(lab, "kasi")
    hours = [f"{now(lab) + timedelta(hours=hour):%Y-%m-%dT%H:%M}" for hour in (0, 2)]
    chief.send("/pemeliharaan", root=root, starts=hours[0], ends=hours[1], reason=WORK)
    try:
        yield chief
    finally:
        (window,) = rows(lab, "SELECT id FROM maintenance WHERE reason = ? AND ended_at IS NULL", WORK)
        chief.send("/pemeliharaan", finish=str(window["id"]))


def test_work_announced_on_a_router_silences_all_behind_it_and_is_shown_and_after_it_calls_go_on(city_lab: Lab) -> None:
    quiet(city_lab)
    begun = time.time()
    with announced(city_lab, "agg") as chief:
        until("Alertmanager holds it", lambda: "Alertmanager dibungkam" in chief.read("/pemeliharaan"), 600)
        silent = {matcher["name"] for silence in silences(city_lab, CREATOR) for matcher in silence["matchers"]}
        assert silent == {"alertname", "root", "link", "device", "opd"}
        _nobody_is_told(city_lab, begun)
        assert all(WORK in chief.read(page) for page in ("/status", "/wall"))
        until("the boards have it", lambda: prometheus(city_lab, 'lebarpita_announced_work_info{root="agg"}'), 600)
    (ticket,) = tickets(city_lab, ROOT, begun)
    until("the calls go on", lambda: calls(city_lab, ticket["number"], "teknisi"), 600)
    until("so do the alerts", lambda: active(city_lab, "root", ROOT), 600)
    city_lab.heal(ROOT)
    until("the ticket ends", lambda: tickets(city_lab, ROOT, begun)[0]["ended_at"], 600)
    after_a_turn(city_lab, "planned_time")
    (ticket,) = tickets(city_lab, ROOT, begun)
    ((first, last),) = json.loads(ticket["planned"])
    # From its fall until the work was over; what came after is nobody's plan.
    assert first == ticket["started_at"] and last < ticket["ended_at"] - 5
    # It was silent to SNMP all the time; that is the outage's and no news of its own.
    assert delivered(city_lab, "LebarpitaDeviceSilent", begun) == []


def _nobody_is_told(lab: Lab, begun: float) -> None:
    # Attacks that a story before this planted may still be told.
    earlier = alerts(lab, "active")
    lab.cut(ROOT)
    (ticket,) = until("a ticket", lambda: tickets(lab, ROOT, begun), 600)
    until("Alertmanager has it", lambda: [a for a in alerts(lab, "suppressed") if a.get("root") == ROOT], 600)
    until("its router is silent", lambda: prometheus(lab, 'max(lebarpita_snmp_up{device="dist-timur"})') == 0, 600)
    # What is silent for a minute has a warning of its own, where no outage explains it.
    time.sleep(75)
    after_a_turn(lab, "escalation")
    told = [labels for labels in alerts(lab, "active") if labels not in earlier]
    for name in ("root", "link", "device", "opd"):
        assert [a for a in told if a.get(name) in {ROOT, "dist-timur", "rsud", "timur-rsud"}] == []
    assert pages(lab, begun) == [] and messages(lab, ticket["number"], "teknisi") == []


def test_the_chain_stands_still_while_silenced_goes_through_its_levels_and_past_a_dead_tracker(
    city_lab: Lab, tmp_path: Path
) -> None:
    """Minutes of the chain are not waited for: the ticket is made so much older."""
    quiet(city_lab)
    begun, inbox = time.time(), tmp_path / "subjects"
    inbox.touch()
    with mailed(city_lab, inbox):
        city_lab.cut(ROOT)
        (ticket,) = until("a ticket", lambda: tickets(city_lab, ROOT, begun), 600)
        number = ticket["number"]
        until("the first call", lambda: calls(city_lab, number, "teknisi"), 600)
        _stands_still_while_silenced(city_lab, number)
        assert [calls(city_lab, number, to) for to in ("kabid", "kadis")] == [[], []]
        made_older(city_lab, "tickets", ("opened_at",), 70, "number = ?", number)
        for to in ("kabid", "kadis"):
            until(f"a call to {to}", partial(calls, city_lab, number, to), 600)
        _is_told_past_the_tracker(city_lab, inbox)
    until("Alertmanager knows it", lambda: active(city_lab, "root", ROOT), 600)
    city_lab.heal(ROOT)
    for to in ("teknisi", "kasi", "kabid", "kadis"):
        until(f"its end is told to {to}", partial(messages, city_lab, number, to, "Gangguan pulih"), 600)


def _stands_still_while_silenced(lab: Lab, number: str) -> None:
    page, technician = f"/gangguan/{number}", Person.of(lab, "teknisi")
    with silenced(lab):
        until("the ticket says so", lambda: "kabel sedang digeser" in technician.read(page), 600)
        assert "Dibungkam di Alertmanager" in technician.read(page)
        made_older(lab, "tickets", ("opened_at",), 25, "number = ?", number)
        after_a_turn(lab, "escalation")
        assert calls(lab, number, "kasi") == []
    until("the chain goes on", lambda: calls(lab, number, "kasi"), 600)
    # Of the second technician too, whom no roster names here: the role was called at both levels.
    assert len(calls(lab, number, "teknisi")) >= 2


@contextmanager
def silenced(lab: Lab) -> Iterator[None]:
    """A silence that somebody set in Alertmanager for the outage, lifted at the end of the block."""
    matcher = {"name": "root", "value": ROOT, "isRegex": False, "isEqual": True}
    span = {"startsAt": now(lab).isoformat(), "endsAt": (now(lab) + timedelta(hours=1)).isoformat()}
    body = {"matchers": [matcher], **span, "createdBy": "Budi", "comment": "kabel sedang digeser"}
    answer = requests.post(lab.url("alertmanager", "/api/v2/silences"), json=body, timeout=60)
    answer.raise_for_status()
    try:
        yield
    finally:
        silence = f"/api/v2/silence/{answer.json()['silenceID']}"
        requests.delete(lab.url("alertmanager", silence), timeout=60).raise_for_status()


def _is_told_past_the_tracker(lab: Lab, inbox: Path) -> None:
    """It is the middle of the quiet hours: a warning waits, an outage that nobody is called for does not."""
    lab.kill_service("snmpd-dist-utara")
    lab.kill_service("tracker")
    until("the office's mail says so", lambda: "panggilan pelacak" in inbox.read_text(), 600)
    until("the warning has come", lambda: active(lab, "alertname", "LebarpitaDeviceSilent"), 600)
    # The time in which a group waits for company, twice.
    time.sleep(20)
    assert "SNMP" not in inbox.read_text()
    lab.start_service("tracker")
    with_alertmanager(lab, None)
    until("by day the warning is mailed", lambda: "SNMP" in inbox.read_text(), 600)


def test_a_sign_of_life_that_stops_is_told(city_lab: Lab) -> None:
    """Its sixteen minutes are not waited for: the last sign is made so much older."""
    quiet(city_lab)
    sign = "alertname = 'LebarpitaWatchdog'"
    until("a sign of life", lambda: rows(city_lab, f"SELECT id FROM deliveries WHERE {sign}"), 600)
    city_lab.kill_service("alertmanager")
    made_older(city_lab, "deliveries", ("received_at", "repeated_at"), 17, sign)
    until("the administrator is told", lambda: messages(city_lab, "Jalur peringatan diam", "admin"), 600)
    last = "lebarpita_watchdog_last_timestamp_seconds"
    stopped = until("the figure is old", lambda: prometheus(city_lab, f"{last} < time() - 960"), 600)
    city_lab.start_service("alertmanager")
    until("the sign comes again", lambda: prometheus(city_lab, f"{last} > {stopped}"), 600)
    after_a_turn(city_lab, "watchdog")
    assert len(messages(city_lab, "Jalur peringatan diam", "admin")) == 1


def said(lab: Lab, **more: Any) -> dict[str, Any]:
    """What the lab's office says of its alerts, and more."""
    options = Options(ports=lab.facts()["ports"])
    return {**configs.alerts(options, "127.0.0.1", lab.paths.secrets).model_dump(by_alias=True), **more}


def with_alertmanager(lab: Lab, quiet_hours: dict[str, str] | None) -> None:
    """Alertmanager anew, as it is built for an office with a mail server."""
    mail = {"to": ["piket@kota.test"], "from": "lebarpita@kota.test", "smarthost": f"127.0.0.1:{MAIL_PORT}"}
    way = {"mail": {**mail, "tls": False}}
    duty = {"name": "piket", "duty": ["measuring"], "severity": ["critical", "warning"], **way}
    office = OfficeAlerts.model_validate(said(lab, second_way=way, receivers=[duty], quiet_hours=quiet_hours))
    lab.stop_service("alertmanager")
    (lab.paths.config / "alerts" / "alertmanager.yml").write_text(built(office)["alertmanager.yml"])
    lab.start_service("alertmanager")


@contextmanager
def mailed(lab: Lab, inbox: Path) -> Iterator[None]:
    """A mail server beside Alertmanager, which writes subjects into a file; quiet hours begin before now."""
    file = lab.paths.config / "alerts" / "alertmanager.yml"
    kept = file.read_text()
    begin, end = (f"{now(lab) + timedelta(hours=hours):%H:%M}" for hours in (-3, 3))
    server = str(TESTS / "mail_server.py")
    with lab.running("noc", sys.executable, server, str(MAIL_PORT), str(inbox)):
        with_alertmanager(lab, {"from": begin, "until": end})
        try:
            yield
        finally:
            lab.stop_service("alertmanager")
            file.write_text(kept)
            lab.start_service("alertmanager")
