"""The number on the pages: proposed, signed, shown at every signature, applied by one button, told to the requester."""

from typing import Any

from case_walks import FILLED
from tracker_office import DIVISION, FIFTY, HEAD, LETTER, REQUESTER, SECTION, VERIFIED
from tracker_site import NOW, Site

from request_tracker.cases import Sign, Who, history, read_case, run
from request_tracker.ledger import allocations
from request_tracker.words.weekly_text import DAY_NAMES

NUMBER = {"receive_ceiling": "30", "receive_guaranteed": "7,5", "transmit_ceiling": "30", "transmit_guaranteed": "7.5"}


def sign(site: Site, number: str, step: str, **more: str) -> Any:
    page = f"/kasus/{number}"
    return site.post(f"{page}/langkah/{step}", page, act="sign", **more)


def test_PKL_B_02_a_part_is_signed_shown_at_every_signature_applied_as_signed_and_told(site: Site) -> None:
    opened = site.request()
    number, page = str(opened.number), f"/kasus/{opened.number}"
    site.enter("head_of_office")
    assert 'name="receive_ceiling"' in site.get(page) and 'value="50"' in site.get(page)
    refused = sign(site, number, "PKL-B-02", **NUMBER)
    assert refused.status_code == 409 and "alasan" in refused.text and 'value="7,5"' in refused.text
    assert sign(site, number, "PKL-B-02", **NUMBER, reason="uplink hampir penuh").status_code == 302
    site.enter("head_of_division")
    shown = site.get(page)
    assert "Angka yang ditandatangani" in shown and "uplink hampir penuh" in shown
    technician = site.enter("technician")
    run(site.desk, number, Sign("PKL-B-03"), DIVISION, NOW)
    assert 'id="angka"' not in site.get(f"/lacak/{opened.token}"), "it may still be changed"
    named = Who(f"user:{technician}", frozenset({"technician"}))
    run(site.desk, number, Sign("PKL-B-03", assignee=named), SECTION, NOW)
    told = site.get(f"/lacak/{opened.token}")
    assert "Dikabulkan sebagian" in told and "uplink hampir penuh" in told
    shown = site.get(page)
    assert 'name="receive_ceiling"' not in shown and "Kembalikan ke PKL-B-02" in shown
    assert sign(site, number, "PKL-B-04", receive_ceiling="100").status_code == 302
    applied = next(event for event in history(site.desk, number) if event.kind == "allocation_applied")
    assert applied.data["after"]["receive_ceiling"] == 3_750_000, "what a form of old would say is not read"


def test_BTM_06_the_page_offers_whole_part_and_refusal_and_holds_to_the_number(site: Site) -> None:
    technician = Who(f"user:{site.enter('technician')}", frozenset({"technician"}))
    number = str(site.request("BTM-BW", documents={"surat": LETTER}).number)
    for who, act in (
        (HEAD, Sign("BTM-02")),
        (DIVISION, VERIFIED),
        (SECTION, Sign("BTM-04", assignee=technician)),
        (technician, Sign("BTM-05")),
        (REQUESTER, Sign("BTM-05", form=FILLED)),
    ):
        run(site.desk, number, act, who, NOW)
    page = site.get(f"/kasus/{number}")
    for value in ("tersedia|seluruhnya", "tersedia|sebagian", "tidak_tersedia"):
        assert f'value="{value}"' in page
    whole = {**NUMBER, "decision": "tersedia|seluruhnya", "reason": "cukup"}
    refused = sign(site, number, "BTM-06", **whole)
    assert refused.status_code == 409 and "dikabulkan sebagian" in refused.text
    assert sign(site, number, "BTM-06", **{**whole, "decision": "tersedia|sebagian"}).status_code == 302
    case = read_case(site.desk, number)
    assert case.decisions == (("BTM-06", "tersedia"),) and case.proposal is not None and case.proposal.part
    assert "dikabulkan sebagian" in site.get(f"/kasus/{number}")


def test_a_rate_or_a_day_that_is_none_is_told_by_its_name(site: Site) -> None:
    number = str(site.request().number)
    site.enter("head_of_office")
    refused = sign(site, number, "PKL-B-02", **{**NUMBER, "transmit_ceiling": "banyak"})
    assert refused.status_code == 409 and 'id="transmit_ceiling-sebab"' in refused.text
    refused = sign(site, number, "PKL-B-02", **NUMBER, since="besok")
    assert refused.status_code == 409 and 'id="since-sebab"' in refused.text
    assert read_case(site.desk, number).proposal is None


def test_an_official_before_the_analysis_may_leave_the_number_empty(site: Site) -> None:
    number = str(site.request("BTM-BW", documents={"surat": LETTER}).number)
    site.enter("head_of_office")
    page = site.get(f"/kasus/{number}")
    assert "Boleh kosong" in page and 'value="50"' not in page
    assert sign(site, number, "BTM-02", receive_ceiling="", receive_guaranteed="").status_code == 302
    assert read_case(site.desk, number).proposal is None


def test_KTM_02_the_record_of_a_paper_takes_the_number_that_stands_on_it(site: Site) -> None:
    number = str(site.request("KTM-BW", documents={"surat": LETTER}).number)
    secretary = Who(f"user:{site.enter('secretariat')}", frozenset({"secretariat"}))
    run(site.desk, number, Sign("KTM-02"), secretary, NOW)
    page = site.get(f"/kasus/{number}")
    assert 'id="disposisi-kertas"' in page and 'id="kertas-receive_ceiling"' in page


def test_hours_of_the_week_are_signed_shown_told_and_listed(site: Site) -> None:
    opened = site.request()
    number, page = str(opened.number), f"/kasus/{opened.number}"
    site.enter("head_of_office")
    # Not the night that it is: what begins at once says nothing of its beginning.
    day = (site.desk.calendar.local(NOW).weekday() + 3) % 7
    half = {**NUMBER, "reason": "malam", f"hours_day_{day}": "1", "hours_begin": "21:00"}
    refused = sign(site, number, "PKL-B-02", **half)
    assert refused.status_code == 409 and "jam tertentu" in refused.text and 'value="21:00"' in refused.text
    whole = {**half, "hours_end": "05:00"}
    first = sign(site, number, "PKL-B-02", **whole)
    assert first.status_code == 409 and "belum ada alokasi untuk jam lainnya" in first.text
    with site.desk.store.transaction() as db:
        base = allocations.Change(str(read_case(site.desk, number).opd), FIFTY, "user:4", None, "saldo awal")
        allocations.write(site.desk.store, db, [base], NOW)
    assert sign(site, number, "PKL-B-02", **whole).status_code == 302
    words = f"{DAY_NAMES[day].indonesian} pukul 21.00 sampai 05.00 hari berikutnya"
    technician = site.enter("technician")
    run(site.desk, number, Sign("PKL-B-03"), DIVISION, NOW)
    named = Who(f"user:{technician}", frozenset({"technician"}))
    run(site.desk, number, Sign("PKL-B-03", assignee=named), SECTION, NOW)
    assert words in site.get(page) and words in site.get(f"/lacak/{opened.token}")
    assert sign(site, number, "PKL-B-04").status_code == 302
    shown = site.get(page)
    assert shown.count(words) == 2 and "Mulai berlaku sendiri" in shown
    assert words in site.get("/kesediaan")
    site.client.get("/bahasa/en")
    assert f"{DAY_NAMES[day].english} from 21.00 to 05.00 on the next day" in site.get("/kesediaan")
