"""A ticket names power or light as the likely cause where they said so of its line before the outage and still did."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tracker_office import MONDAY
from tracker_site import NOW, Site

from request_tracker.cases import Desk
from request_tracker.outages.likely_cause import LIGHT, MAINS, RADIO, LikelyCause, ends_of, likely_cause, weightiest
from request_tracker.outages.outage_reports import AlertDelivery, OutageRecord
from request_tracker.outages.tickets import deliver, reconcile, ticket

LINE, NEAR, BEHIND = "agg-timur", "agg", "dist-timur"
LIGHT_OF_THE_LINE = {"alertname": "LebarpitaSignalLow", "device": NEAR, "link": LINE, "medium": "optical"}
BATTERY = {"alertname": "LebarpitaUpsOnBattery", "device": BEHIND}


def say(desk: Desk, labels: dict[str, str], at: datetime, over: datetime | None = None) -> None:
    """Alertmanager's webhook for an alert that begins then, and perhaps a second one for its end."""
    begins = AlertDelivery(
        fingerprint=str(sorted(labels.items())),
        status="firing",
        labels=labels,
        annotations={},
        starts_at=at.isoformat(),
        started_at=at.timestamp(),
        ended_at=None,
    )
    deliver(desk, [begins], at)
    if over:
        deliver(desk, [replace(begins, status="resolved", ended_at=over.timestamp())], over)


def cause(desk: Desk, now: datetime = MONDAY) -> LikelyCause | None:
    told = OutageRecord(LINE, "link", "link_down", ("rsud",), now.timestamp(), None, "watch")
    (number,) = reconcile(desk, [told], now)
    row = ticket(desk, number)
    assert row is not None
    return likely_cause(desk, row)


def before(minutes: float) -> datetime:
    return MONDAY - timedelta(minutes=minutes)


def test_the_city_of_these_tests_has_this_line(desk: Desk) -> None:
    ends = ends_of(desk.city, LINE)
    assert ends is not None
    assert (ends.line, ends.near, ends.behind) == (LINE, NEAR, BEHIND)


def test_light_that_was_weak_before_the_outage_is_its_likely_cause(desk: Desk) -> None:
    say(desk, LIGHT_OF_THE_LINE, before(90))
    assert cause(desk) == LikelyCause(LIGHT, NEAR, before(90).timestamp())


def test_a_battery_that_gave_out_weighs_more_than_light(desk: Desk) -> None:
    say(desk, LIGHT_OF_THE_LINE, before(90))
    say(desk, BATTERY, before(40), over=before(5))
    assert cause(desk) == LikelyCause(MAINS, BEHIND, before(40).timestamp())


def test_a_radio_is_called_a_radio(desk: Desk) -> None:
    say(desk, {**LIGHT_OF_THE_LINE, "medium": "radio"}, before(90))
    found = cause(desk)
    assert found is not None and found.code == RADIO


NOT_OF_IT = {
    "said afterwards": (LIGHT_OF_THE_LINE, -1, None),
    "over long before": (LIGHT_OF_THE_LINE, 300, 200),
    "of another line": ({**LIGHT_OF_THE_LINE, "link": "agg-barat"}, 90, None),
    "of a port of no line at the device above": ({"alertname": "LebarpitaSignalLow", "device": NEAR}, 90, None),
    "a battery elsewhere": ({**BATTERY, "device": "dist-utara"}, 90, None),
    "an alert of another kind": ({**LIGHT_OF_THE_LINE, "alertname": "LebarpitaLinkErrors"}, 90, None),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_OF_IT)
def test_what_does_not_speak_of_this_outage_is_no_cause(desk: Desk, name: str) -> None:
    labels, minutes, over = NOT_OF_IT[name]
    say(desk, labels, before(minutes), before(over) if over else None)
    assert cause(desk) is None


def test_of_the_same_kind_the_last_said_counts() -> None:
    signs = [LikelyCause(LIGHT, "a", 1), LikelyCause(LIGHT, "b", 2), LikelyCause(RADIO, "c", 3)]
    assert weightiest(signs) == LikelyCause(LIGHT, "b", 2)
    assert weightiest([]) is None


def test_a_root_that_the_city_no_longer_has_has_no_ends(desk: Desk) -> None:
    assert ends_of(desk.city, "gone") is None


def test_PKL_G_04_the_ticket_says_it_in_one_line_in_both_languages(site: Site) -> None:
    say(site.desk, LIGHT_OF_THE_LINE, NOW - timedelta(minutes=90))
    told = OutageRecord(LINE, "link", "link_down", ("rsud",), NOW.timestamp() - 60, None, "watch")
    (number,) = reconcile(site.desk, [told], NOW)
    site.enter("technician")
    assert "Kemungkinan sebab" in (page := site.get(f"/gangguan/{number}")) and "daya optik melemah" in page
