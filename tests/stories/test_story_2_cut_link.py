"""A cut link is one page and one ticket that names every office behind it; flaps page nobody."""

import json
import random
import statistics
import time
from functools import partial

import pytest
from office import keep_table, on_board, outages, pages, quiet, tickets, until

from lab.client import Lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]
BEHIND = {
    "agg-utara": ["dinkes", "disdik", "dukcapil", "kec-utara"],
    "agg-timur": ["dinsos", "dishub", "dpupr", "rsud"],
    "agg-selatan": ["bappeda", "bpkad", "kec-selatan", "satpolpp"],
}
# A state of the first panel of the link's board.
UP_AND_SILENT = 4
# By the watch itself: the slower way, by a rule of Prometheus, would page later than this.
FAST_SECONDS = 12
DRAWN_OUT_SECONDS, MOST_FLAPS = 2.05, 30
"""The watch promises silence for two seconds, and tells what lasted longer: lasting_seconds of its configuration."""


def moved_on(lab: Lab, root: str, since: float) -> bool:
    return all(ticket["ended_at"] for ticket in tickets(lab, root, since))


def test_ten_cuts_are_ten_pages_and_ten_tickets_that_name_every_office(city_lab: Lab) -> None:
    taken: list[float] = []
    phase = random.Random(20261120)
    for number in range(10):
        root = sorted(BEHIND)[number % 3]
        quiet(city_lab)
        time.sleep(phase.random())
        begun = time.time()
        city_lab.cut(root)
        page = until(f"a page for {root}", partial(pages, city_lab, begun), FAST_SECONDS)[0]
        taken.append(page["received_at"] - begun)
        time.sleep(3)
        found = pages(city_lab, begun)
        assert [json.loads(row["labels"])["root"] for row in found] == [root]
        assert sum(row["repeats"] for row in found) == 0
        opened = tickets(city_lab, root, begun)
        assert [json.loads(row["offices"]) for row in opened] == [BEHIND[root]]
        city_lab.heal(root)
        until("the ticket moves on", partial(moved_on, city_lab, root, begun))
        assert all(not tickets(city_lab, f"{root[4:]}-{opd}", begun) for opd in BEHIND[root])
    keep_table(
        "cut-to-webhook",
        [
            "seconds from cut to webhook, ten cuts at random phase",
            f"median {statistics.median(taken):.2f}  worst {max(taken):.2f}  all {' '.join(f'{s:.2f}' for s in taken)}",
            "goal: median 4, worst 5",
        ],
    )


def test_ten_flaps_of_two_seconds_page_nobody(city_lab: Lab) -> None:
    """A cut that a busy machine drew out is no flap of two seconds: it may be paged, and another is made for it."""
    quiet(city_lab)
    flaps: list[float] = []
    begun = time.time()
    for _ in range(MOST_FLAPS):
        if len(flaps) == 10:
            break
        begun = time.time()
        (lasted,) = city_lab.flap("agg-timur", times=1, down_seconds=2.0, up_seconds=2.5)
        if lasted > DRAWN_OUT_SECONDS:
            quiet(city_lab)
            continue
        flaps.append(lasted)
        assert pages(city_lab, begun) == [], flaps
        assert tickets(city_lab, "agg-timur", begun) == [], flaps
    time.sleep(3)
    assert pages(city_lab, begun) == []
    assert len(flaps) == 10, f"of {MOST_FLAPS} cuts this machine drew out all but {len(flaps)}"


@pytest.mark.parametrize("direction", ["both", "down"])
def test_a_silent_drop_with_the_link_up_is_paged(city_lab: Lab, direction: str) -> None:
    quiet(city_lab)
    begun = time.time()
    city_lab.silence("utara-dinkes", direction)
    page = until("a page", lambda: pages(city_lab, begun), FAST_SECONDS)[0]
    assert json.loads(page["labels"])["root"] == "utara-dinkes"
    (ticket,) = until("its ticket", lambda: tickets(city_lab, "utara-dinkes", begun))
    assert json.loads(ticket["offices"]) == ["dinkes"]
    # The device in front has had its time to notice a port that is down: its word is another than that of ping.
    until("the cause", lambda: [outage["cause"] for outage in outages(city_lab, begun)] == ["silent"])
    said = on_board(city_lab, "lebarpita-link", (1, "keadaan"), link="utara-dinkes")
    assert said == UP_AND_SILENT, "what the board of the line says"
    city_lab.heal("utara-dinkes")
    until("the ticket moves on", lambda: tickets(city_lab, "utara-dinkes", begun)[0]["ended_at"])
    assert tickets(city_lab, "utara-dinkes", begun)[0]["cause"] == "silent"


def test_a_dead_device_is_one_page_for_all_behind_it(city_lab: Lab) -> None:
    quiet(city_lab)
    begun = time.time()
    city_lab.kill("dist-selatan")
    until("a page", lambda: pages(city_lab, begun), FAST_SECONDS)
    time.sleep(3)
    assert [json.loads(row["labels"])["root"] for row in pages(city_lab, begun)] == ["agg-selatan"]
    city_lab.heal("dist-selatan")
    until("the ticket moves on", lambda: tickets(city_lab, "agg-selatan", begun)[0]["ended_at"])
    # Its own clock says that it was off, whatever its cable looked like; asked six seconds after it is back.
    until("what it was", lambda: tickets(city_lab, "agg-selatan", begun)[0]["cause"] == "device_down", 300)
