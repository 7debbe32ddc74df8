"""The NOC's list and the menu: tickets by lateness and age on a page that renews itself, links grouped by role."""

import re
from datetime import timedelta
from typing import Any

import pytest
from tracker_site import NOW, Site

from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.people.roles import ROLES, may
from request_tracker.web import app
from request_tracker.web.network.noc import AGE, LATENESS, in_order
from request_tracker.web.shell.menu import MenuGroup, menu_of
from request_tracker.web.shell.pages import pages_in

ENTRIES = [entry for folder in app.FOLDERS for pages in pages_in(folder) for entry in pages.entries]
assert len(ENTRIES) > 20


def outage(site: Site, root: str, hours: float) -> str:
    began = NOW - timedelta(hours=hours)
    told = OutageRecord(root, "link", "link_down", ("rsud",), began.timestamp(), None, "watch")
    return reconcile(site.desk, [told], began)[0]


def test_PKL_G_the_noc_s_list_tells_age_lateness_and_who_has_it_and_renews_itself(site: Site) -> None:
    late, fresh = outage(site, "agg-timur", 100), outage(site, "agg-barat", 1)
    site.enter("noc_operator")
    page = site.get("/noc")
    assert '<body class="wall">' in page and site.client.get("/noc").headers["Refresh"] == "30"
    assert "Refresh" not in site.client.get("/noc?diam=1").headers and "perbarui lagi" in site.get("/noc?diam=1")
    assert page.index(late) < page.index(fresh)
    assert "terlambat" in page and "belum ditangani" in page and "sisa" in page
    assert f'href="/gangguan/{late}"' in page


def test_the_noc_s_list_is_ordered_by_lateness_or_by_age_with_restored_lines_last() -> None:
    old = {"number": "old", "ended_at": None, "age": 90.0, "late": -10.0}
    late = {"number": "late", "ended_at": None, "age": 20.0, "late": 50.0}
    without = {"number": "without", "ended_at": None, "age": 10.0, "late": None}
    restored = {"number": "restored", "ended_at": 5.0, "age": 500.0, "late": 500.0}
    rows: list[dict[str, Any]] = [restored, without, old, late]
    assert [row["number"] for row in in_order(rows, LATENESS)] == ["late", "old", "without", "restored"]
    assert [row["number"] for row in in_order(rows, AGE)] == ["old", "late", "without", "restored"]


def test_the_noc_s_list_is_for_staff_only(site: Site) -> None:
    assert site.client.get("/noc").status_code == 302


@pytest.mark.parametrize("role", ["admin", "secretariat"])
def test_every_link_of_the_menu_stands_there_once_and_may_be_followed(site: Site, role: str) -> None:
    site.enter(role)
    menu = re.search(r'<nav aria-label="Menu utama">(.*?)<form', site.get("/kasus"), re.DOTALL)
    assert menu is not None
    links = re.findall(r'href="([^"]+)"', menu[1])
    assert len(links) == len(set(links)) >= 7
    assert {link: site.client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "requester"])
def test_every_role_s_menu_has_at_most_six_words_in_the_open(role: str) -> None:
    groups = menu_of(ENTRIES, lambda act: may(frozenset({role}), act), inside=True)
    assert sum(1 if group.indonesian else len(group.links) for group in groups) <= 6


def test_whoever_may_do_everything_sees_every_link_once_and_whoever_may_nothing_no_group_of_one() -> None:
    everything = [link.endpoint for group in menu_of(ENTRIES, lambda _: True, inside=True) for link in group.links]
    assert sorted(everything) == sorted({entry.endpoint for entry in ENTRIES if entry.group is not MenuGroup.VISITORS})
    assert all(len(group.links) > 1 for group in menu_of(ENTRIES, lambda _: False, inside=True) if group.indonesian)
