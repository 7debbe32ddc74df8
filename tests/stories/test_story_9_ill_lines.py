"""Lines that are ill, not dead: one warning where loss begins, what answers late is slow, what keeps falling is one."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest
import requests
from office import delivered, messages, nothing_is_out, on_board, outages, pages, prometheus, quiet, tickets, until

from lab.client import Lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(2400)]
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
SELDOM = """
table inet seldom {
  chain asked {
    type filter hook input priority filter;
    icmp type echo-request limit rate over 1/second burst 1 packets drop
  }
}
"""
LATE_SECONDS = 1.2
# The first panel of the link's board, and what it can say.
STATE, CONNECTED, DIFFERENT = (1, "keadaan"), 2, 3
SPARE, SPARE_ENDS = "spare", ("172.29.0.1", "172.29.0.2")
THIRD, LARGE = "numgen random mod 100 < 30", "meta length > 1400"


@contextmanager
def losing(lab: Lab, node: str, interface: str, which: str) -> Iterator[None]:
    """What enters a node by an interface is lost if it is such; a rule of our own, since not every kernel has netem."""
    lab.run(node, "nft", "-f", "-", stdin=LOSS.format(interface=interface, which=which))
    try:
        yield
    finally:
        lab.run(node, "nft", "delete", "table", "inet", "ill")


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
    nothing_is_out(city_lab, begun)
    well = f'absent(lebarpita_link_degraded{{link=~"{"|".join(ill)}"}})'
    until("both lines are well again", lambda: prometheus(city_lab, well), 600)


@contextmanager
def in_bursts(lab: Lab, node: str, interface: str) -> Iterator[None]:
    """All that enters by an interface is lost for half a second, a third of the time."""
    table = LOSS.format(interface=interface, which="")
    burst = f"nft '{table}'; sleep 0.5; nft delete table inet ill; sleep 1"
    with lab.running(node, "sh", "-c", f"while true; do {burst}; done"):
        yield
    lab.run(node, "nft", "delete", "table", "inet", "ill", check=False)


@contextmanager
def answering_seldom(lab: Lab, node: str) -> Iterator[None]:
    """A router that answers one ping a second, half of those it is asked, and passes on all that others are asked."""
    lab.run(node, "nft", "-f", "-", stdin=SELDOM)
    try:
        yield
    finally:
        lab.run(node, "nft", "delete", "table", "inet", "seldom")


@contextmanager
def told_soon(lab: Lab, alert: str, minutes: int) -> Iterator[None]:
    """The alert waits ten seconds instead of its minutes, which its cases show."""
    file = lab.paths.config / "alerts" / "rules" / "outage.yml"
    kept = file.read_text()
    head, name, rule = kept.partition(f"alert: {alert}\n")
    for text in (head + name + rule.replace(f"for: {minutes}m", "for: 10s", 1), kept):
        file.write_text(text)
        requests.post(lab.url("prometheus", "/-/reload"), timeout=60).raise_for_status()
        if text != kept:
            yield


def test_bursts_a_router_that_answers_seldom_and_a_slow_branch_are_one_warning_for_each_cause(city_lab: Lab) -> None:
    """The bursts are behind that router and the slow branch beside it; neither it nor who is behind them is named."""
    quiet(city_lab)
    begun = time.time()
    slow = partial(delivered, city_lab, "LebarpitaLinkSlow", begun)
    with (
        told_soon(city_lab, "LebarpitaLinkSlow", 10),
        answering_seldom(city_lab, "dist-utara"),
        in_bursts(city_lab, "dist-utara", "dinkes"),
    ):
        city_lab.delay("agg-selatan", 0.5)
        until("where loss begins", lambda: warned(city_lab, begun), NAMED_WITHIN_SECONDS)
        until("where delay begins", slow, NAMED_WITHIN_SECONDS)
        # A whole window from the beginning: what is behind has had its time to be named.
        time.sleep(max(0.0, begun + 300 - time.time()))
        assert 0.45 < (prometheus(city_lab, 'max(lebarpita_link_delay_seconds{link="agg-selatan"})') or 0.0) < 0.75
        city_lab.heal("agg-selatan")
    assert warned(city_lab, begun) == {"utara-dinkes"}
    assert {labels["link"] for labels in slow()} == {"agg-selatan"}
    nothing_is_out(city_lab, begun)


@contextmanager
def unwritten_way(lab: Lab, upper: str, lower: str, network: str) -> Iterator[None]:
    """A second line between two nodes, of which the city file knows nothing; both take it where the first is down."""
    lab.run(upper, "ip", "link", "add", SPARE, "type", "veth", "peer", "name", SPARE, "netns", lower)
    try:
        for node, own, other, reached in ((upper, *SPARE_ENDS, network), (lower, *SPARE_ENDS[::-1], "default")):
            lab.run(node, "sysctl", "-qw", "net.ipv4.conf.all.ignore_routes_with_linkdown=1")
            lab.run(node, "ip", "address", "add", f"{own}/30", "dev", SPARE)
            lab.run(node, "ip", "link", "set", SPARE, "up")
            lab.run(node, "ip", "route", "add", reached, "via", other, "metric", "500")
        yield
    finally:
        lab.run(upper, "ip", "link", "delete", SPARE)
        for node in (upper, lower):
            lab.run(node, "sysctl", "-qw", "net.ipv4.conf.all.ignore_routes_with_linkdown=0")


def test_large_packets_swallowed_and_witnesses_that_differ_are_one_warning_each_and_no_outage(city_lab: Lab) -> None:
    """Both take minutes to be said, and each is an innocent beside the other."""
    quiet(city_lab)
    begun = time.time()
    with losing(city_lab, "dist-timur", "up", LARGE), unwritten_way(city_lab, "dist-utara", "dinkes", "10.10.1.0/24"):
        city_lab.cut("utara-dinkes")
        differ = partial(on_board, city_lab, "lebarpita-link", STATE, link="utara-dinkes")
        until("the board says that SNMP and ping differ", lambda: differ() == DIFFERENT, 300)
        until("so does an alert", lambda: delivered(city_lab, "LebarpitaWitnessesDisagree", begun), 600)
        until("it says so", lambda: delivered(city_lab, "LebarpitaMtuBlackHole", begun), NAMED_WITHIN_SECONDS)
        said = time.time()
        city_lab.heal("utara-dinkes")
        until("both witnesses say that it is up", lambda: differ() == CONNECTED, 300)
        # Twice more the time in which a large packet is asked for: nobody behind it has a warning of his own.
        time.sleep(max(0.0, said + 60 - time.time()))
    assert {labels["link"] for labels in delivered(city_lab, "LebarpitaMtuBlackHole", begun)} == {"agg-timur"}
    assert {labels["link"] for labels in delivered(city_lab, "LebarpitaWitnessesDisagree", begun)} == {"utara-dinkes"}
    nothing_is_out(city_lab, begun)
    until("large packets pass again", lambda: prometheus(city_lab, "absent(lebarpita_link_large_packets_lost)"), 300)


def test_an_office_that_answers_after_more_than_a_second_is_slow_and_not_lost(city_lab: Lab) -> None:
    quiet(city_lab)
    begun = time.time()
    before = until("all is counted", lambda: counted(city_lab), 300)
    city_lab.delay("selatan-bappeda", LATE_SECONDS)

    def shown() -> list[float]:
        line = partial(on_board, city_lab, "lebarpita-link", link="selatan-bappeda")
        office = partial(on_board, city_lab, "lebarpita-opd", opd="bappeda")
        return [figure or 0.0 for figure in (line((11, "p95")), office((9, "p95")), office((9, "ping terakhir")))]

    until("both boards show how late", lambda: min(shown()) > 0.9 * LATE_SECONDS, 300)
    # Twenty seconds of late answers, ten times what a cut needs to be one.
    until("forty answers", lambda: counted(city_lab)["answers"] > before["answers"] + 40, 300)
    until("none is owed", lambda: prometheus(city_lab, 'max(lebarpita_reachable{opd="bappeda"})') == 1, 300)
    after = counted(city_lab)
    city_lab.heal("selatan-bappeda")
    until("it answers at once", lambda: shown()[-1] < 0.3, 300)
    # A machine with too much work may hold one up for longer than anybody waits.
    assert after["lost"] <= before["lost"] + 2 and after["flaps"] == before["flaps"]
    assert outages(city_lab, begun) == []
    nothing_is_out(city_lab, begun)


def counted(lab: Lab) -> dict[str, float]:
    """What the watch counts of the late office's line; empty until it counts all of it."""
    names = {"lost": "probe_lost_total", "flaps": "link_flaps_total", "answers": "round_trip_histogram_seconds_count"}
    found = {key: prometheus(lab, f'max(lebarpita_{name}{{link="selatan-bappeda"}})') for key, name in names.items()}
    known = {key: value for key, value in found.items() if value is not None}
    return known if known.keys() == names.keys() else {}


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
    told = partial(messages, city_lab, ticket["number"], "teknisi")
    until("its end is told", lambda: [text for text in told() if "Gangguan pulih" in text], 300)
    calls = [text for text in told() if "belum ada yang menangani" in text]
    # Whoever has not taken it is called again after five minutes, which it does not last.
    assert len(calls) == 1 + (ticket["ended_at"] - ticket["opened_at"]) // 300
    assert len(told()) == len(calls) + 1
