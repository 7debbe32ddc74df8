"""Related cases: linked by number from either page, seen on both, taken away again; a complaint beside its origin."""

from tracker_office import SECTION, TECHNICIAN, request
from tracker_site import NOW, PUBLIC, Site

from request_tracker.cases import Desk, OpenCase, history, open_case
from request_tracker.cases.relations import Relation, relate, related_numbers
from request_tracker.web.shell.context import now


def link(site: Site, number: str, other: str, **more: str) -> int:
    return int(site.post(f"/kasus/{number}/terkait", f"/kasus/{number}", other=other, **more).status_code)


def test_a_case_is_linked_by_number_and_both_pages_show_the_other(site: Site) -> None:
    first, second = site.request().number, site.request("BTM-BW").number
    site.enter("technician")
    assert link(site, first, f" {second.lower()} ") == 302
    assert f'href="/kasus/{second}"' in site.get(f"/kasus/{first}").split('id="terkait"')[1]
    assert f'href="/kasus/{first}"' in site.get(f"/kasus/{second}").split('id="terkait"')[1]
    assert link(site, second, first, act="remove") == 302
    for number, other in ((first, second), (second, first)):
        assert f'href="/kasus/{other}"' not in site.get(f"/kasus/{number}").split('id="terkait"')[1].split("</ul>")[0]
        assert "(dilepaskan)" in site.get(f"/kasus/{number}")


def test_a_number_that_is_none_or_ones_own_is_refused_and_nothing_is_written(site: Site) -> None:
    number = site.request().number
    site.enter("technician")
    assert link(site, number, "PKL-BW/2026/999999") == 404
    assert link(site, number, number) == 409
    assert related_numbers(history(site.desk, number)) == ()


def test_the_auditor_sees_links_and_makes_none(site: Site) -> None:
    first, second = site.request().number, site.request("BTM-BW").number
    relate(site.desk, Relation(first, second), TECHNICIAN, now())
    site.enter("auditor")
    page = site.get(f"/kasus/{first}")
    assert second in page and 'name="other"' not in page
    assert site.post(f"/kasus/{first}/terkait", "/kasus", other=second).status_code == 403


def test_linked_twice_it_is_one_event_in_each_case(desk: Desk) -> None:
    first, second = request(desk), request(desk, "BTM-BW")
    for who in (TECHNICIAN, SECTION):
        relate(desk, Relation(first, second), who, now())
    for number in (first, second):
        assert [one.kind for one in history(desk, number)].count("related") == 1
    relate(desk, Relation(second, first, removed=True), SECTION, now())
    relate(desk, Relation(second, first, removed=True), SECTION, now())
    assert related_numbers(history(desk, first)) == related_numbers(history(desk, second)) == ()


def test_PKL_S_06_a_complaint_and_the_case_it_is_about_show_each_other(site: Site) -> None:
    about = site.request().number
    given = OpenCase("PKL-PG", "Pengaduan", None, {"description": "lama"}, origin=about)
    number = open_case(site.desk, given, PUBLIC, NOW).number
    site.enter("technician")
    assert "tentang kasus ini" in site.get(f"/kasus/{about}") and number in site.get(f"/kasus/{about}")
    assert "asal kasus ini" in site.get(f"/kasus/{number}") and about in site.get(f"/kasus/{number}")
