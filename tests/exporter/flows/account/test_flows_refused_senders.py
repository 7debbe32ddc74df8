"""Whose flows are refused is said by address, often enough to be seen and too seldom to fill a journal."""

import logging

import pytest
from flow_packets import new_collector

from exporter.flows.account.city_change import CityChange, adopt
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_datagram
from exporter.flows.account.refused_senders import MOST_IN_A_WINDOW, WINDOW_SECONDS, RefusedSenders
from exporter.flows.metrics import FlowsPage


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_a_refused_datagram_is_counted_and_its_senders_address_is_said(caplog: pytest.LogCaptureFixture) -> None:
    collector = new_collector()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            take_datagram(collector, bytes(24), "192.0.2.66")
    assert collector.refused["unknown_exporter"] == 3
    (line,) = lines(caplog)
    assert line.startswith("event=flow_sender_refused address=192.0.2.66 ")


def test_it_is_said_again_in_the_next_window(caplog: pytest.LogCaptureFixture) -> None:
    now = [10.0]
    senders = RefusedSenders(lambda: now[0])
    senders.note("192.0.2.66")
    now[0] += WINDOW_SECONDS - 1
    senders.note("192.0.2.66")
    assert len(lines(caplog)) == 1
    now[0] += WINDOW_SECONDS
    senders.note("192.0.2.66")
    assert len(lines(caplog)) == 2


def test_a_flood_of_made_up_addresses_is_bounded_and_says_that_it_is(caplog: pytest.LogCaptureFixture) -> None:
    senders = RefusedSenders(lambda: 10.0)
    for number in range(1000):
        senders.note(f"192.0.2.{number}")
    assert len(lines(caplog)) == MOST_IN_A_WINDOW + 1
    assert lines(caplog)[-1].startswith("event=flow_senders_refused_many said=20 ")
    assert len(senders.datagrams()) == MOST_IN_A_WINDOW


def test_how_much_each_sent_in_this_hour_is_a_metric_until_the_hour_is_over() -> None:
    now = [10.0]
    senders = RefusedSenders(lambda: now[0])
    senders.note("192.0.2.66", 479)
    senders.note("192.0.2.66")
    assert senders.datagrams() == {"192.0.2.66": 480}
    now[0] += WINDOW_SECONDS
    assert senders.datagrams() == {}


def test_the_page_names_it_until_the_city_file_does() -> None:
    collector = new_collector()
    take_datagram(collector, bytes(24), "192.0.2.66")
    page = FlowsPage(collector)
    assert 'lebarpita_flow_refused_sender_datagrams{address="192.0.2.66"} 1\n' in page.write(0).decode()
    allowed = {**(collector.allowed or {}), "192.0.2.66": ExporterSettings()}
    adopt(collector, CityChange(collector.lookup, allowed))
    assert "192.0.2.66" not in page.write(0).decode()
