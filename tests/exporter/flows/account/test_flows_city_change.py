"""Another city for a collector at work: every counter stays its OPD's, new OPDs begin at zero."""

from dataclasses import replace
from pathlib import Path

import pytest
from flow_packets import EXPORTER, USUAL, a_set, ipfix, new_collector, received, record, template
from new_office import CODE, with_office
from tree import EXAMPLE_CITY

from exporter.flows.account.city_change import adopt, city_change
from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import exporter_settings
from exporter.flows.account.pipeline import take_datagram
from exporter.flows.account.prefix_lookup import prefixes
from exporter.flows.account.settings import FlowSettings
from exporter.flows.account.totals import RECEIVE
from exporter.flows.history.minute import MinuteHistory
from exporter.flows.metrics import FlowsPage
from inventory.reading import parse_city

NET = "198.51.100.1"


def settings_of(text: str) -> FlowSettings:
    city = parse_city(text)
    codes = tuple(opd.code for opd in city.opds)
    return FlowSettings(Path(), "", (), codes, prefixes(city), exporter_settings(city), None)


BEFORE, AFTER = settings_of(EXAMPLE_CITY.read_text()), settings_of(with_office())


def flow(collector: Collector, to: str, size: int, sequence: int) -> None:
    sets = (template(USUAL), a_set(256, record(USUAL, NET, to, size, 1)))
    take_datagram(collector, ipfix(*sets, sequence=sequence), EXPORTER)


def change(collector: Collector, settings: FlowSettings) -> None:
    adopt(collector, city_change(collector.lookup.codes, settings))


def test_counters_stay_their_offices_and_a_new_office_counts_from_now_on() -> None:
    collector = new_collector()
    page = FlowsPage(collector)
    flow(collector, "10.10.1.2", 1000, 0)
    flow(collector, "10.10.77.2", 500, 1)
    assert (received(collector, "dinkes"), collector.totals.unassigned) == (1000, 500)
    change(collector, AFTER)
    flow(collector, "10.10.1.2", 10, 2)
    flow(collector, "10.10.77.2", 7, 3)
    assert (received(collector, "dinkes"), received(collector, CODE)) == (1010, 7)
    text = page.write(0).decode()
    assert f'lebarpita_opd_receive_bytes_total{{opd="{CODE}",source="flow",scope="internet"}} 7\n' in text
    assert 'lebarpita_opd_receive_bytes_total{opd="dinkes",source="flow",scope="internet"} 1010\n' in text


def test_an_office_that_left_keeps_its_counters_and_has_no_address_any_more() -> None:
    collector = new_collector()
    change(collector, AFTER)
    flow(collector, "10.10.77.2", 500, 0)
    change(collector, BEFORE)
    flow(collector, "10.10.77.2", 7, 1)
    assert (received(collector, CODE), collector.totals.unassigned) == (500, 7)


def test_an_exporter_that_left_is_refused_and_a_new_one_is_heard() -> None:
    collector = new_collector()
    collector.allowed = BEFORE.exporters
    flow(collector, "10.10.1.2", 1000, 0)
    change(collector, replace(BEFORE, exporters={"10.255.0.9": BEFORE.exporters[EXPORTER]}))
    flow(collector, "10.10.1.2", 1000, 1)
    assert received(collector, "dinkes") == 1000 and collector.refused["unknown_exporter"] == 1
    assert collector.exporter("10.255.0.9") is not None


def test_what_smoothing_holds_back_is_shown_later_for_the_same_office() -> None:
    now = [100.0]
    collector = new_collector()
    collector.totals.smooth(10, lambda: now[0])
    assert collector.totals.smoothing is not None
    cell = collector.lookup.codes.index("disdik") * 4
    for half in (0, collector.totals.bytes.size):
        collector.totals.smoothing.amounts[cell + half] = 80
        collector.totals.smoothing.rate[cell + half] = 8
    collector.totals.bytes[1, RECEIVE, 0] = collector.totals.packets[1, RECEIVE, 0] = 100
    change(collector, AFTER)
    assert [int(array[1, RECEIVE, 0]) for array in collector.totals.shown()] == [20, 20]
    now[0] += 5
    assert [int(array[1, RECEIVE, 0]) for array in collector.totals.shown()] == [60, 60]


@pytest.mark.parametrize("to", ["10.10.1.2", "10.10.77.2"])
def test_a_minute_of_the_history_holds_both_cities(to: str) -> None:
    collector = new_collector()
    history = MinuteHistory(collector.lookup)
    collector.observe = history.add
    flow(collector, "10.10.1.2", 1000, 0)
    change(collector, AFTER)
    history.adopt(collector.lookup)
    flow(collector, to, 7, 1)
    rows = history.minute(60)
    assert sum(row.bytes for row in rows) == 1007
    assert {row.opd for row in rows} == {"dinkes"} | ({CODE} if to == "10.10.77.2" else set())
