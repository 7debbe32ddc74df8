"""The export page: every table in three forms, the list's filters kept, contacts by role, each download noted."""

import csv
import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook
from tracker_site import Site

from request_tracker.reports import export
from request_tracker.reports.export import FORMS, TABLES, write
from request_tracker.reports.survey import ELEMENTS, answer
from request_tracker.web.shell.context import now


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
    assert seen == len(TABLES) * len(FORMS) and "ekspor: contacts" in site.get("/audit")
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
        assert write(out, form, [{"hal": text}]) == 1
        assert read(form, out.getvalue())[1][0].startswith("'")


def test_what_a_spreadsheet_cannot_hold_is_marked_and_never_breaks_the_export(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SHEET_ROWS", 2)
    out = io.BytesIO()
    assert write(out, "xlsx", [{"hal": "a\x0bb"}, {"hal": "x" * 40_000}, {"hal": "c"}]) == 3
    book = load_workbook(io.BytesIO(out.getvalue()))
    first, second = ([cell.value for (cell,) in sheet.iter_rows()] for sheet in book)
    assert first[:2] == ["hal", "a\ufffdb"] and second[0] == "hal"
    assert str(second[1]).endswith("(CSV: 40000)") and second[2] == "c"


def read(form: str, content: bytes) -> list[list[str]]:
    """The lines of a made table."""
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return [[str(value) for value in row] for row in sheet.iter_rows(values_only=True)]
