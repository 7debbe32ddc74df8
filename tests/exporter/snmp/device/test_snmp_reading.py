"""Which of an agent's values to believe, and how long it has been running."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.snmp.device import objects as c
from exporter.snmp.device.reading import (
    EXACT,
    Traits,
    claimed_speed,
    counter_bits,
    line_speed,
    read_interface,
    wrong_type,
)
from exporter.snmp.device.uptime import WRAP_TICKS, follow
from exporter.snmp.wire.ber import Integer, Value


@pytest.mark.parametrize(
    ("high_speed", "if_speed", "bytes_per_second"),
    [
        (1000, 1_000_000_000, 125_000_000),
        (10_000, 4_294_967_295, 1_250_000_000),
        (0, 64_000, 8_000),
        (0, 4_294_967_295, 0),
        (10_000, 0, 1_250_000_000),
        (0, 0, 0),
    ],
)
def test_if_high_speed_counts_where_if_speed_is_saturated_or_zero(
    high_speed: int, if_speed: int, bytes_per_second: int
) -> None:
    assert claimed_speed(high_speed, Traits(speed_bits=if_speed)) == bytes_per_second


def test_a_pppoe_interface_that_claims_10_mbit_has_no_speed_of_its_own() -> None:
    assert claimed_speed(10, Traits(kind=23)) == 0


def test_the_inventory_wins_where_the_device_claims_nothing_or_less_than_it_carries() -> None:
    assert line_speed(0, 12_500_000) == 12_500_000
    assert line_speed(1_250_000, 12_500_000, carried=5_000_000) == 12_500_000


def test_a_port_that_negotiated_down_counts_with_its_lower_speed() -> None:
    assert line_speed(1_250_000, 12_500_000, carried=1_200_000) == 1_250_000
    assert line_speed(125_000_000, 12_500_000) == 12_500_000


Pair = tuple[int | None, int | None]


def octets(wide: Pair, narrow: Pair) -> dict[str, int]:
    pairs = zip((*c.OCTETS_64, *c.OCTETS_32), (*wide, *narrow), strict=True)
    return {f"{column}.7": value for column, value in pairs if value is not None}


@pytest.mark.parametrize(
    ("wide", "narrow", "bits"),
    [
        ((5, 6), (5, 6), 64),
        ((None, None), (5, 6), 32),
        ((5, None), (5, 6), 32),
        ((0, 0), (5, 6), 32),
        ((0, 0), (0, 0), 64),
        ((None, None), (None, None), 64),
        ((0, 9), (5, 9), 64),
    ],
)
def test_32_bits_are_read_only_where_64_are_missing_or_stuck(wide: Pair, narrow: Pair, bits: int) -> None:
    assert counter_bits(octets(wide, narrow), "7") == bits


@given(st.integers(0, 2**64 - 1))
def test_a_counter_above_two_to_the_53_is_given_modulo_as_snmp_exporter_does(count: int) -> None:
    reading = read_interface({f"{c.IF_HC_IN_OCTETS}.1": count}, "1", Traits())
    assert reading.in_octets == count % EXACT
    assert float(reading.in_octets) == reading.in_octets


@pytest.mark.parametrize(
    ("oper", "up"), [(1, True), (4, True), (2, False), (3, False), (5, False), (6, False), (7, False)]
)
def test_down_is_every_state_that_passes_no_packet(oper: int, up: bool) -> None:
    assert read_interface({f"{c.IF_OPER}.1": oper}, "1", Traits()).oper_up is up


def test_a_value_of_the_wrong_type_is_no_value() -> None:
    assert read_interface({f"{c.IF_HC_IN_OCTETS}.1": b"12"}, "1", Traits()).in_octets is None


OCTETS_OF_1 = [f"{column}.1" for column in (*c.OCTETS_64, *c.OCTETS_32)]


@pytest.mark.parametrize("value", [-5, Integer(5), Integer(-5), 2.5, b"5", "1.3"])
def test_what_is_of_another_type_or_below_nought_is_no_counter(value: Value) -> None:
    reading = read_interface(dict.fromkeys(OCTETS_OF_1, value), "1", Traits())
    assert (reading.in_octets, reading.out_octets) == (None, None)
    assert wrong_type({OCTETS_OF_1[0]: value}, "1")
    assert counter_bits(dict(zip(OCTETS_OF_1, (value, value, 5, 6), strict=True)), "1") == 32


def test_a_speed_below_nought_is_no_speed() -> None:
    assert read_interface({f"{c.IF_HIGH_SPEED}.1": Integer(-1)}, "1", Traits()).speed_bytes == 0


def test_the_start_of_a_device_stays_the_same_to_the_bit_while_answers_jitter() -> None:
    first = follow(None, 1000, 5000.0)
    later = follow(first, 2003, 5010.2)
    assert later.started == first.started == 4990.0
    assert later.moment(1500) == 5005.0


def test_a_fall_of_sys_uptime_is_a_reboot() -> None:
    boot = follow(follow(None, 900_000, 5000.0), 300, 5015.0)
    assert (boot.reboots, boot.wraps, boot.started) == (1, 0, 5012.0)


def test_a_reboot_is_seen_even_when_the_new_uptime_has_overtaken_the_old_one() -> None:
    boot = follow(follow(None, 100, 5000.0), 30_000, 5600.0)
    assert (boot.reboots, boot.started) == (1, 5300.0)


def test_a_device_whose_clock_runs_a_percent_slow_is_not_rebooted_by_that() -> None:
    boot = follow(None, 100_000, 5000.0)
    for n in range(1, 100):
        boot = follow(boot, 100_000 + n * 5_940, 5000.0 + n * 60)
    assert boot.reboots == 0


def test_sys_uptime_wraps_after_497_days_without_a_reboot() -> None:
    before = follow(None, WRAP_TICKS - 500, 1_000_000_000.0)
    boot = follow(before, 1000, 1_000_000_015.0)
    assert (boot.reboots, boot.wraps) == (0, 1)
    assert boot.started == before.started
    assert boot.moment(WRAP_TICKS - 500) == pytest.approx(1_000_000_000.0)


def test_two_answers_that_overtake_each_other_are_no_reboot() -> None:
    assert follow(follow(None, 1000, 5000.0), 995, 5000.0).reboots == 0


@pytest.mark.parametrize(("admin", "up"), [(1, True), (2, False), (3, False)])
def test_admin_up_is_what_somebody_switched_on(admin: int, up: bool) -> None:
    assert read_interface({f"{c.IF_ADMIN}.1": admin}, "1", Traits()).admin_up is up
