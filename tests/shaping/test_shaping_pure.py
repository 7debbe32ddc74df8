"""The ledger is checked before anything is touched; ranges are disjoint; plans are ordered; verdicts are fair."""

from ipaddress import IPv4Network, ip_address
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledgers import CITY, ledger, revision

from shaping.drivers.linux.classes import PARENT, UNMAPPED, Class, assign_minors, compile_classes
from shaping.drivers.linux.htb import Counted, class_options, read_class, same
from shaping.drivers.linux.nft import compile_map
from shaping.drivers.linux.ranges import disjoint
from shaping.errors import ShapingError
from shaping.ledger import read_revision
from shaping.plan import Act, Operation, make_plan, rendered, told
from shaping.proof import proof_body, verdict


def test_an_approved_revision_is_read() -> None:
    found = revision(dinkes=(625_000, 2_500_000))
    assert found.rates["dinkes", "receive"].ceiling == 2_500_000


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ({"dinkes": (31_000, 2_500_000)}, "dinkes receive"),
        ({"dinkes": (2_500_000, 625_000)}, "in this order"),
        ({"dinkes": (625_000, 26_000_000)}, "the capacity 200 Mbit/s"),
        ({"dinkes": (12_500_000, 12_500_000), "rsud": (12_500_000, 12_500_000)}, "above 95 % of isp-utama"),
        ({"nobody": (625_000, 625_000)}, "names nobody, which the inventory does not know"),
    ],
)
def test_what_cannot_be_kept_is_refused(rates: dict[str, tuple[int, int]], said: str) -> None:
    with pytest.raises(ShapingError, match=said):
        revision(**rates)


@pytest.mark.parametrize(
    "body",
    [{}, [], None, {"revision": "x", "hash": "", "allocations": []}, {"revision": 1, "hash": "0", "allocations": [{}]}],
)
def test_what_is_no_ledger_is_refused(body: Any) -> None:
    with pytest.raises(ShapingError, match="ledger"):
        read_revision(body, CITY, "isp-utama")


def test_a_ledger_whose_hash_does_not_fit_changes_nothing() -> None:
    body = ledger(dinkes=(625_000, 2_500_000))
    body["allocations"][0]["receive"]["ceiling"] = 9_000_000
    with pytest.raises(ShapingError, match="does not give its hash"):
        read_revision(body, CITY, "isp-utama")


networks = st.tuples(st.integers(0, 2**10 - 1), st.integers(22, 32)).map(
    lambda pair: IPv4Network((pair[0] << (32 - pair[1]) & 0xFFFFFFFF, pair[1]), strict=False)
)


@given(st.dictionaries(networks, st.sampled_from("abc"), max_size=10), st.integers(0, 2**12))
def test_ranges_are_disjoint_and_say_what_the_longest_prefix_says(owned: dict[IPv4Network, str], offset: int) -> None:
    ranges = disjoint(list(owned.items()))
    assert all(a.last < b.first for a, b in pairwise(ranges))
    for address in {offset, *(int(n.network_address) for n in owned), *(int(n.broadcast_address) for n in owned)}:
        holding = [network for network in owned if ip_address(address) in network]
        expected = owned[max(holding, key=lambda network: network.prefixlen)] if holding else None
        assert next((r.owner for r in ranges if r.first <= address <= r.last), None) == expected


def test_the_map_of_the_city_gives_nested_prefixes_and_the_management_network_their_class() -> None:
    found = compile_map(CITY, {"rsud": 0x10})
    owners = {r.owner for r in found.ranges[4]}
    assert owners == {"16", "3"}
    assert found.hash == compile_map(CITY, {"rsud": 0x10}).hash


@given(st.integers(32_000, 2_000_000_000), st.integers(0, 2_000_000_000))
def test_a_class_survives_the_kernels_form(rate: int, more: int) -> None:
    one = Class(0x10, rate, rate + more, 1600, 1600 + rate // 500, 1514, 16_000)
    assert same(read_class(0x10, class_options(one), 16_000), one)


def test_known_offices_keep_their_class_and_new_ones_get_the_lowest_free() -> None:
    assert assign_minors({"a": 0x10, "b": 0x11}, {"b", "c"}) == {"b": 0x11, "c": 0x12}


def test_a_second_plan_is_empty_and_an_update_lowers_before_it_raises() -> None:
    minors = {"dinkes": 0x10, "rsud": 0x11}
    before = {
        "lan": compile_classes(
            revision(dinkes=(625_000, 2_500_000), rsud=(625_000, 2_500_000)), minors, "receive", 25_000_000
        )
    }
    after = {
        "lan": compile_classes(
            revision(dinkes=(650_000, 6_250_000), rsud=(600_000, 1_250_000)), minors, "receive", 25_000_000
        )
    }
    assert make_plan(before, before, False).empty
    acts = [
        (op.act, op.after.minor)
        for op in make_plan(before, after, False).operations
        if op.after and op.after.minor >= 0x10
    ]
    assert acts == [(Act.LOWER, 0x11), (Act.RAISE, 0x10)]


def test_the_plan_is_told_for_each_office_with_the_commands_as_tc_writes_them() -> None:
    minors = {"dinkes": 0x10, "rsud": 0x11}
    old, new = (
        {"lan": compile_classes(revision(dinkes=rates, rsud=(600_000, 2_500_000)), minors, "receive", 25_000_000)}
        for rates in ((625_000, 2_500_000), (650_000, 6_250_000))
    )
    found = told(make_plan(old, new, False), {0x10: "dinkes", 0x11: "rsud"})
    assert found["before"]["dinkes"] == {"lan": {"guaranteed": 625_000, "ceiling": 2_500_000}}
    (line,) = found["commands"]["dinkes"]
    assert line.startswith(
        "tc class change dev lan parent 1eb:1 classid 1eb:10 htb rate 650000bps ceil 6250000bps burst"
    )
    slow = Operation("lan", Act.REPLACE, new["lan"][0x10], new["lan"][0x10])
    assert [one.split(" dev")[0] for one in rendered(slow)] == ["tc class del", "tc class add"]


def test_below_one_megabit_a_class_is_made_anew_because_its_debt_would_last() -> None:
    minors = {"dinkes": 0x10}
    slow = {"lan": compile_classes(revision(dinkes=(32_000, 64_000)), minors, "receive", 25_000_000)}
    fast = {"lan": compile_classes(revision(dinkes=(32_000, 2_500_000)), minors, "receive", 25_000_000)}
    acts = {op.act for op in make_plan(slow, fast, False).operations if op.after and op.after.minor == 0x10}
    assert acts == {Act.REPLACE}


def test_the_first_plan_makes_the_root_the_parent_and_the_class_of_the_unmapped() -> None:
    wanted = {"lan": compile_classes(revision(dinkes=(625_000, 2_500_000)), {"dinkes": 0x10}, "receive", 25_000_000)}
    plan = make_plan({"lan": {}}, wanted, True)
    assert plan.fresh == ("lan",)
    assert {op.after.minor for op in plan.operations if op.after} >= {PARENT, UNMAPPED, 0x10}


def test_a_proof_that_differs_from_the_ledger_says_where() -> None:
    found = revision(dinkes=(625_000, 2_500_000))
    other = Class(0x10, 625_000, 1_250_000, 1600, 1600, 1514, 16_000)
    body = proof_body(found, {"receive": {0x10: other}, "transmit": {}}, {"dinkes": 0x10}, {"agent": "core"})
    assert body["ok"] is False
    assert body["problems"] == [
        "dinkes receive: read back 625000/1250000, wanted 625000/2500000",
        "dinkes transmit: the class 10 is not there",
    ]


@pytest.mark.parametrize(
    ("rate", "drops", "backlog", "expected"),
    [
        (0, 0, 0, "idle"),
        (500_000, 0, 0, "below"),
        (2_450_000, 5, 0, "capped"),
        (700_000, 0, 9, "met"),
        (300_000, 3, 0, "missed"),
    ],
)
def test_verdicts(rate: int, drops: int, backlog: int, expected: str) -> None:
    one = Class(0x10, 625_000, 2_500_000, 1600, 1600, 1514, 16_000)
    after = Counted(rate * 15, 1, drops, backlog)
    assert verdict(one, Counted(0, 0, 0, 0), after, 15.0) == expected
