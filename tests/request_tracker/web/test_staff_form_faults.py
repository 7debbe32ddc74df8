"""Each fault of a staff's form by name: told at its field with its fact, all at once, and nothing typed is lost."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from form_page_faults import faults
from tracker_office import CALENDAR, LETTER
from tracker_papers import PDF
from tracker_site import NOW, Site
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from request_tracker.cases import Sign, Who, read_case, run
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile

COUNTER = {
    **{"sop": "PKL-BW", "channel": "letter", "opd": "dinkes", "contact_name": "Nama", "contact_phone": "0285 000"},
    **{"wanted_receive": "50", "purpose": "uji", "occurred_at": "2026-11-23T08:00"},
}
CHECK = {"perangkat": "Router timur", "daya": "padam", "lampu": "merah", "temuan": "serat putus"}


def ticket(site: Site) -> str:
    reconcile(
        site.desk, [OutageRecord("agg-timur", "link", "link_down", ("dinkes",), NOW.timestamp(), None, "watch")], NOW
    )
    return str(site.desk.store.value("SELECT number FROM tickets ORDER BY number DESC"))


def test_the_counter_tells_every_fault_at_once_and_keeps_what_was_typed_and_chosen(site: Site) -> None:
    site.enter("secretariat")
    wrong = {
        **COUNTER,
        "channel": "",
        "contact_phone": "abc",
        "wanted_receive": "banyak",
        "purpose": "",
        "origin": "K-1",
    }
    wrong["occurred_at"] = "2199-01-01T00:00"
    answer = site.post("/kasus/baru", **wrong, document_surat=(BytesIO(PDF), "surat.pdf"))
    assert answer.status_code == 422
    told = faults(answer.text)
    assert list(told) == ["channel", "occurred_at", "contact_phone", "wanted_receive", "purpose"]
    assert "abc" in told["contact_phone"] and "belum terjadi" in told["occurred_at"]
    for text in ('value="abc"', 'value="banyak"', 'value="2199-01-01T00:00"', 'value="K-1"', "kept_document_surat"):
        assert text in answer.text, text
    assert 'value="dinkes" selected' in answer.text
    assert site.desk.store.value("SELECT count(*) FROM cases") == 0


def test_a_file_too_large_at_the_counter_is_told_at_its_field_and_the_rest_stays(site: Site) -> None:
    site.enter("secretariat")
    token = re.search(r'name="csrf_token" value="([^"]+)"', site.get("/kasus/baru?sop=PKL-BW"))
    letter = FileStorage(BytesIO(PDF + b" " * (26 * 2**20)), "surat.pdf")
    sent = {"csrf_token": token[1] if token else "", **COUNTER, "document_surat": letter}
    # What the test client would keep in a file of its own, that it leaves open.
    boundary, body = encode_multipart(sent)
    answer = site.client.post("/kasus/baru", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == 422 and list(faults(answer.text)) == ["document_surat"]
    assert 'value="50"' in answer.text and ">uji<" in answer.text


def test_thousands_and_a_decimal_comma_are_read_as_indonesia_writes_them(site: Site) -> None:
    site.enter("secretariat")
    answer = site.post("/kasus/baru", **{**COUNTER, "wanted_receive": "1.000,5"})
    assert answer.status_code == 200
    number = str(site.desk.store.value("SELECT number FROM cases"))
    assert read_case(site.desk, number).form["wanted_receive"] == 125_062_500


def test_a_number_beyond_the_line_and_a_guarantee_above_its_ceiling_are_told_with_the_fact(site: Site) -> None:
    number = str(site.request().number)
    site.enter("head_of_office")
    rates = {"receive_ceiling": "300", "receive_guaranteed": "1", "transmit_ceiling": "10"}
    sent = {"act": "sign", **rates, "transmit_guaranteed": "20", "since": "2099-12-10", "until": "2099-12-01"}
    answer = site.post(f"/kasus/{number}/langkah/PKL-B-02", f"/kasus/{number}", **sent)
    told = faults(answer.text)
    assert list(told) == ["receive_ceiling", "transmit_guaranteed", "until"]
    assert "200 mbit/s" in told["receive_ceiling"] and "10 mbit/s" in told["transmit_guaranteed"]
    assert "10-12-2099" in told["until"]
    for value in ("300", "20", "2099-12-10", "2099-12-01"):
        assert f'value="{value}"' in answer.text


GOOD = {"receive_ceiling": "50", "receive_guaranteed": "10", "transmit_ceiling": "20", "transmit_guaranteed": "4"}


TODAY = CALENDAR.local(NOW).date()
# Tomorrow's weekday never comes within the two days after it.
ONE_DAY = {f"hours_day_{(TODAY + timedelta(days=1)).weekday()}": "1", "hours_begin": "08:00", "hours_end": "09:00"}


def in_days(**days: int) -> dict[str, str]:
    return {key: (TODAY + timedelta(days=number)).isoformat() for key, number in days.items()}


@pytest.mark.parametrize(
    ("sent", "field", "fact"),
    [
        (in_days(until=-1), "until", f"sudah lewat; sekarang {TODAY:%d-%m-%Y}"),
        # No allocation stands in this office's ledger yet.
        (in_days(until=30), "until", "belum ada alokasi yang dapat dikembalikan"),
        ({**in_days(since=2, until=3), **ONE_DAY}, "hours_begin", "tidak pernah tiba dalam masa berlakunya"),
    ],
)
def test_days_of_the_heads_number_that_cannot_be_are_told_at_their_field(
    site: Site, sent: dict[str, str], field: str, fact: str
) -> None:
    number = str(site.request().number)
    site.enter("head_of_office")
    sent = {"act": "sign", **GOOD, **sent, "reason": "cukup"}
    answer = site.post(f"/kasus/{number}/langkah/PKL-B-02", f"/kasus/{number}", **sent)
    told = faults(answer.text)
    assert answer.status_code == 409 and list(told) == [field] and fact in told[field]
    assert f'aria-describedby="{field}-sebab"' in answer.text and 'aria-invalid="true"' in answer.text
    assert f'value="{sent["until"]}"' in answer.text and read_case(site.desk, number).proposal is None


def test_an_end_that_is_over_on_the_paper_of_a_disposition_is_told_at_its_field_beside_the_other_faults(
    site: Site,
) -> None:
    number = str(site.request("KTM-BW", documents={"surat": LETTER}).number)
    secretary = Who(f"user:{site.enter('secretariat')}", frozenset({"secretariat"}))
    run(site.desk, number, Sign("KTM-02"), secretary, NOW)
    sent = {**GOOD, **in_days(until=-1, paper_date=1)}
    answer = site.post(f"/kasus/{number}/langkah/KTM-02/kertas", f"/kasus/{number}", **sent)
    told = faults(answer.text)
    assert "sudah lewat" in told["kertas-until"] and "belum terjadi" in told["kertas-paper_date"]


@pytest.mark.parametrize(
    ("field", "value", "fact"),
    [("serat_dbm", "minus dua puluh", "-60"), ("daya", "", "belum diisi"), ("temuan", "", "belum diisi")],
)
def test_a_wrong_field_of_the_physical_check_is_told_on_the_ticket(
    site: Site, field: str, value: str, fact: str
) -> None:
    site.enter("technician", "noc_operator")
    number = ticket(site)
    page = f"/gangguan/{number}"
    site.post(f"{page}/tangani", page)
    step = _step(site, number)
    answer = site.post(f"{page}/langkah/{step}", page, act="sign", **{**CHECK, field: value})
    told = faults(answer.text)
    assert list(told) == [f"{step}-{field}"] and fact in told[f"{step}-{field}"]
    assert 'value="Router timur"' in answer.text


def test_no_answer_of_the_physical_check_is_chosen_beforehand(site: Site) -> None:
    site.enter("technician", "noc_operator")
    number = ticket(site)
    page = site.get(f"/gangguan/{number}")
    for name in ("daya", "lampu"):
        field = re.search(rf'<select [^>]*name="{name}".*?</select>', page, re.DOTALL)
        assert field and '<option value="">pilih' in field[0] and "selected" not in field[0]


def test_an_estimate_of_2020_and_a_nameless_isp_are_told_together(site: Site) -> None:
    site.enter("technician")
    number = ticket(site)
    sent = {"isp": "", "isp_ticket": "T-1", "estimate": "2020-01-01T08:00", "next_call": "2020-01-01T09:00"}
    answer = site.post(f"/gangguan/{number}/isp", f"/gangguan/{number}", **sent)
    told = faults(answer.text)
    assert answer.status_code == 422 and list(told) == ["isp", "estimate", "next_call"]
    assert (
        "sudah lewat" in told["estimate"] and 'value="T-1"' in answer.text and 'value="2020-01-01T08:00"' in answer.text
    )


def test_planned_work_that_ends_before_it_starts_is_told_with_its_start(site: Site) -> None:
    site.enter("head_of_section")
    sent = {"root": "", "starts": "2199-01-02T01:00", "ends": "2199-01-01T01:00", "reason": "ganti serat"}
    answer = site.post("/pemeliharaan", **sent)
    told = faults(answer.text)
    assert answer.status_code == 422 and list(told) == ["root", "ends"]
    assert "02-01-2199 01.00" in told["ends"] and 'value="ganti serat"' in answer.text


@pytest.mark.parametrize(
    ("role", "page", "values", "field", "fact"),
    [
        ("head_of_section", "/piket", {"starts": "2199-01-02T01:00", "ends": "2199-01-01T01:00"}, "ends", "02-01-2199"),
        (
            "head_of_section",
            "/piket",
            {"starts": "2020-01-01T01:00", "ends": "2020-01-02T01:00"},
            "ends",
            "sudah lewat",
        ),
        (
            "head_of_office",
            "/delegasi",
            {"starts": "2199-01-02T01:00", "ends": "2199-01-02T01:00"},
            "ends",
            "sama dengan",
        ),
        ("head_of_office", "/delegasi", {"basis": "x" * 301}, "basis", "paling banyak 300"),
        ("secretariat", "/hari-libur", {"day": "besok", "name": "Hari jadi"}, "day", "bukan tanggal"),
        ("secretariat", "/hari-libur/ramadan", {"first": "2027-03-10", "last": "2027-03-01"}, "last", "10-03-2027"),
        ("admin", "/narahubung", {"contact_name": "A", "contact_phone": "abc"}, "contact_phone", "bukan nomor telepon"),
        ("admin", "/pengguna", {"login": "baru", "name": ""}, "name", "belum diisi"),
        ("admin", "/layar", {"name": ""}, "name", "belum diisi"),
    ],
)
def test_a_fault_of_the_office_s_own_forms_is_told_at_its_field(
    site: Site, role: str, page: str, values: dict[str, str], field: str, fact: str
) -> None:
    site.enter(role)
    answer = site.post(page, page.removesuffix("/ramadan"), **values)
    assert answer.status_code == 422 and fact in faults(answer.text)[field]
    for value in values.values():
        assert not value or f'value="{value}"' in answer.text, value


def test_a_form_outside_the_steps_is_refused_where_it_stands(site: Site) -> None:
    number = str(site.request().number)
    site.enter("head_of_section")
    page = f"/kasus/{number}"
    answer = site.post(f"{page}/akhiri", page, ending="", reason="iklan", same_as="")
    assert answer.status_code == 422 and list(faults(answer.text)) == ["early-ending"]
    assert 'value="iklan"' in answer.text and 'id="akhiri" open' in answer.text
    double = site.post(f"{page}/akhiri", page, ending="rangkap", reason="dua kali")
    assert "rangkap" in faults(double.text)["early-same_as"]
    linked = site.post(f"{page}/terkait", page, other="")
    assert linked.status_code in (403, 422)


def _step(site: Site, number: str) -> str:
    found: Any = re.search(rf'action="/gangguan/{re.escape(number)}/langkah/([^"]+)"', site.get(f"/gangguan/{number}"))
    assert found, "no step is open on the ticket"
    return str(found[1])
