"""BTM-09: the Berita Acara is signed by both, each by a kind that is recorded; one signature is not enough."""

from io import BytesIO
from typing import Any

import pytest
from form_page_faults import faults
from tracker_office import DIVISION, EVIDENCE, HEAD, REQUESTER, SECTION, VERIFIED, applied, numbered
from tracker_papers import PDF, other_pdf
from tracker_site import NOW, PASSWORD, Site

from request_tracker.cases import Allocation, Sign, Who, history, read_case, run
from request_tracker.config import Office
from request_tracker.ledger import allocations
from request_tracker.letters.handover.paper import DRAFT
from request_tracker.letters.making import facts_of, make
from request_tracker.sop.register import by_hash

FILLED = {"spesifikasi": "20 Mbit/s", "peruntukan": "layanan", "jumlah_pengguna": "40"}
NAMED = {"signatory_name": "Penerima Uji", "signatory_position": "Sekretaris"}


@pytest.fixture
def handed_over(site: Site) -> tuple[str, str]:
    """A case at its Berita Acara, the technician logged in; its number and its requester's page."""
    team = Who(f"user:{site.enter('technician')}", frozenset({"technician"}))
    before = Allocation(125_000, 1_250_000, 125_000, 625_000)
    with site.desk.store.transaction() as db:
        allocations.write(site.desk.store, db, [allocations.Change("dinkes", before, "system", None, "awal")], NOW)
    opened = site.request("BTM-BW")
    for who, act in (
        (HEAD, Sign("BTM-02")),
        (DIVISION, VERIFIED),
        (SECTION, Sign("BTM-04", assignee=team)),
        (team, Sign("BTM-05")),
        (REQUESTER, Sign("BTM-05", form=FILLED)),
        (team, numbered(Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), before)),
    ):
        run(site.desk, opened.number, act, who, NOW)
    applied(site.desk, opened.number, "BTM-08", NOW, before)
    return str(opened.number), f"/lacak/{opened.token}"


def sign(site: Site, number: str, **values: Any) -> Any:
    return site.post(f"/kasus/{number}/langkah/BTM-09", f"/kasus/{number}", act="sign", **values)


def kinds(site: Site, number: str) -> list[dict[str, Any]]:
    return [dict(e.data.get("signature", {})) for e in history(site.desk, number) if e.kind == "signed"][-2:]


def test_BTM_09_a_signature_in_the_tracker_asks_the_password_again_and_records_it(
    site: Site, handed_over: tuple[str, str]
) -> None:
    number, _ = handed_over
    for wrong, fault in (("", "Belum diisi"), ("bukan-sandi-saya", "Sandi salah")):
        refused = sign(site, number, password=wrong, note="sudah diperiksa")
        assert refused.status_code == 409 and "bukan-sandi-saya" not in refused.text
        # At its field, with what else was typed.
        assert f'<p class="field-error" id="password-sebab">{fault}' in refused.text
        assert '<a href="#password">' in refused.text and "sudah diperiksa" in refused.text
    assert read_case(site.desk, number).signers.get("BTM-09") is None
    assert sign(site, number, password=PASSWORD).status_code == 302
    assert kinds(site, number)[-1] == {"kind": "password"}
    assert "dengan sandi yang diminta ulang" in site.get(f"/kasus/{number}")


def test_BTM_09_one_signature_leaves_the_record_incomplete_and_the_page_says_whose_is_missing(
    site: Site, handed_over: tuple[str, str]
) -> None:
    number, page = handed_over
    sign(site, number, password=PASSWORD)
    case = read_case(site.desk, number)
    assert case.open_step("BTM-09") and case.latest("ba") is None
    told = site.get(f"/kasus/{number}")
    assert "Berita acara belum lengkap" in told and "Kepala OPD Pemohon" in told[told.index("belum-lengkap") :][:300]
    facts = facts_of(site.desk, Office(), case, by_hash(site.desk.store, case.sop_hash), NOW)
    assert DRAFT in make(facts, "berita_acara").closing
    assert site.post(f"{page}/langkah/BTM-09", page, **NAMED).status_code == 302
    case = read_case(site.desk, number)
    assert case.open_step("BTM-10") and case.latest("ba") is not None
    assert [one["kind"] for one in kinds(site, number)] == ["password", "link"]
    assert "belum-lengkap" not in site.get(f"/kasus/{number}")


def test_BTM_09_a_signed_scan_is_a_kind_of_its_own_kept_by_its_hash(site: Site, handed_over: tuple[str, str]) -> None:
    number, page = handed_over
    assert (
        '<p class="field-error" id="signed_scan-sebab">Berkasnya belum dipilih'
        in sign(site, number, signature="scan").text
    )
    assert sign(site, number, signature="scan", signed_scan=(BytesIO(PDF), "ba.pdf")).status_code == 302
    (kind,) = [one for one in kinds(site, number) if one]
    kept = read_case(site.desk, number).latest("ba")
    assert kind["kind"] == "scan" and kept is not None and kind["sha256"] == kept.sha256
    scan = {"signed_scan": (BytesIO(other_pdf("BA")), "ba-opd.pdf")}
    assert site.post(f"{page}/langkah/BTM-09", page, **NAMED, **scan).status_code == 302
    assert [one["kind"] for one in kinds(site, number)] == ["scan", "scan"]
    case = read_case(site.desk, number)
    facts = facts_of(site.desk, Office(), case, by_hash(site.desk.store, case.sop_hash), NOW)
    assert all("pindaian diterima" in signer.mark for signer in make(facts, "berita_acara").signers)


def test_BTM_09_the_requester_is_told_every_fault_of_his_signature_at_once_and_nothing_typed_is_lost(
    site: Site, handed_over: tuple[str, str]
) -> None:
    number, page = handed_over
    sign(site, number, password=PASSWORD)
    bad = {"signed_scan": (BytesIO(b"MZ"), "ba.exe"), "note": "sudah dicek"}
    refused = site.post(f"{page}/langkah/BTM-09", page, signatory_name="", signatory_position="x" * 121, **bad)
    told = list(faults(refused.text))
    assert refused.status_code == 422 and told == ["signatory_name", "signatory_position", "signed_scan"]
    assert ">sudah dicek</textarea>" in refused.text and f'value="{"x" * 121}"' in refused.text


def test_BTM_09_bsre_is_named_as_not_configured_and_nothing_is_signed_by_it(
    site: Site, handed_over: tuple[str, str]
) -> None:
    number, _ = handed_over
    assert "BSrE belum dikonfigurasi" in site.get(f"/kasus/{number}")
    refused = sign(site, number, signature="bsre", password=PASSWORD)
    assert refused.status_code == 409 and "belum dikonfigurasi; pakai sandi atau pindaian" in refused.text
    assert read_case(site.desk, number).signers.get("BTM-09") is None
