"""Signs of attacks in a minute's flows: each planted one is named, and what offices do all day is none."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from threading import Lock

import pytest
from flow_packets import EXPORTER, SOURCE4, TARGET4, a_set, ipfix, new_collector, record, template

from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_datagram
from exporter.flows.account.settings import HistorySettings
from exporter.flows.history.attack_signs import MOST_ATTEMPTS, MOST_MAIL_SERVERS, MOST_SIGNS, MOST_SOURCES, AttackSign
from exporter.flows.history.attack_signs import attack_signs as signs_of
from exporter.flows.history.history_writer import HistoryWriter
from exporter.flows.history.host_pairs import host_pairs
from exporter.flows.history.minute import MinuteHistory
from exporter.flows.metrics import FlowsPage

HOST, OTHER_HOST, ATTACKER = "10.10.1.2", "10.10.1.3", "203.0.113.7"
FIELDS = (SOURCE4, TARGET4, (7, 2), (11, 2), (4, 1), (1, 4))
Flow = tuple[str, str, int, int, int, int]


def remote(number: int) -> str:
    return f"198.{18 + number // 65_536}.{number // 256 % 256}.{number % 256}"


def asked(host: str, server: str, port: int, size: int = 2_000, protocol: int = 6) -> list[Flow]:
    """A question and its answer."""
    return [(host, server, 50_000, port, protocol, size), (server, host, port, 50_000, protocol, 10 * size)]


def mailed(host: str, server: str) -> list[Flow]:
    return [(host, server, 50_000, 25, 6, 9_000), (server, host, 25, 50_000, 6, 900)]


# A morning of an office: pages, names, mail in, a printer's status, a video call.
WORK = [
    *(flow for n in range(60) for flow in asked(HOST, remote(n), 443)),
    *(flow for n in range(150) for flow in asked(OTHER_HOST, remote(n), 53, 70, 17)),
    *(flow for n in range(40) for flow in mailed(remote(n), "10.10.1.25")),
    *((HOST, remote(n), 50_000, 443, 6, 60) for n in range(200, 240)),
    (HOST, "192.0.2.5", 514, 514, 17, 900_000),
    *asked(HOST, "192.0.2.9", 3478, 9_000_000, 17),
]


def signs(flows: Iterable[Flow]) -> list[AttackSign]:
    collector = new_collector(ExporterSettings(internal=True))
    history = MinuteHistory(collector.lookup)
    collector.observe = history.add
    rows = [record(FIELDS, *flow) for flow in flows]
    take_datagram(collector, ipfix(template(FIELDS)), EXPORTER)
    for begin in range(0, len(rows), 2_000):
        take_datagram(collector, ipfix(a_set(256, b"".join(rows[begin : begin + 2_000]))), EXPORTER)
    return signs_of(host_pairs(history.take().settle()), history.codes)


SCAN = [(HOST, remote(n), 50_000, 22, 6, 60) for n in range(MOST_ATTEMPTS + 1)]
PORTS = [(HOST, ATTACKER, 50_000, port, 6, 44) for port in range(1, MOST_ATTEMPTS + 2)]
FLOOD = [(remote(n), HOST, 50_000, 80, 6, 60) for n in range(MOST_SOURCES + 1)]
MAIL = [flow for n in range(MOST_MAIL_SERVERS + 1) for flow in mailed(HOST, remote(n))]
FROM_OUTSIDE = [(ATTACKER, f"10.10.1.{n}", 50_000, 3389, 6, 60) for n in range(1, 2 + MOST_ATTEMPTS)]
PLANTED = {
    "scan": (SCAN, AttackSign("scan", "dinkes", HOST, True, 22, 101, 101 * 60)),
    "ports": (PORTS, AttackSign("ports", "dinkes", HOST, True, 0, 101, 101 * 44)),
    "flood": (FLOOD, AttackSign("flood", "dinkes", HOST, False, 80, 1_001, 1_001 * 60)),
    "mail": (MAIL, AttackSign("mail", "dinkes", HOST, True, 0, 31, 31 * 9_000)),
    "scan from outside": (FROM_OUTSIDE, AttackSign("scan", "dinkes", "203.0.113.0/24", False, 3389, 101, 101 * 60)),
}


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("beside", [[], WORK], ids=["at night", "beside an office's morning"])
def test_each_planted_attack_is_named_with_its_evidence(name: str, beside: list[Flow]) -> None:
    planted, sign = PLANTED[name]
    assert signs([*beside, *planted]) == [sign]


@pytest.mark.parametrize("name", PLANTED)
def test_one_fewer_than_the_bound_is_none(name: str) -> None:
    planted, _ = PLANTED[name]
    # A mail is two flows, every other attempt one.
    assert signs([*WORK, *planted[: -2 if name == "mail" else -1]]) == []


def test_a_mornings_work_is_no_attack() -> None:
    assert signs(WORK) == signs([]) == []


def test_whoever_is_answered_scans_nobody() -> None:
    answered = [flow for source, target, *rest in SCAN for flow in asked(source, target, rest[1], 60)]
    assert signs([*WORK, *answered]) == []
    content = [(*flow[:5], 5_000) for flow in SCAN]
    assert signs([*WORK, *content]) == []


@pytest.mark.parametrize("outward", [True, False])
def test_where_one_way_alone_is_seen_no_answer_is_missed(outward: bool) -> None:
    seen = [flow for flow in WORK if flow[0].startswith("10.") == outward]
    assert [sign.kind for sign in signs([*seen, *(SCAN if outward else FLOOD)])] == []


def test_a_large_flood_is_told_of_an_office_that_sends_nothing() -> None:
    (sign,) = signs((remote(n), HOST, 50_000, 80, 6, 60) for n in range(10 * MOST_SOURCES))
    assert (sign.kind, sign.number, sign.bytes) == ("flood", 10 * MOST_SOURCES, 600_000)


def test_so_many_signs_are_told_and_no_more_the_largest_first() -> None:
    many = [
        (f"10.10.1.{host}", remote(n), 50_000, 22, 6, 60)
        for host in range(1, MOST_SIGNS + 4)
        for n in range(MOST_ATTEMPTS + host)
    ]
    found = signs(many)
    assert [sign.number for sign in found] == [MOST_ATTEMPTS + MOST_SIGNS + 3 - place for place in range(MOST_SIGNS)]


def test_what_the_minute_showed_is_on_the_page_until_the_next_but_not_of_busy_hosts(tmp_path: Path) -> None:
    collector = new_collector(ExporterSettings(internal=True))
    history = MinuteHistory(collector.lookup)
    collector.observe = history.add
    part = HistorySettings(tmp_path / "history", 50, 30)

    def page(flows: list[Flow], settings: HistorySettings) -> str:
        writer = HistoryWriter(history, settings, Lock())
        writer.minute = int(time.time()) // 60 * 60
        rows = b"".join(record(FIELDS, *flow) for flow in flows)
        take_datagram(collector, ipfix(template(FIELDS), a_set(256, rows)), EXPORTER)
        assert asyncio.run(writer.write())
        text = FlowsPage(collector).write(0, writer.failures, writer.signs).decode()
        return "\n".join(line for line in text.splitlines() if line.startswith("lebarpita_flow_attack_targets"))

    labels = f'{{kind="scan",opd="dinkes",host="{HOST}",way="out",port="22",network=""}}'
    assert page(SCAN, part) == f"lebarpita_flow_attack_targets{labels} 101"
    assert page(WORK, part) == ""
    assert page(SCAN, replace(part, busy_hosts=frozenset({HOST}))) == ""


def test_a_syn_flood_is_one_although_the_server_answers_each_and_visitors_are_none() -> None:
    def half_open(number: int, size: int) -> list[Flow]:
        return [(remote(number), HOST, 50_000, 443, 6, size), (HOST, remote(number), 443, 50_000, 6, 240)]

    flood = [flow for n in range(MOST_SOURCES + 1) for flow in half_open(n, 60)]
    (sign,) = signs(flood)
    assert (sign.kind, sign.host, sign.port, sign.number) == ("flood", HOST, 443, MOST_SOURCES + 1)
    assert signs(flow for n in range(MOST_SOURCES + 1) for flow in half_open(n, 180)) == []


@pytest.mark.parametrize("port", [0, 771])
def test_who_says_that_a_port_is_closed_scans_nobody(port: int) -> None:
    told = [(remote(n), HOST, 50_000, 7_777, 17, 40) for n in range(MOST_ATTEMPTS + 1)]
    assert signs([*told, *icmp(port)]) == []


@pytest.mark.parametrize(("port", "kinds"), [(771, []), (11 << 8, []), (8 << 8, ["scan"]), (0, ["scan"])])
def test_answers_alone_are_no_scan_and_pings_of_many_are(port: int, kinds: list[str]) -> None:
    """A minute ends between a flood and what its victim tells each source; no type told (0) may be a ping."""
    assert [sign.kind for sign in signs(icmp(port))] == kinds


def icmp(port: int) -> list[Flow]:
    return [(HOST, remote(n), 0, port, 1, 70) for n in range(MOST_ATTEMPTS + 1)]
