"""The link in a page: looking takes nothing, pressing takes the outage, once, for its person, for 24 hours (6.7)."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from receivers import Heard, config
from tracker_site import NOW, Site

from request_tracker.cases import Desk
from request_tracker.errors import Refused
from request_tracker.metrics import TrackerFigures
from request_tracker.notifications.delivery import send_outbox
from request_tracker.outages.answer_links import make_link, read_link, use_link
from request_tracker.outages.follow import CHAIN, escalate
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile, ticket
from request_tracker.people.accounts import set_active, set_roles
from request_tracker.people.addresses import set_address
from request_tracker.people.roles import may

# Apprise loads every plug-in at its first use, and one of them still imports a module that Python 3.13 drops.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
KEY = b"rahasia-sesi-yang-panjang"


@pytest.fixture
def number(site: Site) -> str:
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud",), NOW.timestamp(), None, "watch")
    return reconcile(site.desk, [told], NOW)[0]


def test_PKL_G_ESC_whoever_the_chain_calls_may_take_the_outage() -> None:
    """The head of the office, called last, had a button that refused him."""
    assert [role for _, role, _ in CHAIN if not may(frozenset({role}), "acknowledge")] == []


def taken_by(site: Site, number: str) -> object:
    found = ticket(site.desk, number)
    return found and found["acknowledged_by"]


def paged(site: Site, folder: Path, chat: Heard) -> str:
    """The link that the person called found in the page."""
    escalate(site.desk, NOW)
    settings = config(folder, "chat").model_copy(update={"secret_key": "env:SESSION"})
    while send_outbox(site.desk, settings, NOW):
        pass
    text = next(text for place, _, text in chat.told if place == "piket" and "/tanggap/" in text)
    found = re.search(r"/tanggap/\S+", text)
    assert found is not None
    return found[0]


def test_PKL_G_ESC_the_page_s_link_is_looked_at_without_harm_and_takes_the_outage_once(
    site: Site, number: str, tmp_path: Path, chat: Heard
) -> None:
    user = site.enter("technician")
    set_address(site.desk.store, user, "chat:piket", ("chat",), NOW)
    site.client.delete_cookie("session")
    link = paged(site, tmp_path, chat)
    sql = "SELECT kind FROM rights_journal WHERE subject = ? AND kind LIKE 'answer_link%' ORDER BY seq"
    assert [row["kind"] for row in site.desk.store.rows(sql, [f"user:{user}"])] == ["answer_link_made"]
    for _ in range(3):
        assert "Saya tangani" in site.get(link)
    assert taken_by(site, number) is None
    assert site.client.post(link).status_code == 400
    assert "Tercatat: Anda yang menangani" in site.post(link).text
    assert taken_by(site, number) == f"user:{user}"
    assert [row["kind"] for row in site.desk.store.rows(sql, [f"user:{user}"])][1:] == ["answer_link_used"]
    assert site.client.get(link).status_code == 409
    assert escalate(site.desk, NOW + timedelta(hours=2)) == []


def test_PKL_G_ESC_a_link_that_was_changed_is_refused(site: Site, number: str) -> None:
    link = make_link(KEY, number, site.enter("technician"), 1, NOW)
    body, _, seal = link.partition(".")
    for spoilt in ("x", "", body, f"{body[4:]}.{seal}", f"{body}.{seal[::-1]}", f"{body}.{seal}=x", f".{seal}", "é.é"):
        with pytest.raises(Refused):
            read_link(site.desk, KEY, spoilt, NOW)
    with pytest.raises(Refused):
        read_link(site.desk, b"kunci lain", link, NOW)


def test_PKL_G_ESC_a_link_is_void_after_a_day_after_use_and_without_the_role(site: Site, number: str) -> None:
    desk, user = site.desk, site.enter("technician")
    link = make_link(KEY, number, user, 1, NOW)
    assert read_link(desk, KEY, link, NOW + timedelta(hours=23))[0].number == number
    refused(desk, link, hours=25)
    set_roles(desk.store, user, ("auditor",))
    refused(desk, link)
    set_roles(desk.store, user, ("technician",))
    set_active(desk.store, user, False, NOW)
    refused(desk, link)
    set_active(desk.store, user, True, NOW)
    assert use_link(desk, KEY, link, NOW)
    refused(desk, link)
    assert not use_link(desk, KEY, make_link(KEY, number, user, 2, NOW), NOW)


def refused(desk: Desk, link: str, hours: float = 0) -> None:
    with pytest.raises(Refused, match="Tautan ini sudah dipakai"):
        read_link(desk, KEY, link, NOW + timedelta(hours=hours))


def test_PKL_G_ESC_a_page_that_reaches_nobody_is_counted_for_the_alert(site: Site, tmp_path: Path) -> None:
    # Now and not when the tests began: the figure is of the last quarter of an hour.
    now = datetime.now(UTC)
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud",), now.timestamp(), None, "watch")
    reconcile(site.desk, [told], now)
    escalate(site.desk, now)
    send_outbox(site.desk, config(tmp_path), now)
    families = {
        family.name: family.samples[0].value for family in TrackerFigures(site.desk).collect() if family.samples
    }
    assert families["lebarpita_outage_pages_not_delivered"] == 1
