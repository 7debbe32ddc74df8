"""KTM-02: the secretariat records what the head has decided on paper, and decides nothing."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from tracker_office import DIVISION, HEAD, LETTER, MONDAY, SECRETARIAT, request, walk_to
from tracker_papers import PDF
from tracker_site import NOW, Site

from request_tracker.cases import Desk, RecordPaper, Sign, Supplied, Who, history, read_case, run
from request_tracker.cases.acts import Command
from request_tracker.config import Office
from request_tracker.errors import Refused
from request_tracker.letters.disposition.paper import disposition
from request_tracker.letters.making import facts_of
from request_tracker.letters.reply.paper import reply
from request_tracker.letters.sop_files import SHIPPED, parse_sop
from request_tracker.sop.register import approve, by_hash

SHEET = {"sifat": "segera", "diteruskan_kepada": "Kepala Bidang", "isi_disposisi": "teliti lalu lapor"}
ON_PAPER = MONDAY + timedelta(minutes=20)
RECORDED = MONDAY + timedelta(hours=2)
PAPER = RecordPaper("KTM-02", HEAD, Supplied(sha256="c" * 64, name="disposisi.pdf"), "2026-11-23", ON_PAPER, SHEET)


def carried(desk: Desk) -> str:
    """A letter that the secretariat has carried to the head."""
    number = request(desk, "KTM-BW")
    walk_to(desk, number, [(SECRETARIAT, Sign("KTM-02"))])
    return number


def refused(desk: Desk, number: str, act: Command, who: Who) -> str:
    with pytest.raises(Refused) as found:
        run(desk, number, act, who, RECORDED)
    return found.value.code


def test_KTM_02_the_secretariat_records_the_heads_paper_and_the_event_names_both_and_both_times(desk: Desk) -> None:
    number = carried(desk)
    case = run(desk, number, PAPER, SECRETARIAT, RECORDED)
    event = next(e for e in history(desk, number) if e.recorded_from_paper)
    assert (event.actor, event.on_behalf_of, event.signer) == (SECRETARIAT.person, HEAD.person, HEAD.person)
    assert (event.occurred_at, event.recorded_at) == (ON_PAPER, RECORDED)
    assert event.data["from_paper"]["date"] == "2026-11-23" and event.data["from_paper"]["sifat"] == "segera"
    record = case.latest("disposisi")
    assert record is not None and (record.sha256, record.source) == ("c" * 64, "paper")
    assert case.signers["KTM-02"] == (SECRETARIAT.person, HEAD.person)
    assert [step.id for step in case.open_steps] == ["KTM-03"]


def test_KTM_02_the_secretariat_does_not_decide_in_the_heads_lane_nor_do_others_record(desk: Desk) -> None:
    number = carried(desk)
    assert refused(desk, number, Sign("KTM-02"), SECRETARIAT) == "not_your_turn"
    assert refused(desk, number, Sign("KTM-02", lane="kadis"), SECRETARIAT) == "not_your_lane"
    assert refused(desk, number, PAPER, DIVISION) == "may_not"
    assert refused(desk, number, PAPER, HEAD) == "may_not"
    assert read_case(desk, number).signers["KTM-02"] == (SECRETARIAT.person,)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"decided_by": DIVISION}, "not_the_decider"),
        ({"scan": Supplied(note="menyusul")}, "missing_field"),
        ({"form": {"sifat": "segera"}}, "missing_here"),
        ({"occurred_at": MONDAY - timedelta(days=1)}, "bad_moment"),
        ({"occurred_at": RECORDED + timedelta(days=1)}, "bad_moment"),
    ],
)
def test_KTM_02_a_paper_without_its_signer_its_scan_its_text_or_a_true_date_is_refused(
    desk: Desk, changed: dict[str, Any], code: str
) -> None:
    number = carried(desk)
    assert refused(desk, number, replace(PAPER, **changed), SECRETARIAT) == code


def test_four_eyes_hold_for_who_decided_on_paper_too(desk: Desk) -> None:
    text = (SHIPPED / "ktm-bw.r0.yaml").read_text(encoding="utf-8").replace("revisi: 0", "revisi: 1")
    text = text.replace("[kasubag, kadis], mode: berurutan", "[kasubag, kadis], orang_berbeda: true")
    approve(desk.store, parse_sop(text), date(2026, 1, 1), "uji", MONDAY)
    number = request(desk, "KTM-BW")
    both = Who(HEAD.person, frozenset({"secretariat", "head_of_office"}))
    walk_to(desk, number, [(both, Sign("KTM-02", lane="kasubag"))])
    assert refused(desk, number, replace(PAPER, decided_by=both), SECRETARIAT) == "same_person"


def test_KTM_02_the_letter_is_carried_before_its_paper_comes_back_and_only_the_heads_sheet_is_recorded(
    desk: Desk,
) -> None:
    number = request(desk, "KTM-BW")
    assert refused(desk, number, PAPER, SECRETARIAT) == "no_paper_step"
    walk_to(desk, number, [(SECRETARIAT, Sign("KTM-02")), (HEAD, Sign("KTM-02"))])
    assert refused(desk, number, replace(PAPER, step="KTM-03"), SECRETARIAT) == "no_paper_step"


def test_KTM_02_papers_name_the_head_as_the_one_who_signed_and_his_deputy_for_him(desk: Desk) -> None:
    number = request(desk, "BTM-BW", documents={"surat": LETTER})
    deputy = Who(DIVISION.person, DIVISION.roles, {"head_of_office": HEAD.person})
    case = run(desk, number, replace(PAPER, step="BTM-02", decided_by=deputy), SECRETARIAT, RECORDED)
    facts = facts_of(desk, Office(), case, by_hash(desk.store, case.sop_hash), RECORDED)
    facts = replace(facts, name_of=lambda reference: {"user:1": "Kadis", "user:2": "Plh"}.get(str(reference), "lain"))
    (row,) = disposition(facts).rows
    assert row[0].startswith("Plh a.n. Kadis") and row[1:] == ("teliti lalu lapor", "23-11-2026", "di kertas")
    (signer,) = reply(facts).signers
    assert "Plh" in str(signer) and "a.n. Kadis" in str(signer)


def at_the_head(site: Site) -> tuple[str, int]:
    """A case that the secretariat, logged in, has carried to the head; his account's number."""
    head = site.enter("head_of_office")
    site.enter("secretariat")
    number = site.request("KTM-BW").number
    site.post(f"/kasus/{number}/langkah/KTM-02", f"/kasus/{number}", act="sign")
    return number, head


def test_KTM_02_the_page_records_the_sheet_from_the_agenda_and_tells_both_names(site: Site) -> None:
    number, head = at_the_head(site)
    assert f"/kasus/{number}#disposisi-kertas" in site.get("/agenda")
    today = site.desk.calendar.local(NOW).date().isoformat()
    sent = {**SHEET, "decided_by": head, "paper_date": today}
    page = f"/kasus/{number}"
    without = site.post(f"{page}/langkah/KTM-02/kertas", page, **sent)
    assert (
        without.status_code == 409
        and "Pindaian lembar disposisi: belum dipilih" in without.text
        and "teliti lalu lapor" in without.text
    )
    done = site.post(f"{page}/langkah/KTM-02/kertas", page, **sent, scan=(BytesIO(PDF), "disposisi.pdf"))
    assert done.status_code == 302
    told = site.get(page)
    assert "disposisi kertas dicatat" in told
    assert "putusan Nama head-of-office, dicatat dari kertas oleh Nama secretariat" in told
    assert "menunggu-disposisi" not in site.get("/agenda")


def test_KTM_02_the_head_himself_and_the_technician_have_no_form_to_record(site: Site) -> None:
    number, head = at_the_head(site)
    page = f"/kasus/{number}"
    assert 'id="disposisi-kertas"' in site.get(page)
    for role in ("technician", "head_of_division"):
        site.enter(role)
        assert 'id="disposisi-kertas"' not in site.get(page)
        assert site.post(f"{page}/langkah/KTM-02/kertas", "/piket", decided_by=head).status_code == 403


def test_everything_that_an_act_on_paper_leads_to_happened_with_it_and_says_when_it_was_entered(desk: Desk) -> None:
    number = carried(desk)
    before = len(history(desk, number))
    run(desk, number, PAPER, SECRETARIAT, RECORDED)
    later = history(desk, number)[before:]
    assert {"document_added", "signed", "step_completed", "step_entered"} <= {event.kind for event in later}
    assert {(event.occurred_at, event.recorded_at) for event in later} == {(ON_PAPER, RECORDED)}
