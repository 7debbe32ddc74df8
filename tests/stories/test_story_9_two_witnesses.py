"""Two witnesses for every line, ping and SNMP: each by itself opens the ticket; the monitor's own port is no city."""

import json
import time

import pytest
from office import delivered, on_board, outages, prometheus, quiet, rows, tickets, until

from lab.client import Lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(1200)]
# The first panel of the link's board, and what it can say.
STATE, CUT, ONE_WITNESS = (1, "keadaan"), 0, 1
ON_ITS_WAY = 'max(ALERTS{alertname="LebarpitaDeviceSilent",device="agg"})'


def test_a_trunk_cut_while_the_watch_is_dead_has_its_ticket_by_the_second_witness(city_lab: Lab) -> None:
    quiet(city_lab)
    begun = time.time()
    city_lab.stop_service("watch")
    city_lab.cut("agg-utara")
    (ticket,) = until("a ticket", lambda: tickets(city_lab, "agg-utara", begun), 240)
    assert (ticket["kind"], ticket["cause"]) == ("link", "link_down")
    assert json.loads(ticket["offices"]) == ["dinkes", "disdik", "dukcapil", "kec-utara"]
    city_lab.start_service("watch")
    until("the watch says it too", lambda: outages(city_lab, begun), 120)
    assert len(tickets(city_lab, "agg-utara", begun)) == 1
    city_lab.heal("agg-utara")
    until("the ticket ends", lambda: tickets(city_lab, "agg-utara", begun)[0]["ended_at"])
    assert len(tickets(city_lab, "agg-utara", begun)) == 1


def test_a_trunk_cut_while_its_device_does_not_answer_snmp_has_its_ticket_by_ping(city_lab: Lab) -> None:
    quiet(city_lab)
    begun = time.time()
    city_lab.kill_service("snmpd-agg")

    def shown() -> float | None:
        return on_board(city_lab, "lebarpita-link", STATE, link="agg-selatan")

    until("the board has one witness", lambda: shown() == ONE_WITNESS, 300)
    # It is told after a minute, which the rule's own cases show.
    until("an alert is on its way", lambda: prometheus(city_lab, ON_ITS_WAY), 300)
    city_lab.cut("agg-selatan")
    (ticket,) = until("a ticket", lambda: tickets(city_lab, "agg-selatan", begun), 240)
    assert (ticket["kind"], ticket["cause"]) == ("link", "unreachable")
    assert json.loads(ticket["offices"]) == ["bappeda", "bpkad", "kec-selatan", "satpolpp"]
    until("the board says that it is cut", lambda: shown() == CUT, 300)
    city_lab.heal("agg-selatan")
    until("the ticket ends", lambda: tickets(city_lab, "agg-selatan", begun)[0]["ended_at"], 300)
    assert len(tickets(city_lab, "agg-selatan", begun)) == 1


def test_the_monitor_s_own_port_is_no_outage_of_the_city(city_lab: Lab) -> None:
    quiet(city_lab)
    begun = time.time()
    city_lab.cut("noc")
    said = until("it says so", lambda: delivered(city_lab, "LebarpitaWatchIsolated", begun), 120)
    time.sleep(10)
    city_lab.heal("noc")
    time.sleep(10)
    assert len(said) == 1
    assert outages(city_lab, begun) == []
    assert rows(city_lab, "SELECT root FROM tickets WHERE opened_at >= ?", begun) == []
