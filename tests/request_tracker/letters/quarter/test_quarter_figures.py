"""The figures of the quarter: causes, office-minutes, availability and guarantees; English is English."""

import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from daily_use import DailyUse
from openpyxl import load_workbook
from paper_words import words_of_pdf
from tracker_office import CITY, REQUESTER, TECHNICIAN, request, to_technician

from inventory.titles import titles
from request_tracker.capacity.outlook import outlooks
from request_tracker.cases import Cancel, Desk, run
from request_tracker.config import Office
from request_tracker.custody.anchor import take_anchor
from request_tracker.evidence.uptime import of_line, of_opd
from request_tracker.letters.quarter.paper import quarter_pdf, summary
from request_tracker.letters.quarter.sheet import quarter_sheet
from request_tracker.letters.quarter.tables import NOT_YET, causes, offices, outages, outlook, uplinks
from request_tracker.outages.found_cause import say_cause
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.reports.outage_counts import without
from request_tracker.reports.periods import quarter
from request_tracker.reports.quarter import Evaluation, evaluate

Q4, BEGUN = quarter("2026-Q4"), datetime(2026, 11, 2, 3, tzinfo=UTC)
AFTER = datetime(2027, 1, 4, 2, tzinfo=UTC)
UPLINK, CITY_NAMES = CITY.uplinks[0], titles(CITY)
DAYS = (Q4.until - Q4.since).days
# Words of papers and tables that an English reader must not meet; names of places and people are their own.
INDONESIAN = re.compile(
    r"\b(dan|yang|menit|belum|tidak|dari|kasus|layanan|gangguan|ketersediaan|sampai|langkah|terlambat|unduh|unggah"
    r"|triwulan|putus|listrik|jam|kunjungan|hasil|penyebab|mulai|pulih|tiket|kepala|tim)\b",
    re.IGNORECASE,
)


def outage(desk: Desk, root: str, opds: tuple[str, ...], minutes: tuple[int, int], cause: str | None = None) -> str:
    """One outage from a minute to a minute after the begin, and its cause."""
    since, until = (BEGUN + timedelta(minutes=minute) for minute in minutes)
    told = OutageRecord(root, "link", "link_down", opds, since.timestamp(), until.timestamp(), "watch")
    (number,) = reconcile(desk, [told], until + timedelta(minutes=1))
    if cause:
        say_cause(desk, number, (cause, ""), TECHNICIAN, until + timedelta(hours=1))
    return number


def measured(desk: Desk, subject: str, days: int, of_a_day: tuple[int, int, float | None, float | None]) -> None:
    """So many days of the quarter, each with minutes up and measured, windows judged and missed."""
    with desk.store.transaction() as db:
        for number in range(days):
            day = (Q4.since + timedelta(days=number)).isoformat()
            db.execute("INSERT INTO measured_days VALUES (?, ?, ?, ?, ?, ?)", [subject, day, *of_a_day])


@pytest.fixture
def found(desk: Desk) -> Evaluation:
    to_technician(desk, request(desk))
    outage(desk, "agg-timur", ("rsud", "dishub"), (0, 30), "fibre_cut")
    outage(desk, "timur-rsud", ("rsud",), (20, 60), "power")
    outage(desk, "agg-utara", ("dinkes",), (100, 110))
    measured(desk, of_opd("dinkes"), DAYS, (1430, 1440, 10000, 100))
    measured(desk, of_opd("rsud"), DAYS // 3, (1440, 1440, None, None))
    measured(desk, of_line(UPLINK.name), DAYS, (1440, 1440, None, None))
    return evaluate(desk, Q4, AFTER)


def test_the_quarter_says_when_each_line_is_full_as_the_page_does_and_as_of_its_end(desk: Desk, tmp_path: Path) -> None:
    number = request(desk)
    rising = [100.0 + day / 2 for day in range(60)]
    use = DailyUse(ways={"receive": rising, "transmit": [50.0] * 10})
    end = datetime.combine(Q4.until, time(), desk.calendar.zone)
    found = evaluate(desk, Q4, AFTER, use)
    (row,) = found.uplinks
    page = outlooks(desk, use, (), end)
    assert tuple(row.outlook.values()) == page and page[0].pending.opds == 1
    down, up = outlook(found).rows
    # 129.5 on its last day, half a megabit more each day, 190 of 200 may be used, 40 are asked for.
    assert isinstance(down[6], date) and abs((down[6] - Q4.until).days - 121) <= 2
    assert isinstance(down[10], date) and abs((down[10] - Q4.until).days - 41) <= 2
    assert (up[6], up[7], up[12]) == (NOT_YET, None, 10)
    assert "Penuh bila dikabulkan" in words_of_pdf(quarter_pdf(found, Office()), tmp_path)
    run(desk, number, Cancel("tidak jadi"), REQUESTER, AFTER)
    assert evaluate(desk, Q4, AFTER, use).text() == found.text()


def test_causes_are_counted_with_their_minutes_and_an_office_is_off_once(found: Evaluation) -> None:
    rows = [(row[0], *row[1:]) for row in causes(found).rows]
    told = [(str(cause[0]), *figures) for cause, *figures in rows]  # type: ignore[index]  # A cause is in both languages.
    # Ten of the second outage's minutes were the first's already: 60 + 30 + 10 office-minutes.
    assert told == [("serat putus", 1, 30, 60), ("listrik", 1, 40, 30), ("belum diisi", 1, 10, 10)]
    assert found.outage_counts.office_minutes == 100
    assert [row[1] for row in outages(found).rows] == [
        CITY_NAMES[root] for root in ("agg-timur", "timur-rsud", "agg-utara")
    ]


def test_availability_and_guarantees_come_from_the_measured_days(found: Evaluation) -> None:
    by_name = {row[0]: row for row in offices(found).rows}
    dinkes, rsud = (by_name[CITY.opd(code).name] for code in ("dinkes", "rsud"))
    assert [float(str(value)) for value in dinkes[3:]] == pytest.approx([143 / 144, 1.0, 0.99])
    # A third of the quarter was measured: the configuration asks for half.
    assert getattr(rsud[3], "english", "") == "cannot be judged yet" and rsud[5] is None
    assert uplinks(found).rows[0][1:] == (1.0, 1.0, 0)
    told = {name.english: text.english for name, text in summary(found)}
    assert told["Guaranteed bandwidth"] == f"kept in 99.00 % of the measurements of 1 of {len(CITY.opds)} offices"


def test_of_a_guarantee_that_was_hardly_judged_no_share_is_printed(desk: Desk) -> None:
    measured(desk, of_opd("dinkes"), DAYS, (1430, 1440, 5000, 50))
    found = evaluate(desk, Q4, AFTER)
    assert next(row for row in offices(found).rows if row[0] == CITY.opd("dinkes").name)[5] == NOT_YET
    assert {name.english: text for name, text in summary(found)}["Guaranteed bandwidth"] == NOT_YET


def test_the_english_pack_is_english_through_and_through(found: Evaluation, tmp_path: Path) -> None:
    names = [opd.name for opd in CITY.opds] + list(CITY_NAMES.values())
    (tmp_path / "pack.pdf").write_bytes(quarter_pdf(found, Office(name="X", government="Y"), language="en"))
    text = subprocess.run(["pdftotext", str(tmp_path / "pack.pdf"), "-"], capture_output=True, text=True, check=True)
    book = load_workbook(BytesIO(quarter_sheet(found, "en")))
    cells = [str(value) for sheet in book for row in sheet.values for value in (sheet.title, *row) if value]
    for words in (" ".join(text.stdout.split()), *cells):
        for name in names:
            words = words.replace(name, "")
        assert INDONESIAN.search(words) is None, words


def test_a_head_of_office_gets_two_pages_whatever_the_quarter_held(desk: Desk, tmp_path: Path) -> None:
    for sop in ("PKL-BW", "BTM-BW", "KTM-BW"):
        for _ in range(3):
            to_technician(desk, request(desk, sop)) if sop == "PKL-BW" else request(desk, sop)
    codes = tuple(opd.code for opd in CITY.opds)
    for number, cause in enumerate(
        ("fibre_cut", "power", "device", "isp", "configuration", "weather", "unknown", None)
    ):
        outage(desk, "agg-timur" if number % 2 else "agg-utara", codes, (number * 200, number * 200 + 90), cause)
    anchor = take_anchor(desk.store, AFTER).text
    for language in ("id", "en"):
        pack = quarter_pdf(evaluate(desk, Q4, AFTER), Office(city="Kota Contoh"), anchor=anchor, language=language)
        (tmp_path / "pack.pdf").write_bytes(pack)
        told = subprocess.run(
            ["pdfinfo", str(tmp_path / "pack.pdf")], capture_output=True, text=True, check=True
        ).stdout
        assert re.search(r"Pages:\s+2\n", told)


def test_a_date_is_a_date_and_a_share_a_number_in_the_spreadsheet(found: Evaluation) -> None:
    book = load_workbook(BytesIO(quarter_sheet(found)))
    begun = book["Daftar gangguan"][2][3].value
    assert isinstance(begun, datetime) and begun.date() == date(2026, 11, 2)
    cell = book["Ketersediaan uplink"][2][1]
    assert (cell.value, cell.number_format) == (1, "0.00%")


def test_a_name_that_looks_like_a_formula_is_seen_as_it_is_and_runs_nothing(found: Evaluation) -> None:
    first, *_ = found.outage_counts.outages
    formula = replace(found, line_names={**found.line_names, first.root: "=1+1"})
    for language, name, begun in (("id", "Daftar gangguan", "Mulai"), ("en", "List of outages", "Begun")):
        sheet = load_workbook(BytesIO(quarter_sheet(formula, language)))[name]
        (row,) = (row for row in sheet.iter_rows(min_row=2) if row[0].value == first.number)
        assert (row[1].value, row[1].data_type, row[1].quotePrefix) == ("=1+1", "s", True)
        assert sheet["D1"].value == begun and isinstance(row[3].value, datetime) and row[5].data_type == "n"


def test_what_is_announced_is_taken_out_of_a_span() -> None:
    assert without([(0, 100)], [(20, 30), (90, 200)]) == [(0, 20), (30, 90)]
    assert without([(0, 100)], [(-5, 200)]) == [] and without([(0, 100)], []) == [(0, 100)]
