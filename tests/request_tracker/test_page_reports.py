"""An office tells of an outage or complains, without an account."""

import re

from tracker_site import NOW, Site

from request_tracker.cases import Sign, Who, read_case, run
from request_tracker.outages.tickets import reconcile
from request_tracker.outages.told import Told

REPORT = {"contact_name": "Operator", "contact_phone": "0285 000", "description": "tidak ada internet", "key": "k"}
STAFF = Who("user:4", frozenset({"technician"}))
OFFICIAL = Who("user:3", frozenset({"head_of_section"}))


def number_in(text: str) -> str:
    found = re.search(r'id="nomor">([^<]+)<', text)
    assert found is not None
    return found[1]


def test_PKL_G_01a_an_office_reports_an_outage_by_form(site: Site) -> None:
    number = number_in(site.post("/lapor", opd="dinkes", **REPORT).text)
    assert number.startswith("PKL-GG/") and read_case(site.desk, number).opd == "dinkes"


def test_PKL_G_01a_a_known_outage_is_told_first_and_the_report_joins_it(site: Site) -> None:
    begun = NOW.timestamp() - 60
    told = Told("agg-timur", "link", "link_down", ("rsud", "dishub"), begun, None, "watch")
    (number,) = reconcile(site.desk, [told], NOW)
    assert "agg-timur" in site.get("/lapor") and 'id="diketahui"' in site.get("/lapor?opd=rsud")
    assert number_in(site.post("/lapor", opd="rsud", **REPORT).text) == number
    assert site.desk.store.value("SELECT count(*) FROM cases") == 1
    assert site.desk.store.value("SELECT count(*) FROM events WHERE kind = 'further_report'") == 1
    assert number_in(site.post("/lapor", opd="rsud", act="another", **REPORT).text) != number


def test_PKL_S_06_a_complaint_from_the_progress_page_names_its_case(site: Site) -> None:
    opened = site.request()
    assert "/pengaduan?dari=" in site.get(f"/lacak/{opened.token}")
    page = f"/pengaduan?dari={opened.token}"
    assert opened.number in site.get(page) and "Loket Dinas" in site.get(page)
    given = {"description": "terlalu lama", "lapor_id": "12345", "key": "k"}
    case = read_case(site.desk, number_in(site.post(page, **given).text))
    assert (case.sop, case.origin, case.form["lapor_id"]) == ("PKL-PG", opened.number, "12345")


def test_PKL_P_01_02_03_an_unsolved_complaint_goes_to_the_official(site: Site) -> None:
    number = number_in(site.post("/pengaduan", description="lambat", key="k").text)
    run(site.desk, number, Sign("PKL-P-02", note="di luar wewenang", decision="tidak_dapat"), STAFF, NOW)
    assert [step.id for step in read_case(site.desk, number).open_steps] == ["PKL-P-03"]
    done = run(site.desk, number, Sign("PKL-P-03", note="sudah dituntaskan"), OFFICIAL, NOW)
    assert done.ending == "selesai"


def test_a_complaint_without_words_is_refused_with_its_field(site: Site) -> None:
    answer = site.post("/pengaduan", key="k")
    assert answer.status_code == 422 and "Pengaduan" in answer.text
