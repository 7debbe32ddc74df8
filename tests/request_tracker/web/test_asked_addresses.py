"""What an address asks for (filters, spans) is a declared form: faults stand at their fields, beside what was typed."""

from html import escape

import pytest
from tracker_site import Site

from request_tracker.web.api.case_search import CASE_SEARCH, MAX_OFFSET
from request_tracker.web.api.openapi import document
from request_tracker.web.audit.audit_page import EVENTS
from request_tracker.web.audit.rights_page import SPAN
from request_tracker.web.cases.agenda import REGISTER, YEAR
from request_tracker.web.cases.case_filter import CASE_EXPORT, CASE_LIST
from request_tracker.web.network.availability import AS_OF
from request_tracker.web.public.handbook import WORDS

ASKED = (CASE_LIST, CASE_EXPORT, EVENTS, SPAN, REGISTER, YEAR, AS_OF, WORDS)
LONG = "x" * 300
# Who asks, where, which field, what no honest browser sends, and what is told there.
HOSTILE = [
    ("technician", "/kasus", "q", LONG, "paling banyak 100"),
    ("technician", "/kasus", "opd", "tiada", "pilih salah satu OPD"),
    ("technician", "/kasus", "sop", "KTM", "pilih salah satu dari daftarnya"),
    ("technician", "/kasus", "status", "<b>", "bukan salah satu dari"),
    ("auditor", "/ekspor", "q", LONG, "paling banyak 100"),
    ("auditor", "/audit", "kasus", LONG, "paling banyak 40"),
    ("auditor", "/audit/wewenang", "dari", "besok", "bukan tanggal"),
    ("auditor", "/audit/wewenang", "siapa", "user:9", "pilih salah satu dari daftarnya"),
    ("secretariat", "/agenda", "q", LONG, "paling banyak 100"),
    ("head_of_division", "/agenda/penugasan", "tahun", "1999", "bilangan bulat dari 2000 sampai 9000"),
    ("technician", "/kesediaan", "tanggal", "2026-13-01", "bukan tanggal"),
    ("technician", "/buku", "cari", LONG, "paling banyak 100"),
]


def test_a_fault_stands_at_its_field_with_what_was_typed(site: Site) -> None:
    who = ""
    for role, address, key, value, fault in sorted(HOSTILE):
        if role != who:
            site.enter(role)
            who = role
        answer = site.client.get(address, query_string={key: value})
        page = answer.text
        assert answer.status_code == 422, (address, key)
        told = page.partition(f'id="{key}-sebab"')[2].partition("</p>")[0]
        assert fault[1:] in told, (address, key)
        assert f'<a href="#{key}">' in page and 'aria-invalid="true"' in page
        if f'<input id="{key}"' in page:
            assert f'value="{escape(value)}"' in page, (address, key)


def test_a_number_of_a_page_that_is_none_is_said_in_the_summary(site: Site) -> None:
    site.enter("technician")
    answer = site.client.get("/kasus?halaman=-1")
    assert answer.status_code == 422 and "Halaman: “-1” bukan bilangan bulat dari 0 sampai 100000" in answer.text


def test_what_could_be_read_filters_all_the_same(site: Site) -> None:
    site.enter("technician")
    page = site.client.get("/kasus?status=terbuka&opd=tiada").text
    assert '<option value="terbuka" selected>' in page


def test_a_table_is_not_given_for_a_filter_that_cannot_be_read(site: Site) -> None:
    site.enter("auditor")
    for address in ("/ekspor/cases.csv?opd=tiada", "/ekspor/rights.csv?dari=besok"):
        answer = site.client.get(address)
        assert answer.status_code == 400 and "Content-Disposition" not in answer.headers, address


@pytest.mark.parametrize("form", [*ASKED, CASE_SEARCH], ids=lambda form: form.name)
def test_the_api_s_description_has_every_field_of_an_address(form: object) -> None:
    assert form in (*ASKED, CASE_SEARCH)
    declared = next(each for each in (*ASKED, CASE_SEARCH) if each is form)
    described = document("1", ASKED)["paths"][declared.address]["get"]["parameters"]
    assert [row["name"] for row in described] == [field.key for field in declared.fields]
    assert {row["in"] for row in described} == {"query"}


def test_a_number_has_its_range_in_the_description() -> None:
    rows = document("1", ASKED)["paths"]["/agenda/penugasan"]["get"]["parameters"]
    assert rows[0]["schema"] == {"type": "integer", "title": "Tahun", "minimum": 2000, "maximum": 9000}
    offset = document("1")["paths"]["/api/cases"]["get"]["parameters"][-1]["schema"]
    assert offset["maximum"] == MAX_OFFSET
