"""The book's page: who wishes the month's summary is set there, and begins as nobody."""

import re

from tracker_site import Site

from request_tracker.people.contacts import everybody

PAGE = "/narahubung"
GIVEN = {"subject": "opd:rsud", "contact_name": "Narahubung", "contact_phone": "0800000000890"}


def wished(site: Site) -> list[bool]:
    return [row["wished_at"] is not None for row in everybody(site.desk.store)]


def test_the_monthly_summary_begins_off_and_is_ticked_where_a_contact_is_entered(site: Site) -> None:
    site.enter("secretariat")
    (box,) = re.findall(r'<input [^>]*type="checkbox"[^>]*>', site.get(PAGE))
    assert 'name="monthly"' in box and "checked" not in box
    site.post(PAGE, **GIVEN)
    site.post(PAGE, **GIVEN, monthly="1")
    assert wished(site) == [False, True]
    refusal = site.post(PAGE, **{**GIVEN, "contact_phone": ""}, monthly="1")
    assert refusal.status_code == 422 and " checked" in refusal.text, "what was ticked is not lost"


def test_it_is_switched_on_and_off_in_the_list(site: Site) -> None:
    site.enter("secretariat")
    site.post(PAGE, **GIVEN)
    entry = everybody(site.desk.store)[0]["entry"]
    for _ in range(2):
        assert site.post(PAGE, monthly_on=entry).status_code == 302
    assert wished(site) == [True] and "menerima ringkasan bulanan" in site.get(PAGE)
    assert site.post(PAGE, monthly_off=entry).status_code == 302
    assert wished(site) == [False] and "Kirimi ringkasan bulanan" in site.get(PAGE)
    assert site.post(PAGE, monthly_on=entry + 1).status_code == 302, "somebody else has removed that line meanwhile"
    assert wished(site) == [False]


def test_who_may_not_edit_the_book_sets_no_wish(site: Site) -> None:
    site.enter("secretariat")
    site.post(PAGE, **GIVEN)
    entry = everybody(site.desk.store)[0]["entry"]
    site.enter("auditor")
    assert "Kirimi ringkasan bulanan" not in site.get(PAGE)
    assert site.post(PAGE, "/akun", monthly_on=entry).status_code == 403
    assert wished(site) == [False]
