"""Whatever part dies during an outage, there is one ticket and nothing is lost."""

import time

import pytest
import requests
from office import quiet, tickets, until

from lab.client import Lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(1200)]


@pytest.mark.parametrize("part", ["watch", "tracker", "alertmanager", "prometheus"])
def test_a_part_killed_during_an_outage_leaves_one_ticket(city_lab: Lab, part: str) -> None:
    quiet(city_lab)
    begun = time.time()
    city_lab.cut("agg-timur")
    until("a ticket", lambda: tickets(city_lab, "agg-timur", begun))
    city_lab.kill_service(part)
    time.sleep(2)
    city_lab.start_service(part)
    time.sleep(8)
    assert len(tickets(city_lab, "agg-timur", begun)) == 1
    assert tickets(city_lab, "agg-timur", begun)[0]["ended_at"] is None
    city_lab.heal("agg-timur")
    until("the ticket moves on", lambda: tickets(city_lab, "agg-timur", begun)[0]["ended_at"], 240)
    assert len(tickets(city_lab, "agg-timur", begun)) == 1


def test_an_outage_that_came_and_went_while_the_tracker_was_down_is_a_ticket_with_its_minutes(city_lab: Lab) -> None:
    quiet(city_lab)
    begun = time.time()
    city_lab.kill_service("tracker")
    city_lab.cut("agg-selatan")
    time.sleep(8)
    city_lab.heal("agg-selatan")
    quiet(city_lab)
    city_lab.start_service("tracker")
    found = until("a ticket", lambda: tickets(city_lab, "agg-selatan", begun))
    time.sleep(2)
    assert len(tickets(city_lab, "agg-selatan", begun)) == 1
    assert found[0]["source"] == "watch"
    assert 5 < found[0]["ended_at"] - found[0]["started_at"] < 30


def test_the_watch_itself_dead_is_told_by_prometheus(city_lab: Lab) -> None:
    quiet(city_lab)
    city_lab.kill_service("watch")

    def told() -> bool:
        alerts = requests.get(city_lab.url("alertmanager", "/api/v2/alerts"), timeout=60).json()
        return any(alert["labels"]["alertname"] == "LebarpitaWatchSilent" for alert in alerts)

    until("the watch's silence is told", told, 300, 1)
    city_lab.start_service("watch")
