"""The export page: every table in three forms, the list's filters kept, contacts by role, each download noted."""

import csv
import io
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from tracker_site import Site

from request_tracker.reports import export
from request_tracker.reports.export import FORMS, TABLES, write
from request_tracker.reports.export_columns import ExportReader
from request_tracker.reports.survey import ELEMENTS, answer
from request_tracker.web.shell.context import now

READER = ExportReader("cases", "id", ZoneInfo("Asia/Jakarta"))


def table(site: Site, name: str) -> list[dict[str, Any]]:
    """A table as JSON."""
    found: list[dict[str, Any]] = json.loads(site.get(f"/ekspor/{name}"))
    return found


def test_the_auditor_takes_every_table_in_every_form_and_each_time_is_written_down(site: Site) -> None:
    site.request(contact={"name": "Narahubung", "phone": "080012345678"})
    site.enter("auditor")
    page = site.get("/ekspor")
    for name in TABLES:
        for form in FORMS:
            assert f'href="/ekspor/{name}.{form}"' in page
            answer = site.client.get(f"/ekspor/{name}.{form}", buffered=True)
            assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    seen = site.desk.store.value("SELECT count(*) FROM access_log WHERE what LIKE 'export %'")
    assert seen == len(TABLES) * len(FORMS) and "Ekspor: Kontak pemohon" in site.get("/audit")
    assert site.client.get("/ekspor/users.csv").status_code == 404
    assert site.client.get("/ekspor/cases.pdf").status_code == 404


def test_the_filters_of_the_list_are_kept(site: Site) -> None:
    first, second = site.request().number, site.request("BTM-BW", opd="disdik").number
    site.enter("auditor")
    assert 'href="/ekspor?opd=disdik"' in site.get("/kasus?opd=disdik")
    assert "/ekspor/cases.csv?opd=disdik" in site.get("/ekspor?opd=disdik")
    assert [row["number"] for row in table(site, "cases.json?opd=disdik")] == [second]
    assert [row["number"] for row in table(site, "cases.json?sop=PKL-BW&status=terbuka")] == [first]
    assert table(site, "cases.json?status=selesai") == []


def test_X_PDP_contacts_are_masked_but_for_who_may_reach_them(site: Site) -> None:
    site.request(contact={"name": "Narahubung", "phone": "080012345678", "email": "a@opd.invalid"})
    site.enter("auditor")
    (row,) = table(site, "contacts.json")
    assert (row["phone"], row["email"]) == ("0800••••678", "••••")
    site.enter("admin", "secretariat")
    (row,) = table(site, "contacts.json")
    assert (row["phone"], row["email"]) == ("080012345678", "a@opd.invalid")


def test_who_may_not_export_sees_no_link_and_gets_no_table(site: Site) -> None:
    site.enter("head_of_office")
    assert "/ekspor" not in site.get("/kasus")
    for page in ("/ekspor", "/ekspor/cases.csv"):
        assert site.client.get(page).status_code == 403
    assert site.desk.store.rows("SELECT * FROM access_log") == []


def test_X_SKM_survey_answers_stand_in_columns_without_the_case(site: Site) -> None:
    answer(site.desk.store, ("PKL-BW/2026/000001", "PKL-BW"), dict.fromkeys(ELEMENTS, "4"), "baik", now())
    site.enter("auditor")
    (row,) = table(site, "surveys.json")
    assert {row[element] for element in ELEMENTS} == {4} and "000001" not in str(row)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1"])
def test_no_cell_runs_as_a_formula(text: str) -> None:
    for form in ("csv", "xlsx"):
        out = io.BytesIO()
        assert write(out, form, [{"hal": text}], READER) == 1
        if form == "csv":
            assert list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))[1] == [f"'{text}"]
            continue
        cell = load_workbook(out).worksheets[0]["A2"]
        # XML has no other line end than \n (XML 1.0, 2.11).
        assert (str(cell.value).replace("\r", "\n"), cell.data_type) == (text.replace("\r", "\n"), "s")
        assert cell.quotePrefix and not str(cell.value).startswith("'")


def test_what_a_spreadsheet_cannot_hold_is_marked_and_never_breaks_the_export(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SHEET_ROWS", 2)
    out = io.BytesIO()
    assert write(out, "xlsx", [{"hal": "a\x0bb"}, {"hal": "x" * 40_000}, {"hal": "c"}], READER) == 3
    book = load_workbook(io.BytesIO(out.getvalue()))
    first, second = ([cell.value for (cell,) in sheet.iter_rows()] for sheet in book)
    assert first[:2] == ["hal", "a\ufffdb"] and str(first[2]).endswith("(CSV: 40000)")
    assert second == ["hal", "c"]


def test_the_page_gives_the_viewers_language_and_the_offices_time(site: Site) -> None:
    site.request()
    site.enter("auditor")
    for language, opened in (("id", "Dibuka (WIB)"), ("en", "Opened (WIB)")):
        site.client.get(f"/bahasa/{language}")
        sheet = load_workbook(io.BytesIO(site.client.get("/ekspor/cases.xlsx").data)).worksheets[0]
        (cell,) = (below for head, below in zip(sheet[1], sheet[2], strict=True) if head.value == opened)
        written = datetime.fromisoformat(table(site, "cases.json")[0]["opened_at"])
        local = site.desk.calendar.local(written).replace(tzinfo=None, microsecond=0)
        assert cell.value == local
        assert sheet.freeze_panes == "A2" and sheet["A1"].font.bold


def test_an_empty_table_is_a_book_that_opens(site: Site) -> None:
    site.enter("auditor")
    assert load_workbook(io.BytesIO(site.client.get("/ekspor/tickets.xlsx").data)).sheetnames == ["1"]
