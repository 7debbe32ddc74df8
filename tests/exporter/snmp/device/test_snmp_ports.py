"""The page of a device: the offices' point of view, refusals, and every byte read back by prometheus-client."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from snmp_scene import value

from exporter.metrics import Metric
from exporter.snmp.device.plan import DevicePlan, Port, plan_city, plan_device
from exporter.snmp.device.poller import DeviceReading
from exporter.snmp.device.ports import PortPage
from exporter.snmp.device.reading import InterfaceReading
from exporter.snmp.device.uptime import follow
from exporter.snmp.metrics import CATALOGUE
from exporter.template import PageTemplate
from inventory.reading import parse_city

FOUND = InterfaceReading(True, True, 10, 20, 1, 2, 3, 4, 5, 6, 125_000_000, 900, 0, 64)
CITY = parse_city("""
city: {name: Kota, watch_from: core}
credentials: [{name: c, community: "env:C"}]
devices:
  - {name: core, address: 10.0.0.1, snmp: c}
  - {name: dist, address: 10.0.0.2, snmp: c}
uplinks: [{name: isp, device: core, interface: wan, receive_capacity: 200 Mbit/s, transmit_capacity: 100 Mbit/s}]
links:
  - {name: core-dist, upstream: {device: core, interface: lan}, device: dist, interface: up, speed: 1 Gbit/s}
  - {name: l-dinkes, upstream: {device: dist, interface: e1}, opd: dinkes, speed: 100 Mbit/s}
  - {name: l-rsud, upstream: {device: dist, interface: e2}, opd: rsud, speed: 100 Mbit/s}
opds:
  - {code: dinkes, name: Dinas Kesehatan, prefixes: [10.1.0.0/24]}
  - {code: rsud, name: Rumah Sakit, prefixes: [10.2.0.0/24], measured: flow}
""")


def reading(at: float = 1000.0, /, **interfaces: InterfaceReading) -> DeviceReading:
    return DeviceReading("core", at, follow(None, 100_000, at), interfaces)


def test_an_uplinks_receive_is_what_its_interface_receives_from_the_isp() -> None:
    text = PortPage(plan_device(CITY, "core")).write(reading(wan=FOUND, lan=FOUND))
    assert value(text, "lebarpita_link_receive_bytes_total", link="isp") == 10
    assert value(text, "lebarpita_link_transmit_bytes_total", link="isp") == 20


def test_a_links_receive_is_what_its_upstream_interface_sends_to_the_offices() -> None:
    text = PortPage(plan_device(CITY, "core")).write(reading(wan=FOUND, lan=FOUND))
    assert value(text, "lebarpita_link_receive_bytes_total", link="core-dist") == 20
    assert value(text, "lebarpita_link_transmit_bytes_total", link="core-dist") == 10
    assert value(text, "lebarpita_link_errors_total", link="core-dist", direction="receive") == 4
    assert value(text, "lebarpita_link_errors_total", link="isp", direction="receive") == 3
    assert value(text, "lebarpita_link_discards_total", link="core-dist", direction="transmit") == 5


def test_an_opd_measured_by_interface_has_its_bytes_and_packets_and_one_measured_by_flows_has_none_here() -> None:
    text = PortPage(plan_device(CITY, "dist")).write(reading(e1=FOUND, e2=FOUND))
    assert value(text, "lebarpita_opd_receive_bytes_total", opd="dinkes", source="interface") == 20
    assert value(text, "lebarpita_opd_transmit_bytes_total", opd="dinkes") == 10
    assert value(text, "lebarpita_opd_receive_packets_total", opd="dinkes") == 2
    assert value(text, "lebarpita_opd_receive_bytes_total", opd="rsud") is None
    assert value(text, "lebarpita_link_receive_bytes_total", link="l-rsud") == 20


def test_admin_down_is_shown_apart_from_down() -> None:
    text = PortPage(plan_device(CITY, "core")).write(
        reading(wan=FOUND._replace(oper_up=False), lan=FOUND._replace(admin_up=False, oper_up=False))
    )
    assert [value(text, "lebarpita_link_admin_up", link=link) for link in ("isp", "core-dist")] == [1, 0]
    assert [value(text, "lebarpita_link_up", link=link) for link in ("isp", "core-dist")] == [0, 0]


def test_an_interface_that_is_not_there_says_so_and_claims_nothing_else() -> None:
    text = PortPage(plan_device(CITY, "core")).write(reading(wan=FOUND))
    assert value(text, "lebarpita_link_interface_found", link="core-dist") == 0
    assert value(text, "lebarpita_link_up", link="core-dist") is None
    assert value(text, "lebarpita_link_up", link="isp") == 1


def test_the_plan_of_a_city_keeps_its_devices_and_lets_go_of_its_links_and_opds() -> None:
    plan = plan_city(CITY)
    assert list(plan.plans) == ["core", "dist"]
    assert plan.opds[0] == ("dinkes", "Dinas Kesehatan", "", "l-dinkes")
    assert (plan.city.links, plan.city.opds) == ((), ())


def test_two_opds_on_one_interface_are_not_each_given_all_its_bytes() -> None:
    shared = CITY.links[2].model_copy(update={"upstream": CITY.links[1].upstream})
    plan = plan_device(CITY.model_copy(update={"links": (*CITY.links[:2], shared)}), "dist")
    assert plan.shared == ("e1",)
    assert all(port.opd is None for port in plan.ports)


def test_32_bit_octets_that_could_wrap_between_two_scrapes_are_withheld_and_said() -> None:
    page = PortPage(DevicePlan("core", (Port("ten-gig", "lan", True, 1_250_000_000, "dinkes"),)))
    narrow = FOUND._replace(counter_bits=32, speed_bytes=1_250_000_000)
    page.write(reading(1000.0, lan=narrow))
    text = page.write(reading(1015.0, lan=narrow))
    assert value(text, "lebarpita_link_counter_refused", link="ten-gig") == 1
    assert value(text, "lebarpita_link_receive_bytes_total", link="ten-gig") is None
    assert value(text, "lebarpita_opd_receive_bytes_total", opd="dinkes") is None


def test_32_bit_octets_of_a_slow_line_are_given() -> None:
    page = PortPage(DevicePlan("core", (Port("slow", "lan", True, 2_500_000),)))
    narrow = FOUND._replace(counter_bits=32, speed_bytes=12_500_000)
    page.write(reading(1000.0, lan=narrow))
    text = page.write(reading(1015.0, lan=narrow))
    assert value(text, "lebarpita_link_receive_bytes_total", link="slow") == 20
    assert value(text, "lebarpita_link_counter_bits", link="slow") == 32


def test_a_discontinuity_is_counted_and_is_no_traffic() -> None:
    page = PortPage(DevicePlan("core", (Port("l", "lan", True, 12_500_000),)))
    page.write(reading(1000.0, lan=FOUND._replace(speed_bytes=1_250_000)))
    text = page.write(
        reading(1015.0, lan=FOUND._replace(speed_bytes=1_250_000, out_octets=10**12, discontinuity_ticks=7))
    )
    assert value(text, "lebarpita_link_counter_discontinuities_total", link="l") == 1
    assert value(text, "lebarpita_link_speed_bytes_per_second", link="l") == 1_250_000


def test_a_device_that_claims_less_speed_than_it_carries_is_not_believed() -> None:
    page = PortPage(DevicePlan("core", (Port("l", "lan", True, 12_500_000),)))
    page.write(reading(1000.0, lan=FOUND._replace(speed_bytes=1_250_000)))
    text = page.write(reading(1010.0, lan=FOUND._replace(speed_bytes=1_250_000, out_octets=50_000_020)))
    assert value(text, "lebarpita_link_speed_bytes_per_second", link="l") == 12_500_000


def test_the_last_change_is_a_time() -> None:
    text = PortPage(plan_device(CITY, "core")).write(reading(5000.0, wan=FOUND, lan=FOUND))
    assert value(text, "lebarpita_link_last_change_timestamp_seconds", link="isp") == 4009.0


@given(st.lists(st.none() | st.integers(0, 2**53) | st.floats(0, 1e18), min_size=3, max_size=3), st.text(), st.text())
def test_the_template_writes_what_prometheus_client_reads_whatever_the_labels(
    values: list[float | None], link: str, device: str
) -> None:
    metrics = [Metric(f"lebarpita_{name}_total", "counter", "100 %s", ("link", "device")) for name in "abc"]
    text = PageTemplate(lambda: [(metric, [(link, device)]) for metric in metrics]).write(values)
    samples = {s.name[10]: s.value for f in text_string_to_metric_families(text) for s in f.samples}
    assert samples == {name: number for name, number in zip("abc", values, strict=True) if number is not None}


def test_the_number_of_values_must_be_that_of_the_samples() -> None:
    with pytest.raises(TypeError):
        PageTemplate(lambda: [(CATALOGUE[0], [("a", "b")])]).write([1, 2])


def test_every_metric_on_the_page_is_in_the_catalogue_with_these_labels() -> None:
    text = PortPage(plan_device(CITY, "dist")).write(reading(e1=FOUND, e2=FOUND))
    declared = {metric.name: set(metric.labels) for metric in CATALOGUE}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            assert set(sample.labels) == declared[sample.name]


LAYERS = DevicePlan(
    "dist",
    (
        Port("trunk", "bond0", True, 125_000_000, None),
        Port("l-a", "eth1", True, 125_000_000, "a"),
        Port("l-b", "eth1.20", True, 125_000_000, "b"),
        Port("isp-1", "bond1", False, 125_000_000, None),
        Port("isp-2", "eth8", False, 125_000_000, None),
    ),
)
STACKED = (("eth1.20", "eth1"), ("eth1.20", "bond0"), ("bond1", "eth8"))


def test_of_two_layers_of_the_same_sum_only_the_upper_is_counted() -> None:
    interfaces = {port.interface: FOUND for port in LAYERS.ports}
    alone = reading(**interfaces)
    stacked = replace(alone, stacked=STACKED)
    for layers, lower, carrier in ((alone, 20, 10), (stacked, None, None)):
        text = PortPage(LAYERS).write(layers)
        assert value(text, "lebarpita_opd_receive_bytes_total", opd="a") == lower
        assert value(text, "lebarpita_link_receive_bytes_total", link="isp-2") == carrier
        assert value(text, "lebarpita_opd_receive_bytes_total", opd="b") == 20
        assert value(text, "lebarpita_link_receive_bytes_total", link="isp-1") == 10
        assert value(text, "lebarpita_link_counter_refused", link="isp-2") == int(carrier is None)


def test_a_link_below_an_opds_vlan_keeps_its_own_bytes() -> None:
    text = PortPage(LAYERS).write(replace(reading(**{p.interface: FOUND for p in LAYERS.ports}), stacked=STACKED))
    assert value(text, "lebarpita_link_receive_bytes_total", link="trunk") == 20
    assert value(text, "lebarpita_link_receive_bytes_total", link="l-a") == 20
