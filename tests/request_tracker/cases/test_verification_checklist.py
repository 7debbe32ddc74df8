"""BTM-03: verification is an act of its own, by a checklist of the SOP's data; its way back is the requester's."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from tracker_office import DIVISION, HEAD, LETTER, MONDAY, REQUESTER, VERIFIED, request, walk_to
from tracker_papers import PDF
from tracker_site import NOW, Site

from request_tracker.cases import Desk, SendBack, Sign, Supplied, history, read_case, run
from request_tracker.cases.acts import Command
from request_tracker.errors import Refused
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop
from request_tracker.sop.diff import differences

TEXT = (SHIPPED / "btm-bw.r1.yaml").read_text(encoding="utf-8")
CHECKED = {"berkas_lengkap": "ya", "opd_benar": "ya", "bukan_duplikat": "ya"}


def at_verification(desk: Desk) -> str:
    number = request(desk, "BTM-BW")
    walk_to(desk, number, [(HEAD, Sign("BTM-02"))])
    return number


def refused(desk: Desk, number: str, act: Command) -> str:
    with pytest.raises(Refused) as found:
        run(desk, number, act, DIVISION, MONDAY)
    return found.value.code


def test_BTM_03_the_checklists_result_is_an_event_of_its_own_beside_the_disposition(desk: Desk) -> None:
    number = at_verification(desk)
    run(desk, number, VERIFIED, DIVISION, MONDAY)
    verification, signed = [e for e in history(desk, number) if e.step == "BTM-03"][1:3]
    assert (verification.kind, verification.actor, verification.lane) == ("verification", DIVISION.person, "kabid")
    assert verification.data["answers"] == CHECKED
    assert signed.kind == "signed" and signed.data["form"] == {} and "opd_benar" not in read_case(desk, number).form


def test_BTM_03_every_question_is_answered_and_a_no_needs_its_reason(desk: Desk) -> None:
    number = at_verification(desk)
    assert refused(desk, number, Sign("BTM-03")) == "missing_here"
    assert refused(desk, number, replace(VERIFIED, form={**CHECKED, "opd_benar": "mungkin"})) == "bad_field"
    denied = replace(VERIFIED, form={**CHECKED, "bukan_duplikat": "tidak"})
    assert refused(desk, number, denied) == "note_needed"
    case = run(desk, number, replace(denied, note="menggantikan permohonan lama"), DIVISION, MONDAY)
    assert case.open_step("BTM-04") is not None


def test_BTM_03_the_checklist_is_data_of_the_sop_and_a_bad_one_is_refused_by_name() -> None:
    sop = parse_sop(TEXT)
    assert [one.kind for one in sop.forms["verifikasi"]] == ["yesno"] * 3
    unused = TEXT.replace("formulir: [verifikasi], ", "")
    with pytest.raises(SopError, match="formulir verifikasi: no step and no document uses it"):
        parse_sop(unused)
    with pytest.raises(SopError, match="opd_benar stands in verifikasi too"):
        parse_sop(TEXT.replace("kunci: berkas_lengkap", "kunci: opd_benar"))
    with pytest.raises(SopError, match="jenis"):
        parse_sop(TEXT.replace("jenis: ya_tidak", "jenis: entah", 1))
    changed = parse_sop(TEXT.replace("Surat dan isinya lengkap?", "Surat lengkap?"))
    assert differences(sop, changed) == ["formulir verifikasi: changed"]


def test_BTM_03_sent_back_the_case_waits_for_the_requester_who_is_told_once_and_may_replace_his_letter(
    desk: Desk,
) -> None:
    number = at_verification(desk)
    assert refused(desk, number, SendBack("BTM-03", " ")) == "missing_field"
    case = run(desk, number, SendBack("BTM-03", "surat belum ditandatangani"), DIVISION, MONDAY)
    assert (case.round, [step.id for step in case.open_steps]) == (2, ["BTM-01"])
    told = desk.store.rows("SELECT payload FROM outbox WHERE recipient = ?", [case.contact])
    assert ["sent_back" in row["payload"] for row in told].count(True) == 1
    assert not any("step_waiting" in row["payload"] for row in told)
    again = Sign("BTM-01", documents={"surat": Supplied(sha256="d" * 64, name="surat-baru.pdf")})
    case = run(desk, number, again, REQUESTER, MONDAY)
    letter = case.latest("surat")
    assert letter is not None
    assert letter.sha256 == "d" * 64 and case.open_step("BTM-02")
    assert [r.sha256 for r in case.records if r.document == "surat"] == [LETTER.sha256, "d" * 64]


def the_page(site: Site) -> tuple[str, str]:
    """A case at the verification, with its requester's link; the head of the division is logged in."""
    opened = site.request("BTM-BW", contact={"name": "Narahubung"})
    run(site.desk, opened.number, Sign("BTM-02"), HEAD, NOW)
    site.enter("head_of_division")
    return opened.number, opened.token


def test_BTM_03_the_page_asks_the_checklist_and_names_the_offices_other_open_case(site: Site) -> None:
    number, _ = the_page(site)
    page = site.get(f"/kasus/{number}")
    assert "Tidak ada permohonan lain OPD ini yang terbuka" in page and page.count('value="tidak"') == 3
    other = site.request().number
    page = site.get(f"/kasus/{number}")
    assert 'id="duplikat">Periksa duplikat' in page and f"/kasus/{other}" in page[page.index('id="duplikat"') :]
    site.post(f"/kasus/{number}/langkah/BTM-03", f"/kasus/{number}", act="sign", **CHECKED)
    assert "Surat dan isinya lengkap?: ya" in site.get(f"/kasus/{number}")


def test_BTM_03_the_requester_reads_why_it_came_back_and_sends_a_new_letter_by_his_link(site: Site) -> None:
    number, token = the_page(site)
    page: dict[str, Any] = {"act": "back", "note": "lampirkan surat yang ditandatangani"}
    assert "Kembalikan kepada pemohon" in site.get(f"/kasus/{number}")
    site.post(f"/kasus/{number}/langkah/BTM-03", f"/kasus/{number}", **page)
    his = site.get(f"/lacak/{token}")
    assert 'id="dikembalikan"' in his and "lampirkan surat yang ditandatangani" in his
    sent = site.post(f"/lacak/{token}/langkah/BTM-01", f"/lacak/{token}", document_surat=(BytesIO(PDF), "baru.pdf"))
    assert sent.status_code == 302
    case = read_case(site.desk, number)
    letter = case.latest("surat")
    assert letter is not None
    assert letter.name == "baru.pdf"
    assert [step.id for step in case.open_steps] == ["BTM-02"] and 'id="dikembalikan"' not in site.get(
        f"/lacak/{token}"
    )
