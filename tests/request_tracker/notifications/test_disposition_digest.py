"""Dispositions filed afterwards: one digest a working day, no message for each alert (PKL-G-02/03)."""

import json
from datetime import timedelta

from tracker_office import DIVISION, HEAD, MONDAY, SECTION, walk_to

from request_tracker.cases import Desk, Sign
from request_tracker.notifications.disposition_digest import tell_dispositions
from request_tracker.notifications.reminders import remind
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile

DAY = timedelta(days=1)
NIGHT = MONDAY - timedelta(hours=8)
OFFICIALS = "recipient IN ('role:head_of_office', 'role:head_of_division', 'role:head_of_section')"


def alerts(desk: Desk) -> list[str]:
    """Three lines cut at night."""
    roots = ("agg-timur", "core-barat", "isp-a")
    told = [OutageRecord(root, "link", "link_down", ("rsud",), NIGHT.timestamp(), None, "watch") for root in roots]
    return reconcile(desk, told, NIGHT)


def told_to_officials(desk: Desk) -> list[str]:
    return [row["key"] for row in desk.store.rows(f"SELECT key FROM outbox WHERE {OFFICIALS} ORDER BY id")]


def test_PKL_G_02_three_alerts_at_night_page_the_head_once_in_the_morning(desk: Desk) -> None:
    numbers = alerts(desk)
    assert tell_dispositions(desk, NIGHT) == [] and told_to_officials(desk) == []
    assert tell_dispositions(desk, MONDAY) == ["head_of_office"]
    assert tell_dispositions(desk, MONDAY + timedelta(hours=1)) == []
    (row,) = desk.store.rows(f"SELECT payload, channel FROM outbox WHERE {OFFICIALS}")
    told = json.loads(row["payload"])
    assert row["channel"] == "calm" and told["title"] == "3 kasus gangguan"
    assert all(f"{number} PKL-G-02" in told["subject"] for number in numbers)


def test_PKL_G_03_the_digest_follows_the_order_and_ends_with_the_last_signature(desk: Desk) -> None:
    number, *_ = alerts(desk)
    walk_to(desk, number, [(HEAD, Sign("PKL-G-02"))])
    assert tell_dispositions(desk, MONDAY) == ["head_of_division", "head_of_office"]
    walk_to(desk, number, [(DIVISION, Sign("PKL-G-03")), (SECTION, Sign("PKL-G-03"))])
    assert tell_dispositions(desk, MONDAY + DAY) == ["head_of_office"]
    assert all(key.startswith("dispositions:2026-11-2") for key in told_to_officials(desk))


def test_PKL_G_02_no_reminder_is_added_to_the_digest(desk: Desk) -> None:
    alerts(desk)
    reminded = {to for day in range(1, 9) for _, _, to in remind(desk, NIGHT + day * DAY)}
    assert "role:head_of_office" not in reminded and reminded
