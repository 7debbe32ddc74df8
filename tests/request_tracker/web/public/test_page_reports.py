"""An office tells of an outage or complains, without an account."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tracker_papers import PDF
from tracker_site import NOW, Site

from request_tracker.cases import Cancel, Sign, Who, history, read_case, run
from request_tracker.outages.follow import escalate
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.reported import end_reported
from request_tracker.outages.tickets import reconcile, ticket

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


def test_PKL_G_01a_and_T_what_an_office_reports_is_seen_where_outages_are_seen(site: Site) -> None:
    number = number_in(site.post("/lapor", opd="dinkes", since="2026-01-05T08:00", **REPORT).text)
    status = site.get("/status")
    assert "Dinas Kesehatan" in status and "utara-dinkes" not in status
    site.enter("technician")
    assert number in site.get("/gangguan") and "ilaporkan pemakai" in site.get(f"/gangguan/{number}")
    row = ticket(site.desk, number)
    assert row is not None and (row["root"], row["cause"], row["source"]) == ("utara-dinkes", "reported", "office")
    assert datetime.fromtimestamp(row["started_at"], UTC) == datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def test_PKL_G_ESC_an_outage_that_only_an_office_reported_is_called_too(site: Site) -> None:
    site.post("/lapor", opd="dinkes", **REPORT)
    assert escalate(site.desk, datetime.now(UTC) + timedelta(hours=1))


def test_PKL_G_01b_what_the_watch_tells_of_that_line_later_is_the_same_outage(site: Site) -> None:
    number = number_in(site.post("/lapor", opd="dinkes", **REPORT).text)
    began = datetime.now(UTC).timestamp() + 20
    told = OutageRecord("utara-dinkes", "opd", "link_down", ("dinkes",), began, None, "watch")
    assert reconcile(site.desk, [told], NOW) == []
    assert reconcile(site.desk, [replace(told, ended_at=began + 60)], NOW) == []
    row = ticket(site.desk, number)
    assert row is not None and row["ended_at"] == began + 60


def test_PKL_G_01a_a_known_outage_is_told_first_and_the_report_joins_it(site: Site) -> None:
    begun = NOW.timestamp() - 60
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud", "dishub"), begun, None, "watch")
    (number,) = reconcile(site.desk, [told], NOW)
    assert "Router distribusi timur" in site.get("/lapor") and 'id="diketahui"' in site.get("/lapor?opd=rsud")
    joined = site.post("/lapor", opd="rsud", **REPORT).text
    assert number_in(joined) == number and "/lacak/" in joined
    assert site.desk.store.value("SELECT count(*) FROM cases") == 1
    (event,) = [one for one in history(site.desk, number) if one.kind == "further_report"]
    assert event.data["report"] == 2 and "Operator" not in str(event.data)
    contact = site.desk.store.row("SELECT * FROM contacts WHERE 'contact:' || id = ?", [event.data["contact"]])
    assert contact is not None and contact["phone"] == "0285 000"
    assert site.accepted(site.post("/lapor", opd="rsud", act="another", **{**REPORT, "key": "l"}).text) != number


def test_PKL_G_01a_the_letter_of_a_further_report_is_kept_and_sent_twice_it_is_one(site: Site) -> None:
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud",), NOW.timestamp() - 60, None, "watch")
    (number,) = reconcile(site.desk, [told], NOW)
    for _ in range(2):
        letter = (io.BytesIO(PDF), "surat.pdf")
        answer = site.post("/lapor", opd="rsud", letter=letter, **REPORT)
        assert answer.status_code == 200 and number_in(answer.text) == number
    kinds = [event.kind for event in history(site.desk, number)]
    assert kinds.count("further_report") == 1
    record = read_case(site.desk, number).latest("surat")
    assert record is not None and record.name == "surat.pdf"


def test_PKL_G_08b_a_reported_outage_ends_with_its_case_and_its_line_is_free_again(site: Site) -> None:
    first = number_in(site.post("/lapor", opd="dinkes", **REPORT).text)
    run(
        site.desk,
        first,
        Cancel("sudah menyala"),
        Who(str(read_case(site.desk, first).contact), frozenset({"requester"})),
        datetime.now(UTC),
    )
    assert end_reported(site.desk, datetime.now(UTC)) == [first]
    assert end_reported(site.desk, datetime.now(UTC)) == []
    row = ticket(site.desk, first)
    assert row is not None and row["ended_at"] >= row["started_at"]
    second = number_in(site.post("/lapor", opd="dinkes", **{**REPORT, "key": "lain"}).text)
    assert second != first and ticket(site.desk, second) is not None


def test_PKL_S_06_a_complaint_from_the_progress_page_names_its_case(site: Site) -> None:
    opened = site.request()
    assert "/pengaduan?dari=" in site.get(f"/lacak/{opened.token}")
    page = f"/pengaduan?dari={opened.token}"
    assert opened.number in site.get(page) and "Loket Dinas" in site.get(page)
    given = {"description": "terlalu lama", "lapor_id": "12345", "key": "k"}
    case = read_case(site.desk, site.accepted(site.post(page, **given).text))
    assert (case.sop, case.origin, case.form["lapor_id"]) == ("PKL-PG", opened.number, "12345")


def test_PKL_P_01_02_03_an_unsolved_complaint_goes_to_the_official(site: Site) -> None:
    number = site.accepted(site.post("/pengaduan", description="lambat", key="k").text)
    run(site.desk, number, Sign("PKL-P-02", note="di luar wewenang", decision="tidak_dapat"), STAFF, NOW)
    assert [step.id for step in read_case(site.desk, number).open_steps] == ["PKL-P-03"]
    done = run(site.desk, number, Sign("PKL-P-03", note="sudah dituntaskan"), OFFICIAL, NOW)
    assert done.ending == "selesai"


def test_a_complaint_without_words_is_refused_with_its_field(site: Site) -> None:
    answer = site.post("/pengaduan", key="k")
    assert answer.status_code == 422 and "Pengaduan" in answer.text
