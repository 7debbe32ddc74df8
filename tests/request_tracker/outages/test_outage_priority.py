"""PKL-G-PR1: an outage of the main network is of the first priority, which the head of the section alone lowers."""

from datetime import timedelta

import pytest
from tracker_office import AUDITOR, DIVISION, HEAD, MONDAY, NOC, SECTION, TECHNICIAN, request
from tracker_site import NOW, Site

from request_tracker.cases import Desk, SetPriority, Who, history, read_case, run
from request_tracker.errors import Refused
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile

CALM = SetPriority(2, "jalur cadangan menanggung semua")


def outage(desk: Desk, kind: str, root: str) -> str:
    began = MONDAY - timedelta(minutes=5)
    told = OutageRecord(root, kind, "link_down", ("rsud", "dinkes"), began.timestamp(), None, "watch")
    return reconcile(desk, [told], MONDAY)[0]


def shown(desk: Desk, number: str) -> tuple[int | None, int | None]:
    """The priority as the case folds and as its projection says."""
    kept = desk.store.value("SELECT priority FROM cases WHERE number = ?", [number])
    return read_case(desk, number).priority, kept


@pytest.mark.parametrize(("kind", "priority"), [("uplink", 1), ("link", 1), ("device", 1), ("opd", 2)])
def test_PKL_G_PR1_the_main_network_is_first_and_one_offices_own_line_is_not(
    desk: Desk, kind: str, priority: int
) -> None:
    assert shown(desk, outage(desk, kind, "agg-timur")) == (priority, priority)


@pytest.mark.parametrize("who", [TECHNICIAN, NOC, DIVISION])
def test_PKL_G_PR1_nobody_but_the_head_of_the_section_lowers_the_first_priority(desk: Desk, who: Who) -> None:
    number = outage(desk, "uplink", "isp-1")
    with pytest.raises(Refused, match="Kepala Seksi"):
        run(desk, number, CALM, who, MONDAY)
    assert shown(desk, number) == (1, 1)
    run(desk, number, CALM, SECTION, MONDAY)
    assert shown(desk, number) == (2, 2)
    event = history(desk, number)[-1]
    assert (event.kind, event.actor) == ("priority_set", SECTION.person)
    assert (event.data["before"], event.data["reason"]) == (1, CALM.reason)
    run(desk, number, SetPriority(1, "cadangan putus juga"), who, MONDAY)
    assert shown(desk, number) == (1, 1)


def test_PKL_G_PR1_whoever_stands_in_for_the_head_of_the_section_may_and_the_event_names_both(desk: Desk) -> None:
    number = outage(desk, "link", "agg-barat")
    deputy = Who(TECHNICIAN.person, TECHNICIAN.roles, {"head_of_section": SECTION.person})
    run(desk, number, CALM, deputy, MONDAY)
    assert history(desk, number)[-1].on_behalf_of == SECTION.person


@pytest.mark.parametrize(
    ("act", "who", "code"),
    [
        (SetPriority(2, " "), SECTION, "missing_field"),
        (SetPriority(4, "x"), SECTION, "bad_field"),
        (CALM, HEAD, "may_not"),
        (CALM, AUDITOR, "may_not"),
    ],
)
def test_PKL_G_PR1_a_change_has_a_reason_a_known_level_and_somebody_who_may(
    desk: Desk, act: SetPriority, who: Who, code: str
) -> None:
    number = outage(desk, "link", "agg-barat")
    with pytest.raises(Refused) as found:
        run(desk, number, act, who, MONDAY)
    assert found.value.code == code


def test_PKL_G_PR1_a_request_has_no_priority(desk: Desk) -> None:
    with pytest.raises(Refused, match="bukan gangguan"):
        run(desk, request(desk), CALM, SECTION, MONDAY)


def test_PKL_G_PR1_list_case_and_noc_show_it_and_only_the_section_is_offered_to_lower_it(site: Site) -> None:
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud",), NOW.timestamp() - 60, None, "watch")
    (number,) = reconcile(site.desk, [told], NOW)
    site.enter("technician")
    pages = ("/kasus", f"/kasus/{number}", "/noc", "/gangguan", f"/gangguan/{number}")
    assert [page for page in pages if "P1 utama" not in site.get(page)] == []
    assert "hanya dapat diturunkan oleh Kepala Seksi" in site.get(f"/kasus/{number}")
    place = f"/kasus/{number}/prioritas"
    refused = site.post(place, f"/kasus/{number}", priority="2", reason="tenang")
    assert refused.status_code == 409 and read_case(site.desk, number).priority == 1
    site.enter("head_of_section")
    assert 'name="priority"' in site.get(f"/kasus/{number}")
    site.post(place, f"/kasus/{number}", priority="2", reason="jalur cadangan menanggung semua")
    assert "P2 biasa" in site.get("/noc") and "P1 utama" not in site.get("/noc")
