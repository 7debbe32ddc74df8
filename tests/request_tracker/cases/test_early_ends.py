"""Early ends: spam, test, double, not ours, taken back - with a reason, told, an outcome that measures nothing."""

from datetime import timedelta

import pytest
from tracker_office import FIFTY, HEAD, MONDAY, REQUESTER, SECRETARIAT, SECTION, TECHNICIAN, request, to_technician
from tracker_office import applied as applied_by_agent
from tracker_site import NOW, PUBLIC, Site

from request_tracker.cases import Desk, EndEarly, OpenCase, Supplied, history, open_case, read_case, run
from request_tracker.cases.endings import EARLY
from request_tracker.cases.merging import doubles
from request_tracker.cases.signing_off import CaseAct, Followers, sign_off
from request_tracker.config import Office
from request_tracker.errors import Refused
from request_tracker.letters.making import facts_of
from request_tracker.letters.reply.paper import UNANSWERED, reply
from request_tracker.letters.requester_papers import requester_papers
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.reported import report
from request_tracker.outages.tickets import reconcile
from request_tracker.reports.quarter import evaluate, quarter
from request_tracker.reports.service_standard import kept_promise
from request_tracker.sop.register import by_hash

LATER = MONDAY + timedelta(days=30)


def ended(desk: Desk, number: str, ending: str = "spam", same_as: str | None = None) -> None:
    command = EndEarly(ending, "sudah dibicarakan", same_as)
    followers = Followers(made=(doubles(desk),))
    sign_off(desk, CaseAct(number, command, SECTION, lambda: MONDAY + timedelta(hours=1)), followers)


@pytest.mark.parametrize("ending", [ending for ending in EARLY if ending != "rangkap"])
def test_a_case_ends_early_at_any_step_and_the_requester_is_told_and_reads_why(desk: Desk, ending: str) -> None:
    number = request(desk)
    to_technician(desk, number)
    ended(desk, number, ending)
    case = read_case(desk, number)
    assert (case.ending, case.open_steps) == (ending, ())
    said = "SELECT json_extract(payload, '$.template') FROM outbox ORDER BY id DESC LIMIT 1"
    assert desk.store.value(said) == "ended_early" and history(desk, number)[-1].data["reason"] == "sudah dibicarakan"
    assert desk.store.value("SELECT count(*) FROM waiting") == 0


def test_only_officials_and_the_secretariat_end_early_and_only_with_a_reason_and_a_known_word(desk: Desk) -> None:
    number = request(desk)
    for who in (TECHNICIAN, REQUESTER):
        with pytest.raises(Refused, match="Peran Anda"):
            run(desk, number, EndEarly("spam", "iklan"), who, MONDAY)
    for command in (EndEarly("spam", " "), EndEarly("selesai", "x"), EndEarly("rangkap", "sama")):
        with pytest.raises(Refused, match="belum diisi"):
            run(desk, number, command, HEAD, MONDAY)
    with pytest.raises(Refused, match="belum diisi"):
        run(desk, number, EndEarly("rangkap", "sama", number), SECRETARIAT, MONDAY)
    assert read_case(desk, number).ending is None


def test_an_allocation_in_force_and_a_line_that_is_out_are_not_ended_early(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number)
    applied_by_agent(desk, number, "PKL-B-04", MONDAY, FIFTY)
    with pytest.raises(Refused, match="diterapkan"):
        ended(desk, number)
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud",), MONDAY.timestamp() - 60, None, "watch")
    (outage,) = reconcile(desk, [told], MONDAY)
    with pytest.raises(Refused, match="pemantauan"):
        ended(desk, outage)


def test_it_counts_among_the_outcomes_and_in_no_time_and_no_promise(desk: Desk) -> None:
    for ending in EARLY[1:]:
        ended(desk, request(desk), ending)
    found = evaluate(desk, quarter("2026-Q4"), LATER)
    (volume,) = found.volumes
    assert volume.endings == tuple((ending, 1) for ending in sorted(EARLY[1:])) and volume.late == 0
    assert found.steps == () and kept_promise(desk.store, "PKL-BW", LATER).ended == 0
    assert found.unmet == () and set(EARLY) < set(UNANSWERED)


def test_a_double_is_merged_and_each_case_names_the_other(desk: Desk) -> None:
    first, second = request(desk), request(desk)
    ended(desk, second, "rangkap", first)
    kept = [event for event in history(desk, first) if event.kind == "merged"]
    assert [event.data["number"] for event in kept] == [second] and read_case(desk, first).ending is None
    assert history(desk, second)[-1].data == {"number": first}
    third = request(desk)
    for wrong in (second, "PKL-BW/2026/999999"):
        with pytest.raises(Refused):
            ended(desk, third, "rangkap", wrong)
    assert read_case(desk, third).ending is None


def test_a_double_s_history_is_read_on_the_page_of_the_case_that_goes_on(site: Site) -> None:
    first, second = site.request(), site.request()
    site.enter("secretariat")
    page = f"/kasus/{second.number}"
    assert 'id="akhiri"' in site.get(page)
    bad = site.post(f"{page}/akhiri", page, ending="rangkap", reason="sama", same_as="PKL-BW/2026/999999")
    assert bad.status_code == 404 and "tidak ada" in bad.text
    given = {"ending": "rangkap", "reason": "dikirim dua kali", "same_as": first.number.lower()}
    assert site.post(f"{page}/akhiri", page, **given).status_code == 302
    text = site.get(f"/kasus/{first.number}")
    assert f"rangkap digabungkan: {second.number}" in " ".join(text.split())
    assert "Riwayat rangkap" in text and "dikirim dua kali" in text
    site.client.delete_cookie("session")
    own = site.get(f"/lacak/{second.token}")
    assert f"dikirim dua kali Dilanjutkan pada kasus {first.number}." in own and "/surat/" in own
    case = read_case(site.desk, second.number)
    sop = by_hash(site.desk.store, case.sop_hash)
    letter = reply(facts_of(site.desk, Office(), case, sop, NOW))
    assert letter.opening[0].endswith("kami tangani bersama permohonan yang sama.")
    assert letter.pairs == (("Dilanjutkan pada kasus", first.number), ("Alasan", "dikirim dua kali"))
    assert [paper.template for paper in requester_papers(case, sop, history(site.desk, case.number))][-1] is not None


def test_a_reported_outage_that_was_a_double_takes_its_ticket_with_it(site: Site) -> None:
    def told(key: str) -> str:
        form = {"description": "mati"}
        command = OpenCase(
            "PKL-GG", "Gangguan", "dinkes", form=form, documents={"surat": Supplied(note="x")}, idempotency_key=key
        )
        return report(site.desk, command, PUBLIC, NOW, NOW).number

    first, second = told("a"), told("b")
    site.enter("head_of_section")
    page = f"/kasus/{second}"
    site.post(f"{page}/akhiri", page, ending="rangkap", reason="sama", same_as=first)
    open_tickets = site.desk.store.rows("SELECT number FROM tickets WHERE ended_at IS NULL")
    assert [row["number"] for row in open_tickets] == [first]


def test_a_technician_s_page_has_no_such_form(site: Site) -> None:
    opened = open_case(site.desk, OpenCase("PKL-PG", "Pengaduan", form={"description": "x"}), PUBLIC, NOW)
    site.enter("technician")
    assert 'id="akhiri"' not in site.get(f"/kasus/{opened.number}")
