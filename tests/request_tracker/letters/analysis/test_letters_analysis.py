"""The papers a decision on bandwidth rests on: frozen figures, the arithmetic of room, the rule, how to check it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from case_walks import batam_until_analysis
from tracker_office import MBIT, MONDAY, TECHNICIAN, WIB, request
from tracker_site import NOW, Site
from tracker_tsdb import END
from used_months import counter_of

from request_tracker.cases import Allocation, Desk, Sign, Supplied, Who, read_case, run
from request_tracker.config import Office
from request_tracker.evidence.analysis import analysis
from request_tracker.evidence.availability import availability
from request_tracker.evidence.bandwidth import bandwidth_report
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.usage import RULE, UseQuestion, gather
from request_tracker.ledger import allocations
from request_tracker.letters.analysis import ANALYSIS
from request_tracker.letters.availability import AVAILABILITY
from request_tracker.letters.making import facts_of, frozen_report, make
from request_tracker.letters.press.model import Paper
from request_tracker.sop.register import by_hash

WANTED = Allocation(10 * MBIT, 50 * MBIT, 5 * MBIT, 20 * MBIT)
AT = datetime.fromtimestamp(END - 15, UTC)


def analysed(desk: Desk, prometheus: str) -> dict[str, object]:
    source = Prometheus(prometheus)
    use = gather(source, desk, UseQuestion("dinkes", WANTED, AT))
    measured = bandwidth_report(source, desk, "dinkes", AT)
    # The test's monitoring has measured two hours: what a paper says of figures that hold is looked at here.
    return analysis(use, replace(measured, availability_least=0.001))


def frozen_paper(desk: Desk, number: str, kind: str) -> Paper:
    case = read_case(desk, number)
    sop = by_hash(desk.store, case.sop_hash)
    told = frozen_report(desk, case, sop, kind)
    return make(replace(facts_of(desk, Office(), case, sop, MONDAY), monitored=told), kind)


def freeze(desk: Desk, number: str, told: dict[str, object]) -> None:
    paper = {"analisa": Supplied(content=told)}
    run(desk, number, Sign("BTM-06", decision="tersedia", documents=paper), TECHNICIAN, AT)


def test_BTM_06_the_analysis_holds_the_frozen_use_the_uplinks_room_the_rule_and_its_source(
    desk: Desk, tsdb: str
) -> None:
    number, told = batam_until_analysis(desk), analysed(desk, tsdb)
    freeze(desk, number, told)
    paper = frozen_paper(desk, number, ANALYSIS)
    said, rows = dict(paper.pairs), {row[0]: row[1:] for row in paper.rows}
    assert rows["Median (p50)"][0] == "12 Mbit/s" and rows["p95, sepanjang hari"] == ("16 Mbit/s", "4 Mbit/s")
    assert rows["Waktu di atas 80 % batas"][0] == "100,0 %" and rows["Jam tersibuk"][0].startswith("13.00")
    assert rows["Pertumbuhan p95 per bulan"][0].startswith("belum dapat dihitung")
    assert said["Rekomendasi"].startswith("Belum dapat dinilai. Unduh terukur 0,1 dari 30 hari; penilaian memerlukan")
    assert said["Aturan rekomendasi"] == RULE
    assert "kapasitas 200 Mbit/s / 200 Mbit/s" in said["Uplink (unduh / unggah)"]
    assert said["Jaminan sesudahnya"].split(" / ")[0] != said["Jaminan sekarang"].split(" / ")[0]
    assert "Terukur 0," in paper.opening[0]
    assert (
        'lebarpita_opd_receive_bytes_total{opd="dinkes",source="interface"}' in paper.closing[-2]
        and str(told["sha256"]) in paper.closing[-1]
    )
    assert paper.svg.startswith("<?xml") and analysed(desk, tsdb) == told


def test_BTM_06_of_too_little_the_paper_prints_no_p95_of_the_office_and_of_its_uplink(desk: Desk, tsdb: str) -> None:
    number, told = batam_until_analysis(desk), analysed(desk, tsdb)
    assert isinstance(told["bandwidth"], dict)
    freeze(desk, number, {**told, "bandwidth": {**told["bandwidth"], "availability_least": 0.5}})
    paper = frozen_paper(desk, number, ANALYSIS)
    rows = {row[0]: row[1:] for row in paper.rows}
    assert rows["p95, sepanjang hari"] == ("belum dapat dinilai", "belum dapat dinilai")
    assert dict(paper.pairs)["p95 uplink"] == "belum dapat dinilai / belum dapat dinilai"


def test_BTM_06_what_was_never_frozen_is_said_and_not_filled_in(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    paper = frozen_paper(desk, number, ANALYSIS)
    assert "belum dibuat" in paper.opening[0] and not paper.rows and not paper.svg
    freeze(desk, number, analysed(desk, "http://127.0.0.1:9"))
    silenced = frozen_paper(desk, number, ANALYSIS)
    assert "tidak menjawab" in dict(silenced.pairs)["Belum terbaca"]
    assert {row[0]: row[1] for row in silenced.rows}["Median (p50)"] == "–"


def two_uplinks(desk: Desk) -> Desk:
    """The same office with a second line of 100 Mbit/s that rsud alone uses, and 30 Mbit/s guaranteed there."""
    first = desk.city.uplinks[0]
    second = first.model_copy(
        update={"name": "isp-kedua", "receive_capacity": 100 * MBIT, "transmit_capacity": 50 * MBIT}
    )
    moved = tuple(
        one.model_copy(update={"uplink": "isp-kedua"}) if one.code == "rsud" else one for one in desk.city.opds
    )
    city = desk.city.model_copy(update={"uplinks": (first, second), "opds": moved})
    with desk.store.transaction() as db:
        rates = Allocation(30 * MBIT, 150 * MBIT, 10 * MBIT, 50 * MBIT)
        allocations.write(desk.store, db, [allocations.Change("rsud", rates, "system", None, "uji")], MONDAY)
    return replace(desk, city=city)


def test_KTM_05_room_is_capacity_less_reserve_less_guarantees_on_each_of_two_uplinks(desk: Desk) -> None:
    both = two_uplinks(desk)
    told = availability(
        Prometheus(None), both, UseQuestion("rsud", replace(WANTED, receive_guaranteed=90 * MBIT), MONDAY)
    )
    rooms = {(one["uplink"], one["way"]): one for one in told["rooms"]}
    second = rooms["isp-kedua", "receive"]
    figures = [second[key] // MBIT for key in ("capacity", "reserve", "committed", "room", "added", "after")]
    assert figures == [100, 5, 30, 65, 60, 5] and second["ratio"] == 1.5
    others = len(both.city.opds) - 1
    assert (
        rooms["isp-utama", "receive"]["committed"] == others * 2 * MBIT and rooms["isp-utama", "receive"]["added"] == 0
    )
    assert told["available"] is True and told["problem"] is not None and second["p95"] is None
    more = availability(
        Prometheus(None), both, UseQuestion("rsud", replace(WANTED, receive_guaranteed=96 * MBIT), MONDAY)
    )
    assert (
        more["available"] is False
        and availability(Prometheus(None), both, UseQuestion("rsud", None, MONDAY))["available"] is None
    )


def busy_line(days: int, monkeypatch: pytest.MonkeyPatch) -> Prometheus:
    """An uplink of which so many days were measured, 5 MB/s from ten to eleven in the morning, else 1 MB/s."""

    def counter(self: Prometheus, expression: str, times: tuple[float, float], step: float) -> list[object]:
        first = (times[1] - times[0]) // step - days * 288
        hour = [datetime.fromtimestamp(times[0] + n * 300, WIB).hour for n in range(288)]
        return [({}, counter_of(lambda n: None if n < first else 1e6 * (5 if hour[n % 288] == 10 else 1), times))]

    monkeypatch.setattr(Prometheus, "first_value", lambda *asked: 5.0)
    monkeypatch.setattr(Prometheus, "every_series", counter)
    monkeypatch.setattr(Prometheus, "query", lambda *asked: [])
    return Prometheus("http://127.0.0.1:9")


def test_KTM_05_the_uplinks_busiest_hour_and_p95_come_from_the_monitoring(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = availability(busy_line(30, monkeypatch), desk, UseQuestion("dinkes", WANTED, MONDAY))
    assert told["rooms"][0]["busiest"] == (10, 5e6) and told["problem"] is None
    assert told["rooms"][0]["measured"] == 1.0 and told["rooms"][0]["p95"] == 1e6
    assert told["queries"][0][0].startswith('(lebarpita_link_receive_bytes_total{link="isp-utama"} - ')


def test_KTM_05_of_a_line_that_was_hardly_measured_no_p95_is_printed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = availability(busy_line(3, monkeypatch), desk, UseQuestion("dinkes", WANTED, MONDAY))
    assert told["rooms"][0]["p95"] is None and told["rooms"][0]["busiest"] is None
    number = request(desk, "KTM-BW")
    case = read_case(desk, number)
    facts = facts_of(desk, Office(), case, by_hash(desk.store, case.sop_hash), MONDAY)
    *_, p95, busiest = make(replace(facts, monitored=told), AVAILABILITY).rows[1]
    assert p95 == busiest == "belum dapat dinilai (terukur 10,0 %)"


def test_KTM_06_the_availability_report_prints_its_arithmetic(desk: Desk) -> None:
    both, number = two_uplinks(desk), request(desk, "KTM-BW")
    told = availability(
        Prometheus(None), both, UseQuestion("rsud", replace(WANTED, receive_guaranteed=96 * MBIT), MONDAY)
    )
    case = read_case(desk, number)
    paper = make(
        replace(facts_of(desk, Office(), case, by_hash(desk.store, case.sop_hash), MONDAY), monitored=told),
        AVAILABILITY,
    )
    said = dict(paper.pairs)
    assert said["Kesimpulan"] == "Tidak tersedia"
    assert said["Hitungan unduh"] == (
        "100 − 5 (cadangan 5 %) − 30 (jaminan berjalan) = 65; permintaan menambah 66; sisa −1 Mbit/s"
    )
    assert [row[0] for row in paper.rows[1:]] == ["isp-utama", "isp-utama", "isp-kedua", "isp-kedua"]
    assert {row[0] + row[1]: row[6] for row in paper.rows}["isp-keduaunduh"] == "1,50"


def test_KTM_05_and_BTM_06_the_pages_freeze_each_report_and_offer_it(site: Site) -> None:
    number = site.request("KTM-BW").number
    everybody = Who("user:99", frozenset({"secretariat", "head_of_office", "head_of_division", "head_of_section"}))
    for act in (Sign("KTM-02"), Sign("KTM-02"), Sign("KTM-03"), Sign("KTM-03"), Sign("KTM-04", note="periksa")):
        run(site.desk, number, act, everybody, NOW)
    site.enter("technician")
    page = f"/kasus/{number}"
    assert f"{page}/surat/{AVAILABILITY}.pdf" in site.get(page)
    assert site.post(f"{page}/langkah/KTM-05", page, act="sign").status_code == 302
    kept = read_case(site.desk, number).latest("cek")
    assert kept is not None and kept.content is not None and kept.content["kind"] == "laporan_cek_kesediaan"
    assert site.client.get(f"{page}/surat/{AVAILABILITY}.pdf").data.startswith(b"%PDF")
