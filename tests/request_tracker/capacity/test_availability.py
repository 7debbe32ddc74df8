"""The list of available bandwidth (KTM-07b): what each uplink has left and who holds what, now and as of a day."""

import csv
from datetime import datetime, timedelta
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from tracker_office import CALENDAR, CITY, MBIT, MONDAY
from tracker_site import NOW, Site

from request_tracker.capacity.availability import as_csv, availability
from request_tracker.cases import Allocation, Desk
from request_tracker.ledger import allocations
from request_tracker.store.database import Store

DAY = timedelta(days=1)
CASE = "PKL-BW/2026/000007"


def write(store: Store, opd: str, rate: int, at: datetime, until: datetime | None = None) -> None:
    allocation = Allocation(rate * MBIT, rate * MBIT, MBIT, MBIT)
    with store.transaction() as db:
        allocations.write(store, db, [allocations.Change(opd, allocation, "user:4", CASE, "uji")], at, until)


def test_KTM_07b_each_uplink_says_capacity_committed_reserve_and_room(desk: Desk) -> None:
    write(desk.store, "dinkes", 50, MONDAY)
    (uplink,) = availability(desk.store, CITY, MONDAY)
    down = uplink.rooms[0]
    others = (len(CITY.opds) - 1) * 2 * MBIT
    assert (down.capacity, down.reserve) == (200 * MBIT, 10 * MBIT)
    assert (down.committed, down.room) == (50 * MBIT + others, 140 * MBIT - others)
    assert down.ceilings == 50 * MBIT + (len(CITY.opds) - 1) * 10 * MBIT
    assert [one.opd for one in uplink.holdings] == sorted(opd.code for opd in CITY.opds)


def test_KTM_07b_as_of_any_day_the_list_is_what_was_in_force_with_its_end(desk: Desk) -> None:
    write(desk.store, "dinkes", 50, MONDAY, MONDAY + 3 * DAY)
    write(desk.store, "rsud", 20, MONDAY + DAY)

    def seen(at: datetime) -> dict[str, tuple[int | None, datetime | None, datetime | None]]:
        (uplink,) = availability(desk.store, CITY, at)
        return {
            one.opd: (one.row["receive_ceiling"] // MBIT if one.row else None, one.since, one.until)
            for one in uplink.holdings
            if one.opd in ("dinkes", "rsud")
        }

    opened = MONDAY - 30 * DAY
    assert seen(opened - DAY) == {"dinkes": (None, None, None), "rsud": (None, None, None)}
    assert seen(MONDAY - DAY) == {"dinkes": (10, opened, MONDAY), "rsud": (10, opened, MONDAY + DAY)}
    assert seen(MONDAY + DAY) == {"dinkes": (50, MONDAY, MONDAY + 3 * DAY), "rsud": (20, MONDAY + DAY, None)}
    assert seen(MONDAY + 3 * DAY)["dinkes"] == (10, MONDAY + 3 * DAY, None)


def test_KTM_07b_a_planned_return_that_a_newer_decision_restated_is_no_end(desk: Desk) -> None:
    write(desk.store, "dinkes", 50, MONDAY, MONDAY + 3 * DAY)
    write(desk.store, "dinkes", 30, MONDAY + DAY)
    (uplink,) = availability(desk.store, CITY, MONDAY + DAY)
    assert next(one for one in uplink.holdings if one.opd == "dinkes").until is None


def test_KTM_07b_more_guarantees_than_may_be_promised_are_a_lack_not_a_zero(desk: Desk) -> None:
    write(desk.store, "dinkes", 190, MONDAY)
    assert availability(desk.store, CITY, MONDAY)[0].rooms[0].room == -22 * MBIT


def test_KTM_07b_the_table_to_take_away_has_every_office_and_runs_no_formula(desk: Desk) -> None:
    with desk.store.transaction() as db:
        change = allocations.Change("dinkes", Allocation(*[12_500_000 // 8] * 4), "user:4", None, "=1+1")
        allocations.write(desk.store, db, [change], MONDAY)
    text = as_csv(availability(desk.store, CITY, MONDAY), CALENDAR).decode("utf-8-sig")
    rows = {row["OPD"]: row for row in csv.DictReader(StringIO(text), delimiter=";")}
    assert set(rows) == {opd.code for opd in CITY.opds}
    assert rows["dinkes"]["Batas unduh (Mbit/s)"] == "12,5" and rows["dinkes"]["Keterangan"] == "'=1+1"
    assert rows["dinkes"]["Berlaku sejak"] == "23-11-2026 09.00.00"


def test_KTM_07b_the_page_shows_now_and_a_day_and_gives_csv_and_spreadsheet(site: Site) -> None:
    site.enter("head_of_section")
    write(site.desk.store, "dinkes", 50, NOW - 2 * DAY)
    number = site.request().number
    page = site.get("/kesediaan")
    assert (
        "ISP Contoh" in page
        and "isp-utama" not in page
        and f"/kasus/{CASE}" in page
        and "belum ada alokasi" in page
        and number not in page
    )
    assert 'href="/kesediaan"' in site.get("/kasus")
    past = site.desk.calendar.local(NOW - 3 * DAY).date()
    assert CASE not in site.get(f"/kesediaan?tanggal={past}")
    taken = site.client.get(f"/kesediaan.csv?tanggal={past}")
    assert f"kesediaan-{past}.csv" in taken.headers["Content-Disposition"] and CASE not in taken.text
    book = load_workbook(BytesIO(site.client.get("/kesediaan.xlsx").data))
    assert book.sheetnames == ["Uplink", "Alokasi"] and book["Uplink"]["F2"].value == 140


def test_KTM_07b_the_spreadsheet_has_dates_numbers_and_no_visible_apostrophe(site: Site) -> None:
    with site.desk.store.transaction() as db:
        change = allocations.Change("dinkes", Allocation(*[12_500_000 // 8] * 4), "user:4", None, "=1+1\x0b")
        allocations.write(site.desk.store, db, [change], NOW - 2 * DAY)
    site.enter("head_of_section")
    local = site.desk.calendar.local(NOW - 2 * DAY).replace(tzinfo=None, microsecond=0)
    for language, name, heads, day in (
        ("id", "Alokasi", ("Batas unduh (Mbit/s)", "Berlaku sejak", "Keterangan"), "dd-mm-yyyy"),
        ("en", "Allocations", ("Download ceiling (Mbit/s)", "In force since", "Remark"), "yyyy-mm-dd"),
    ):
        site.client.get(f"/bahasa/{language}")
        sheet = load_workbook(BytesIO(site.client.get("/kesediaan.xlsx").data))[name]
        titles = [cell.value for cell in sheet[1]]
        (row,) = (row for row in sheet.iter_rows(min_row=2) if row[1].value == "dinkes")
        rate, since, why = (row[titles.index(head)] for head in heads)
        assert row[0].value == "ISP Contoh" and (rate.value, rate.data_type) == (12.5, "n")
        assert (since.value, since.number_format) == (local, f"{day} hh:mm:ss")
        assert (why.value, why.data_type, why.quotePrefix) == ("=1+1\ufffd", "s", True)


@pytest.mark.parametrize("day", ["besok", "2026-13-01", "9999-12-31"])
def test_KTM_07b_a_day_that_is_none_is_a_sentence(site: Site, day: str) -> None:
    site.enter("technician")
    answer = site.client.get(f"/kesediaan?tanggal={day}")
    assert answer.status_code == 422 and "bukan tanggal" in answer.text
    assert site.client.get(f"/kesediaan.csv?tanggal={day}").status_code == 400


@pytest.mark.parametrize(
    ("role", "status"), [("auditor", 200), ("admin", 200), ("head_of_office", 200), ("secretariat", 403)]
)
def test_KTM_07b_who_may_read_the_capacity(site: Site, role: str, status: int) -> None:
    site.enter(role)
    assert site.client.get("/kesediaan").status_code == status
