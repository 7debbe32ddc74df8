"""The watch on a simulated network: cut or ill, late or lost, once or often; a clock of its own, no network."""

import statistics
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_watch_decide import behind
from tree import EXAMPLE_CITY
from watch_scene import WALL, WatchScene

from exporter.watch.decide import watched
from exporter.watch.recurrence import RecurrenceTimes
from exporter.watch.rounds import WatchTimes
from inventory.reading import read_city

CITY = watched(read_city(EXAMPLE_CITY))
ROOTS = sorted({"core-agg", "agg-utara", "agg-timur", "agg-selatan", "timur-rsud", "utara-dinkes", "isp-utama"})


@pytest.fixture
def made(tmp_path: Path) -> Iterator[WatchScene]:
    with WatchScene(CITY, tmp_path) as scene:
        scene.run(10)
        yield scene


def test_a_city_that_answers_has_no_outage_no_flap_and_no_ill_link(made: WatchScene) -> None:
    made.run(300)
    assert (made.outages(), made.watch.flaps.total(), made.watch.ill) == ([], 0, {})
    assert made.watch.silent == frozenset()


@pytest.mark.parametrize("root", ROOTS)
def test_a_cut_is_one_outage_of_its_root_with_everybody_behind_it(made: WatchScene, root: str) -> None:
    made.after(0.3, lambda: made.network.cut.add(root))
    made.run(5)
    assert [outage.root for outage in made.outages()] == [root]
    made.network.cut.clear()
    made.run(15)
    assert [outage.ended_at is None for outage in made.outages()] == [False]
    assert made.outages()[0].ended_at == pytest.approx(WALL + 115, abs=0.7)


def test_forty_cuts_are_decided_within_the_goal(tmp_path: Path) -> None:
    """Of the simulated clock: the floor that two seconds of a flap leave, and half a second between requests."""
    taken = []
    with WatchScene(CITY, tmp_path, times=WatchTimes(2.05, RecurrenceTimes(10.0, 0.0))) as made:
        made.run(10)
        for number in range(40):
            root, before, delay = ROOTS[number % len(ROOTS)], made.network.now, (number * 0.137) % 0.5
            made.after(delay, partial(made.network.cut.add, root))
            while not made.journal.open() and made.network.now < before + 10:
                made.run(0.1)
            taken.append(made.network.now - before - delay)
            made.network.cut.clear()
            made.run(13)
    print(f"median {statistics.median(taken):.2f}  worst {max(taken):.2f}")
    assert statistics.median(taken) <= 2.5 and max(taken) <= 2.8, sorted(taken)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ROOTS), st.floats(0, 1), st.floats(0.05, 2.0), st.floats(0.5, 3.0), st.integers(1, 5))
def test_flaps_of_up_to_two_seconds_are_no_outage(
    root: str, phase: float, length: float, pause: float, times: int
) -> None:
    with TemporaryDirectory() as folder, WatchScene(CITY, Path(folder)) as made:
        made.run(10)
        for number in range(times):
            begin = phase + number * (length + pause)
            made.after(begin, lambda: made.network.cut.add(root))
            made.after(begin + length, made.network.cut.clear)
        made.run(phase + times * (length + pause) + 3)
        assert made.outages() == []


def test_a_flap_is_counted_at_the_link_that_flapped(made: WatchScene) -> None:
    made.network.cut.add("agg-timur")
    made.run(1.5)
    made.network.cut.clear()
    made.run(3)
    assert dict(made.watch.flaps) == {"agg-timur": 1}


@pytest.mark.parametrize("loss", [0.3, 0.5])
def test_an_office_that_loses_much_is_ill_and_not_cut_off(made: WatchScene, loss: float) -> None:
    made.network.loss["timur-rsud"] = loss
    made.run(240)
    assert made.outages() == []
    assert set(made.watch.ill) == {"timur-rsud"}
    assert made.watch.ill["timur-rsud"].since - WALL < 110 + 60


@pytest.mark.parametrize("loss", [0.3, 0.5])
def test_a_trunk_that_loses_much_is_named_once_and_no_office_has_an_outage(made: WatchScene, loss: float) -> None:
    made.network.loss["core-agg"] = loss
    made.run(240)
    assert made.outages() == []
    assert set(made.watch.ill) == {"core-agg"}


def test_an_ill_line_that_is_cut_is_an_outage_within_seconds(made: WatchScene) -> None:
    made.network.loss["timur-rsud"] = 0.3
    made.run(240)
    made.network.cut.add("timur-rsud")
    made.run(6)
    assert [outage.root for outage in made.outages()] == ["timur-rsud"]


def test_a_line_that_is_well_again_is_no_longer_ill(made: WatchScene) -> None:
    made.network.loss["timur-rsud"] = 0.2
    made.run(120)
    made.network.loss.clear()
    made.run(420)
    assert made.watch.ill == {}


def test_an_outage_leaves_no_ill_line_behind(made: WatchScene) -> None:
    made.network.cut.add("agg-timur")
    made.run(120)
    made.network.cut.clear()
    for _ in range(8):
        made.run(10)
        assert made.watch.ill == {}


@pytest.mark.parametrize("place", ["timur-rsud", "core-agg"])
def test_a_late_answer_is_an_answer(made: WatchScene, place: str) -> None:
    made.network.delay[place] = 1.2
    made.run(120)
    assert (made.outages(), made.watch.flaps.total(), made.watch.ill) == ([], 0, {})
    line = made.watch.requests.lines["timur-rsud"]
    assert line.lost == 0 and line.round_trip == pytest.approx(1.202, abs=0.01)
    assert made.watch.silent == frozenset()


def test_a_slow_office_that_is_cut_is_an_outage_a_little_later(made: WatchScene) -> None:
    made.network.delay["timur-rsud"] = 1.2
    made.run(60)
    made.network.cut.add("timur-rsud")
    made.run(6)
    assert [outage.root for outage in made.outages()] == ["timur-rsud"]


def test_a_trunk_is_the_root_also_where_one_line_behind_it_is_slow(made: WatchScene) -> None:
    made.network.delay["timur-rsud"] = 0.9
    made.run(60)
    made.network.cut.add("agg-timur")
    made.run(8)
    assert [outage.root for outage in made.outages()] == ["agg-timur"]


def test_a_connector_that_falls_every_ten_seconds_is_one_outage_with_its_minutes_summed(made: WatchScene) -> None:
    for number in range(30):
        made.after(number * 10, lambda: made.network.cut.add("agg-timur"))
        made.after(number * 10 + 5, made.network.cut.clear)
    made.run(310)
    (outage,) = made.outages()
    assert (outage.root, outage.interruptions, outage.ended_at, outage.often) == ("agg-timur", 30, None, True)
    assert outage.down_seconds == pytest.approx(150, rel=0.08)
    made.run(320)
    (over,) = made.outages()
    assert over.ended_at == pytest.approx(WALL + 110 + 295, abs=0.7)


def test_a_fall_that_the_watch_slept_through_does_not_count_as_rest(made: WatchScene) -> None:
    """Eight seconds without a look, six of them a fall: with it, a rest of ten seconds is not full."""
    made.network.cut.add("agg-timur")
    made.run(5)
    made.network.cut.clear()
    made.run(4)
    made.network.pass_time(8)
    made.run(4)
    assert [outage.ended_at for outage in made.outages()] == [None]
    made.run(8)
    (over,) = made.outages()
    assert over.ended_at == pytest.approx(WALL + 115, abs=0.7)


def test_a_root_that_falls_again_within_the_time_is_the_same_outage_and_after_it_another(made: WatchScene) -> None:
    for pause in (60, 320):
        made.network.cut.add("timur-rsud")
        made.run(30)
        made.network.cut.clear()
        made.run(pause)
    made.network.cut.add("timur-rsud")
    made.run(30)
    first, other = made.outages()
    assert (first.interruptions, other.interruptions) == (2, 1)
    assert first.down_seconds == pytest.approx(60, abs=2)


def test_nested_and_simultaneous_cuts_are_one_outage_for_each_cause(made: WatchScene) -> None:
    made.after(0.2, lambda: made.network.cut.update({"agg-timur", "utara-dinkes"}))
    made.run(6)
    made.after(0.1, lambda: made.network.cut.add("timur-rsud"))
    made.run(6)
    assert {outage.root for outage in made.outages()} == {"agg-timur", "utara-dinkes"}
    made.network.cut.discard("agg-timur")
    made.run(8)
    assert {outage.root for outage in made.journal.open() if outage.back_at is None} == {"timur-rsud", "utara-dinkes"}
    made.network.cut.add("core-agg")
    made.run(6)
    assert {outage.root for outage in made.outages()} == {"agg-timur", "utara-dinkes", "timur-rsud", "core-agg"}


def test_five_hundred_lines_at_rest_are_asked_twice_a_second_and_no_more(made: WatchScene) -> None:
    before = made.network.requests
    made.run(10)
    assert made.network.requests - before == 20 * len(made.watch.requests.lines)


def test_behind_a_cut_trunk_nobody_is_asked_more_often_once_it_is_told(made: WatchScene) -> None:
    made.network.cut.add("core-agg")
    made.run(5)
    before = made.network.requests
    made.run(10)
    assert made.network.requests - before == 20 * len(made.watch.requests.lines)
    assert {outage.root for outage in made.outages()} == {"core-agg"}
    assert len(behind(list(CITY), "core-agg")) == 16


def test_a_host_that_lost_its_own_network_freezes_outages_and_counts_anew_afterwards(made: WatchScene) -> None:
    made.network.cut.add("timur-rsud")
    made.run(5)
    made.isolated = True
    made.network.cut.add("core")
    made.run(60)
    assert [outage.root for outage in made.outages()] == ["timur-rsud"] and made.watch.isolated
    made.isolated = False
    made.network.cut.discard("core")
    made.run(30)
    (outage,) = made.outages()
    assert (outage.ended_at, made.watch.isolated, made.watch.ill) == (None, False, {})


def test_a_dead_core_is_an_outage_of_everybody_while_the_host_s_own_port_is_well(made: WatchScene) -> None:
    made.network.cut.add("core")
    made.run(5)
    assert [(outage.root, len(outage.opds)) for outage in made.outages()] == [("core", 12)]


@pytest.mark.parametrize("link", ["timur-rsud", "agg-timur"])
def test_a_tunnel_that_swallows_large_packets_is_named_where_it_begins(made: WatchScene, link: str) -> None:
    made.run(60)
    assert made.watch.large_ends == ()
    made.network.narrow.add(link)
    made.run(240)
    assert list(made.watch.large_ends) == [link] and made.outages() == [] and made.watch.ill == {}
    made.network.narrow.clear()
    made.run(60)
    assert made.watch.large_ends == ()


def test_a_line_that_loses_much_or_is_cut_swallows_no_large_packets(made: WatchScene) -> None:
    made.network.loss["timur-rsud"] = 0.4
    made.network.cut.add("agg-utara")
    made.run(400)
    assert made.watch.large_ends == ()
