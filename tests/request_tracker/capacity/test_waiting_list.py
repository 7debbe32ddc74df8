"""Requests that could not be met: the waiting list (BTM-07, KTM-06) and the register of need (KTM-CT)."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from tracker_office import (
    CITY,
    DIVISION,
    EVIDENCE,
    HEAD,
    MBIT,
    MONDAY,
    NOC,
    REQUESTER,
    SECRETARIAT,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    WANTED,
    request,
    walk_to,
)
from tracker_site import Site
from used_months import Points, counter_of, use_of_days

from request_tracker.capacity.demand import UnmetWish, lacks, needs_of
from request_tracker.capacity.waiting_list import ListChange, listed_since, put_on_list, tell_of_room, waiting_list
from request_tracker.cases import Allocation, Desk, Sign, history, read_case, run
from request_tracker.errors import Refused
from request_tracker.evidence.forecast import forecast
from request_tracker.evidence.prometheus import NoData, Prometheus, Sample
from request_tracker.ledger import allocations

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Days(Prometheus):
    """A Prometheus with one value a day, the last one today; None where it does not answer."""

    url: str | None = None
    values: Sequence[float] | None = ()

    def first_value(self, expression: str, at: float | None = None) -> float | None:
        """One sample each five minutes."""
        if self.values is None:
            raise NoData("prometheus_silent", reason="ConnectionError")
        return 1.0

    def every_series(
        self, expression: str, times: tuple[float, float], step: float
    ) -> list[tuple[dict[str, str], Points]]:
        """The counter of the days that were measured."""
        if self.values is None:
            raise NoData("prometheus_silent", reason="ConnectionError")
        return [({}, counter_of(use_of_days(self.values, times), times))]

    def query(self, expression: str, at: float | None = None) -> list[Sample]:
        """No five minutes had too few samples."""
        return []


def refused(desk: Desk, opd: str = "dinkes", wanted: str = "50 Mbit/s", now: datetime = MONDAY) -> str:
    """A request of Kaltim's SOP that ended as not available."""
    number = request(desk, "KTM-BW", now, opd=opd, form={**WANTED, "wanted_receive": wanted})
    acts = [
        (SECRETARIAT, Sign("KTM-02")),
        (HEAD, Sign("KTM-02")),
        (DIVISION, Sign("KTM-03")),
        (SECTION, Sign("KTM-03")),
        (SECTION, Sign("KTM-04", note="periksa", assignee=TECHNICIAN)),
        (TECHNICIAN, Sign("KTM-05", documents={"cek": EVIDENCE})),
        (TECHNICIAN, Sign("KTM-06", decision="tidak_tersedia", documents={"mon": EVIDENCE})),
    ]
    walk_to(desk, number, acts, now)
    return number


def listed(desk: Desk, number: str, now: datetime = MONDAY + HOUR) -> None:
    put_on_list(desk, read_case(desk, number), ListChange(True), TECHNICIAN, now)


def hold(desk: Desk, opd: str, guaranteed: int, at: datetime, ceiling: int = 60) -> None:
    allocation = Allocation(guaranteed * MBIT, max(ceiling, guaranteed) * MBIT, 2 * MBIT, 10 * MBIT)
    with desk.store.transaction() as db:
        allocations.write(desk.store, db, [allocations.Change(opd, allocation, "user:4", None, "uji")], at)


def test_KTM_06_a_request_that_was_not_available_waits_in_order_and_its_requester_is_told(desk: Desk) -> None:
    first, second = refused(desk), refused(desk, "rsud")
    listed(desk, first)
    listed(desk, second, MONDAY + 2 * HOUR)
    assert [(one.number, one.place) for one in waiting_list(desk, MONDAY + DAY)] == [(first, 1), (second, 2)]
    assert listed_since(history(desk, first)) == MONDAY + HOUR
    told = desk.store.rows("SELECT payload FROM outbox WHERE recipient = ?", [read_case(desk, first).contact])
    assert any("on_waiting_list" in row["payload"] for row in told)


def test_BTM_07_the_refusal_on_its_way_may_already_be_put_on_the_list(desk: Desk) -> None:
    number = request(desk, "BTM-BW")
    filled = {"spesifikasi": "50 Mbit/s", "peruntukan": "layanan", "jumlah_pengguna": "80"}
    acts = [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, Sign("BTM-04", assignee=TECHNICIAN))]
    walk_to(desk, number, [*acts, (TECHNICIAN, Sign("BTM-05"))])
    with pytest.raises(Refused) as early:
        listed(desk, number)
    assert early.value.code == "not_unmet"
    walk_to(desk, number, [(REQUESTER, Sign("BTM-05", form=filled))], MONDAY + HOUR)
    no = Sign("BTM-06", decision="tidak_tersedia", documents={"analisa": EVIDENCE})
    run(desk, number, no, TECHNICIAN, MONDAY + 2 * HOUR)
    listed(desk, number, MONDAY + 3 * HOUR)
    walk_to(desk, number, [(who, Sign("BTM-07")) for who in (TECHNICIAN, SECTION, DIVISION, HEAD)], MONDAY + 3 * HOUR)
    assert read_case(desk, number).ending == "ditolak"
    assert [one.number for one in waiting_list(desk, MONDAY + DAY)] == [number]


def test_KTM_06_leaving_the_list_needs_a_reason_and_the_right_role(desk: Desk) -> None:
    number = refused(desk)
    with pytest.raises(Refused) as role:
        put_on_list(desk, read_case(desk, number), ListChange(True), NOC, MONDAY + HOUR)
    assert role.value.code == "may_not"
    listed(desk, number)
    with pytest.raises(Refused) as bare:
        put_on_list(desk, read_case(desk, number), ListChange(False, " "), SECTION, MONDAY + 2 * HOUR)
    assert bare.value.code == "off_the_list"
    put_on_list(desk, read_case(desk, number), ListChange(False, "OPD pindah gedung"), SECTION, MONDAY + 2 * HOUR)
    assert waiting_list(desk, MONDAY + DAY) == () and listed_since(history(desk, number)) is None


def test_KTM_06_when_room_appears_the_first_of_the_list_is_named_to_the_staff_once(desk: Desk) -> None:
    hold(desk, "disdik", 168, MONDAY, 180)
    first, second = refused(desk), refused(desk, "rsud", "11 Mbit/s")
    listed(desk, first)
    listed(desk, second, MONDAY + 2 * HOUR)
    assert [one.fits for one in waiting_list(desk, MONDAY + DAY)] == [False, False]
    assert tell_of_room(desk, MONDAY + DAY) == []
    hold(desk, "disdik", 20, MONDAY + 2 * DAY)
    assert tell_of_room(desk, MONDAY + 3 * DAY) == [first]
    assert tell_of_room(desk, MONDAY + 4 * DAY) == []
    rows = desk.store.rows("SELECT recipient, payload FROM outbox WHERE key LIKE 'room:%' ORDER BY id")
    assert [row["recipient"] for row in rows] == ["role:technician", "role:head_of_section"]
    assert {json.loads(row["payload"])["number"] for row in rows} == {first}


def lacking(wish: UnmetWish) -> tuple[int, int]:
    """What a wish still lacks each way, in Mbit/s."""
    return wish.lacks["receive"].lacking // MBIT, wish.lacks["transmit"].lacking // MBIT


def test_KTM_CT_refused_and_waiting_cases_appear_and_an_office_counts_once(desk: Desk) -> None:
    first, again, other = refused(desk), refused(desk, "dinkes", "30 Mbit/s"), refused(desk, "rsud", "25 Mbit/s")
    listed(desk, first)
    found = lacks(desk, waiting_list(desk, MONDAY + DAY), MONDAY + DAY)
    assert [(one.number, lacking(one), one.waiting is not None) for one in found] == [
        (other, (15, 10), False),
        (again, (20, 10), False),
        (first, (40, 10), True),
    ]
    down, up = needs_of(desk, Days(values=[1.0]), found, MONDAY + DAY)
    assert (down.lacking, up.lacking) == (55 * MBIT, 20 * MBIT)
    hold(desk, "dinkes", 10, MONDAY + 2 * DAY)
    assert [lacking(one) for one in lacks(desk, (), MONDAY + 3 * DAY)] == [(15, 10), (0, 10), (0, 10)]
    assert lacks(desk, (), MONDAY + 400 * DAY) == ()


def test_KTM_CT_the_forecast_is_a_line_through_measured_days_and_below_fourteen_there_is_none(desk: Desk) -> None:
    rising = [100 * MBIT + day * MBIT for day in range(31)]
    use = forecast(Days(values=rising), CITY.uplink("isp-utama"), MONDAY.timestamp())
    assert use.days == 31 and use.p95 == pytest.approx(130 * MBIT)
    assert use.next_year == pytest.approx(130 * MBIT + 360 * MBIT) and use.half_width == pytest.approx(0, abs=MBIT)
    needs = needs_of(desk, Days(values=rising), (), MONDAY)
    assert [need.way for need in needs] == ["receive", "transmit"]
    assert [need.to_buy for need in needs] == [pytest.approx(490 * MBIT / 0.95 - 200 * MBIT)] * 2
    short = forecast(Days(values=rising[:13]), CITY.uplink("isp-utama"), MONDAY.timestamp())
    assert (short.days, short.next_year) == (13, None)
    silent = forecast(Days(values=None), CITY.uplink("isp-utama"), MONDAY.timestamp())
    assert (silent.days, silent.p95, silent.next_year) == (0, None, None) and silent.problem


def test_KTM_CT_and_KTM_06_the_pages_put_on_the_list_and_show_the_register(site: Site) -> None:
    site.enter("head_of_section")
    number = refused(site.desk, now=datetime.now(UTC) - HOUR)
    page = f"/kasus/{number}"
    assert "tidak ada dalam daftar tunggu" in site.get(page)
    assert site.post(f"{page}/daftar-tunggu", page, act="add").status_code == 302
    assert "Dalam daftar tunggu sejak" in site.get(page)
    register = site.get("/kebutuhan")
    assert number in register and "50 Mbit/s" in register
    assert "Pemantauan tidak menjawab; tidak ada perkiraan." in register
    text = site.client.get("/kebutuhan.csv").data.decode("utf-8-sig")
    (row,) = csv.DictReader(StringIO(text), delimiter=";")
    assert (row["Kasus"], row["Kurang (Mbit/s)"], bool(row["Daftar tunggu sejak"])) == (number, "50", True)
    for language, heads in (
        ("id", ("Kasus", "Kurang (Mbit/s)", "Daftar tunggu sejak", "Tanggal", "Berakhir")),
        ("en", ("Case", "Lacking (Mbit/s)", "On the waiting list since", "Date", "Ending")),
    ):
        site.client.get(f"/bahasa/{language}")
        sheet = load_workbook(BytesIO(site.client.get("/kebutuhan.xlsx").data)).worksheets[0]
        cells = {str(head.value): cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
        case, lacking, since, ended, ending = (cells[head] for head in heads)
        assert (case.value, lacking.value, lacking.data_type) == (number, 50, "n")
        assert (sheet["B2"].value, sheet["C2"].value) == (site.desk.city.opd("dinkes").name, "ISP Contoh")
        assert isinstance(since.value, datetime) and isinstance(ended.value, datetime) and "_" not in str(ending.value)
    assert row["Unggah: Kurang (Mbit/s)"] == "20" and "unduh 50 Mbit/s; unggah 20 Mbit/s" in register
    assert "<h3>ISP Contoh</h3>" in register and "isp-utama" not in register
    assert '<th scope="col">Unduh</th><th scope="col">Unggah</th>' in register
