"""Beacons: what calls a place of its own like a clock is named with its evidence, and an office's day is not."""

import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from office_day_flows import BEGIN, OFFICES, OPDS, OfficeDay, Pairs, address, lonely_machine, pairs, sums_of, told_of

from exporter.flows.history.attack_signs import AttackSign
from exporter.flows.history.beacons import LEAST_CALLS, LEAST_MINUTES, MOST_PERIOD, beacon_signs, regular
from exporter.flows.history.host_pairs import host_pairs
from exporter.flows.history.regular_calls import (
    MOST_PAIRS,
    WINDOW,
    RegularCalls,
    after_minute,
    calls_bytes,
    no_calls,
    read_calls,
)

HOST, OUTSIDE = int(OFFICES[5]), address(203, 0, 113, 7)
Minutes = Callable[[int], list[Pairs]]


def call(minute: int = 0, *, host: int = HOST, remote: int = OUTSIDE, port: int = 443, sent: int = 700) -> list[Pairs]:
    return [pairs(host, remote, (port, 6), sent, 900)]


def clock(period: float, jitter: float = 0.0, **how: int) -> Minutes:
    """Calls ``period`` minutes apart, each moved by up to ``jitter`` of it."""
    chance = random.Random(5)
    at = {int(n * period + period * jitter * chance.uniform(-1, 1)) for n in range(1, 400)}
    return lambda minute: call(**how) if minute in at else []


def signs(minutes: Minutes, count: int = WINDOW) -> dict[int, list[AttackSign]]:
    """By the minute (from 0) in which something was told."""
    quiet = [pairs(OFFICES[0], address(8, 8, 8, 8), (443, 6), 90_000, 90_000)]
    told = told_of((minute, [*minutes(minute), *quiet]) for minute in range(count))
    return {minute: found for minute, found in told if found}


@pytest.mark.parametrize("period", [1, 1.01, 2, 2.5, 3, 5, 7.3, MOST_PERIOD])
def test_a_beacon_is_told_in_the_minute_of_the_call_that_makes_it_regular_enough(period: float) -> None:
    found = signs(clock(period))
    first = max(LEAST_CALLS * period, LEAST_MINUTES)
    minute, (sign,) = next(iter(found.items()))
    assert first - period <= minute <= first + 2 * period + 1
    assert sign == AttackSign(
        "beacon", "opd-5", "10.10.5.2", True, 443, sign.number, 700 * sign.number, "203.0.113.0/24"
    )
    assert sign.number >= LEAST_CALLS


@pytest.mark.parametrize("period", [3, 5, 8])
def test_a_tenth_of_jitter_hides_no_beacon(period: float) -> None:
    assert signs(clock(period, 0.1))


def test_a_beacon_is_named_beside_an_offices_morning_and_a_machine_that_nobody_else_has() -> None:
    day, planted = OfficeDay(), clock(5)
    minutes = [(n, [*day.minute(540 + n), *planted(n), *lonely_machine(n)]) for n in range(90)]
    names = {(sign.kind, sign.opd, sign.network) for _, found in told_of(minutes) for sign in found}
    assert names == {("beacon", "opd-5", "203.0.113.0/24"), ("beacon", "opd-11", "47.9.9.0/24")}


def test_three_hours_of_a_morning_show_nothing() -> None:
    day = OfficeDay(seed=2)
    every = list(told_of((minute, day.minute(540 + minute)) for minute in range(180)))
    assert len(every) == 180 and [found for _, found in every if found] == []


@pytest.mark.parametrize(
    ("name", "minutes"),
    [
        ("whom others call too", lambda m: [*clock(5)(m), *(call(host=HOST + 9) if m % 40 == 33 else [])]),
        (
            "whose network others call at length",
            lambda m: [*clock(5)(m), *call(host=HOST + 9, remote=OUTSIDE + 1, sent=90_000)],
        ),
        ("in its own network", clock(5, remote=address(10, 99, 0, 1))),
        ("in a private network", clock(5, remote=address(172, 20, 0, 1))),
        ("of a carrier's NAT", clock(5, remote=address(100, 70, 0, 1))),
        ("that answers names", clock(5, port=53)),
        ("that tells the time", clock(5, port=123)),
        ("that fetches much", clock(5, sent=30_000)),
        ("that is called", lambda m: [pairs(HOST, OUTSIDE, (443, 6), 5_000, 800)] if m % 5 == 0 else []),
        ("by a connection kept open", clock(1, sent=150)),
        ("too seldom", clock(MOST_PERIOD + 2)),
        ("by chance", lambda m: call() if random.Random(m).random() < 0.3 else []),
        ("by sizes that differ", lambda m: call(sent=500 + 300 * (m // 5 % 2)) if m % 5 == 0 else []),
    ],
)
def test_what_is_no_beacon(name: str, minutes: Minutes) -> None:
    assert signs(minutes) == {}


def test_regular_is_what_lies_on_a_line_of_minutes() -> None:
    assert regular(np.arange(0, 50, 5), 700) == LEAST_CALLS
    assert regular(np.arange(0, 45, 5), 700) == 0
    assert regular(np.array([0, 5, 10, 15, 20, 33, 35, 40, 45, 50]), 700) == 0
    assert regular(np.arange(0, 40), 700) == LEAST_MINUTES + 1
    assert regular(np.arange(0, 40), 100) == regular(np.arange(0, 20), 700) == 0


def table(minutes: Sequence[int]) -> RegularCalls:
    calls = no_calls(BEGIN)
    for minute in minutes:
        calls = after_minute(calls, BEGIN + 60 * minute, host_pairs(sums_of(call())))
    return calls


def test_what_is_remembered_comes_back_from_its_file_and_anything_else_is_nothing() -> None:
    calls = table(range(0, 50, 5))
    content = calls_bytes(calls, OPDS)
    back = read_calls(content, OPDS, calls.minute)
    assert beacon_signs(back, OPDS) == beacon_signs(calls, OPDS) != []
    spoilt = [
        content[:-1],
        content + b"x",
        b"",
        b"[]\n",
        b'{"rows": -1}\n',
        b"\xff\n",
        content.replace(b"opd-3", b"opd-x"),
    ]
    for wrong in spoilt:
        assert not len(read_calls(wrong, OPDS, calls.minute).smallest)
    assert not len(read_calls(content, OPDS, calls.minute - 60 * (WINDOW + 1)).smallest)


def test_a_minute_told_twice_or_too_late_changes_nothing() -> None:
    calls, pairs_of = table(range(0, 50, 5)), host_pairs(sums_of(call(sent=90)))
    for minute in (45, 44):
        again = after_minute(calls, BEGIN + 60 * minute, pairs_of)
        assert (again.calls == calls.calls).all() and (again.smallest == calls.smallest).all()


def test_pairs_that_are_remembered_are_bounded_and_those_with_calls_stay() -> None:
    calls, count = table(range(0, 50, 5)), MOST_PAIRS + 10
    scan = pairs(OFFICES[3], address(60, 0, 0, 0) + 256 * np.arange(count), (22, 6), 60, 0)
    calls = after_minute(calls, BEGIN + 60 * 50, host_pairs(sums_of([scan, *call()])))
    assert len(calls.smallest) == MOST_PAIRS
    assert [sign.host for sign in beacon_signs(calls, OPDS)] == ["10.10.5.2"]
    later = after_minute(calls, BEGIN + 60 * 70, host_pairs(sums_of(call(host=HOST + 1, remote=OUTSIDE + 4096))))
    assert len(later.smallest) == 1
