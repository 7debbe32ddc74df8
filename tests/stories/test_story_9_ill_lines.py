"""Lines that are ill, not dead: one warning where loss begins; what keeps falling is one ticket; two witnesses."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import requests
from office import pages, prometheus, quiet, rows, tickets, until

from lab.client import Lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(1200)]
NAMED_WITHIN_SECONDS = 600
"""The design: an ill trunk or office is named within five minutes; a machine with too much work has twice that."""
LOSS = """
table inet ill {{
  chain entering {{
    type filter hook prerouting priority raw;
    iifname "{interface}" {which} drop
  }}
}}
"""
THIRD, LARGE = "numgen random mod 100 < 30", "meta length > 1400"


@contextmanager
def losing(lab: Lab, node: str, interface: str, which: str) -> Iterator[None]:
    """What enters a node by an interface is lost if it is such; a rule of our own, since not every kernel has netem."""
    lab.run(node, "nft", "-f", "-", stdin=LOSS.format(interface=interface, which=which))
    try:
        yield
    finally:
        lab.run(node, "nft", "delete", "table", "inet", "ill")


def delivered(lab: Lab, alert: str, since: float) -> list[dict[str, Any]]:
    wanted = "SELECT * FROM deliveries WHERE alertname = ? AND status = 'firing' AND received_at >= ? ORDER BY id"
    return [json.loads(row["labels"]) for row in rows(lab, wanted, alert, since)]


def test_a_third_lost_on_a_trunk_and_on_a_line_behind_it_is_one_warning_for_each_and_no_outage(city_lab: Lab) -> None:
    quiet(city_lab)
    begun, ill = time.time(), {"core-agg": ("agg", "up"), "timur-rsud": ("dist-timur", "rsud")}
    with ExitStack() as both:
        for node, interface in ill.values():
            both.enter_context(losing(city_lab, node, interface, THIRD))
        until("both warnings", lambda: set(ill) <= warned(city_lab, begun), NAMED_WITHIN_SECONDS)
        time.sleep(max(0.0, begun + 240 - time.time()))
        # The window is five minutes: what it holds of the time before makes the loss look smaller.
        until("a third is lost on both", lambda: all(0.18 < lost(city_lab, link) < 0.42 for link in ill), 300)
    assert warned(city_lab, begun) == set(ill)
    assert pages(city_lab, begun) == []
    assert rows(city_lab, "SELECT root FROM tickets WHERE opened_at >= ?", begun) == []
    well = f'absent(lebarpita_link_degraded{{link=~"{"|".join(ill)}"}})'
    until("both lines are well again", lambda: prometheus(city_lab, well), 600)


def test_a_trunk_that_swallows_large_packets_is_one_warning_for_it_and_no_outage(city_lab: Lab) -> None:
    quiet(city_lab)
    begun = time.time()
    with losing(city_lab, "dist-timur", "up", LARGE):
        until("it says so", lambda: delivered(city_lab, "LebarpitaMtuBlackHole", begun), NAMED_WITHIN_SECONDS)
        # Twice more the time in which a large packet is asked for: nobody behind it has a warning of his own.
        time.sleep(60)
    assert {labels["link"] for labels in delivered(city_lab, "LebarpitaMtuBlackHole", begun)} == {"agg-timur"}
    assert pages(city_lab, begun) == []
    assert rows(city_lab, "SELECT root FROM tickets WHERE opened_at >= ?", begun) == []
    until("large packets pass again", lambda: prometheus(city_lab, "absent(lebarpita_link_large_packets_lost)"), 300)


def lost(lab: Lab, link: str) -> float:
    return prometheus(lab, f'max(lebarpita_link_loss_ratio{{link="{link}",bound="middle"}})') or 0.0


def warned(lab: Lab, since: float) -> set[str]:
    return {labels["link"] for labels in delivered(lab, "LebarpitaLinkDegraded", since)}


@contextmanager
def resting(lab: Lab, seconds: float) -> Iterator[None]:
    """The watch with a longer rest than is shipped: five seconds up may last ten where a machine is overloaded."""
    file = lab.paths.config / "exporter.yaml"
    kept = file.read_text()
    changed = json.loads(kept)
    changed["watch"] |= {"settle_seconds": seconds, "again_within_seconds": seconds}
    for text in (json.dumps(changed), kept):
        lab.stop_service("watch")
        file.write_text(text)
        lab.start_service("watch")
        if text != kept:
            yield


def test_a_connector_that_falls_every_ten_seconds_is_one_page_one_ticket_and_one_call_for_it(city_lab: Lab) -> None:
    quiet(city_lab)
    with resting(city_lab, 30.0):
        _falls_every_ten_seconds(city_lab)


def _falls_every_ten_seconds(city_lab: Lab) -> None:
    begun = time.time()
    for _ in range(12):
        city_lab.flap("agg-timur", times=1, down_seconds=5.0, up_seconds=5.0)
    assert [json.loads(row["labels"])["root"] for row in pages(city_lab, begun)] == ["agg-timur"]
    assert [labels["root"] for labels in delivered(city_lab, "LebarpitaOutageRecurring", begun)] == ["agg-timur"]
    until("the ticket ends", lambda: all(row["ended_at"] for row in tickets(city_lab, "agg-timur", begun)))
    (ticket,) = tickets(city_lab, "agg-timur", begun)
    assert ticket["interruptions"] == 12
    assert 12 * 4 <= ticket["down_seconds"] <= 12 * 8 < ticket["ended_at"] - ticket["started_at"]


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


def outages(lab: Lab, since: float) -> list[dict[str, Any]]:
    told = requests.get(lab.url("exporter-watch", f"/outages?since={since}"), timeout=60).json()
    return [outage for outage in told["outages"] if outage["started_at"] >= since - 1]
