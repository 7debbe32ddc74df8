"""The plan for the loss of an uplink: sums fit what remains, nobody above his ceiling, guarantees first."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.admission import LOWEST_BYTES_PER_SECOND, Direction, RatePair, usable
from inventory.fallback import FallbackPlan, compile_fallback, fallback_terms, losses_of, offices_on
from inventory.model import City
from inventory.reading import InventoryError, parse_city, read_city

EXAMPLE = "inventory/example/city.yaml"
RESERVE = """  - name: isp-cadangan
    device: core
    interface: wan2
    receive_capacity: {capacity}
    transmit_capacity: {capacity}
"""
MBIT = 125_000


def text(rule: str = "share", capacity: str = "100 Mbit/s", lines: str = "[{uplink: isp-cadangan}]") -> str:
    whole = Path(EXAMPLE).read_text(encoding="utf-8")
    fallback = f"    fallback: {{rule: {rule}, lines: {lines}}}\n"
    reserve = RESERVE.replace("{capacity}", capacity)
    return whole.replace("    circuit: CID-0001\n", f"    circuit: CID-0001\n{fallback}").replace(
        "\nlinks:\n", f"{reserve}\nlinks:\n"
    )


@cache
def city(*how: str) -> City:
    return parse_city(text(*how))


OFFICES = tuple(opd.code for opd in read_city(EXAMPLE).opds)


def same(guaranteed: int, ceiling: int) -> dict[tuple[str, Direction], RatePair]:
    ways: tuple[Direction, ...] = ("receive", "transmit")
    return {(opd, way): RatePair(guaranteed, ceiling) for opd in OFFICES for way in ways}


def plan(rule: str, rates: dict[tuple[str, Direction], RatePair], capacity: str = "100 Mbit/s") -> FallbackPlan:
    return compile_fallback(city(rule, capacity), "isp-utama", "isp-cadangan", rates)


def test_all_get_half_where_the_rule_says_half() -> None:
    half = plan("50 %", same(10 * MBIT, 20 * MBIT))
    assert set(half.rates.values()) == {RatePair(5 * MBIT, 10 * MBIT)} and half.problems == ()
    assert len(half.rows) == len(OFFICES) and half.rows[0]["receive"] == {"guaranteed": 625_000, "ceiling": 1_250_000}


def test_a_percentage_whose_guarantees_do_not_fit_is_told_with_the_next_step() -> None:
    problems = plan("90 %", same(10 * MBIT, 20 * MBIT)).problems
    assert len(problems) == 2 and "95 % of isp-cadangan" in problems[0] and "rule share" in problems[0]


def test_guarantees_come_first_and_the_rest_goes_by_weight() -> None:
    rates = same(MBIT, 50 * MBIT) | {("rsud", "receive"): RatePair(4 * MBIT, 50 * MBIT)}
    made = plan("share", rates).rates
    assert made["rsud", "receive"].guaranteed == 4 * MBIT and made["dinkes", "receive"].guaranteed == MBIT
    ratio = made["rsud", "receive"].ceiling / made["dinkes", "receive"].ceiling
    assert ratio == pytest.approx(4.0, rel=1e-5)


def test_more_offices_than_the_line_can_hold_at_the_lowest_rate_are_refused() -> None:
    assert plan("share", same(MBIT, MBIT), "2 Mbit/s").problems


def test_the_same_ledger_gives_the_same_hash_and_another_one_another() -> None:
    one, two = plan("share", same(MBIT, MBIT)), plan("share", same(MBIT, 2 * MBIT))
    assert one.hash == plan("share", same(MBIT, MBIT)).hash != two.hash


@given(
    st.lists(st.tuples(st.integers(32_000, 10**9), st.integers(0, 10**9)), min_size=1, max_size=len(OFFICES)),
    st.sampled_from([1, 2, 10, 100, 1_000]),
    st.sampled_from(["share", "10 %", "50 %", "100 %"]),
)
def test_whatever_the_ledger_a_plan_without_problems_can_be_kept(
    pairs: list[tuple[int, int]], capacity: int, rule: str
) -> None:
    rates: dict[tuple[str, Direction], RatePair] = {
        (opd, "receive"): RatePair(g, g + more) for opd, (g, more) in zip(OFFICES, pairs, strict=False)
    }
    made = plan(rule, rates, f"{capacity} Mbit/s")
    line = capacity * MBIT
    if made.problems:
        return
    assert sum(pair.guaranteed for pair in made.rates.values()) <= usable(line)
    for key, pair in made.rates.items():
        before = rates[key]
        assert LOWEST_BYTES_PER_SECOND <= pair.guaranteed <= pair.ceiling <= max(line, LOWEST_BYTES_PER_SECOND)
        assert pair.guaranteed <= before.guaranteed and pair.ceiling <= before.ceiling
    if rule == "share":
        assert sum(pair.ceiling for pair in made.rates.values()) <= line
        if sum(pair.guaranteed for pair in rates.values()) <= usable(line):
            assert all(made.rates[key].guaranteed == before.guaranteed for key, before in rates.items())


def test_offices_go_where_the_file_sends_them() -> None:
    two = "[{uplink: isp-cadangan, opds: [dinkes, rsud]}]"
    made = city("share", "100 Mbit/s", two)
    assert offices_on(made, "isp-utama", "isp-cadangan") == ("dinkes", "rsud")
    assert losses_of(made, "isp-cadangan") == ("isp-utama",) and losses_of(made, "isp-utama") == ()


def test_the_terms_name_rule_lines_capacities_and_waits() -> None:
    line = {"uplink": "isp-cadangan", "opds": [], "receive": 12_500_000, "transmit": 12_500_000}
    assert fallback_terms(city("50 %"), "isp-utama") == {
        "loss": "isp-utama",
        "rule": "50 %",
        "lines": [line],
        "begin_after_seconds": 10.0,
        "end_after_seconds": 120.0,
    }
    with pytest.raises(KeyError):
        fallback_terms(city(), "isp-cadangan")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("[{uplink: isp-utama}]", "'isp-utama' is not another one of the uplinks"),
        ("[{uplink: isp-lain}]", "'isp-lain' is not another one of the uplinks"),
        ("[{uplink: isp-cadangan, opds: [kecamatan]}]", "kecamatan is no office of isp-utama"),
        ("[{uplink: isp-cadangan, opds: [rsud, rsud]}]", "an office stands on two lines"),
        ("[{uplink: isp-cadangan}, {uplink: isp-cadangan}]", "each line once"),
        ("[]", "at least 1"),
    ],
)
def test_a_fallback_that_makes_no_sense_is_refused_with_its_place(lines: str, sentence: str) -> None:
    with pytest.raises(InventoryError, match=sentence):
        city("share", "100 Mbit/s", lines)


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(InventoryError, match="rule"):
        city("separuh")
