"""The outage's report on its pages: frozen by the technician, read by the officials, printed, and on the completion."""

from dataclasses import replace

import pytest
from tracker_site import NOW, Site
from tracker_tsdb import ENDED, STARTED

from request_tracker.cases import Case, Sign, Who, history, read_case, run
from request_tracker.config import Office
from request_tracker.errors import Refused
from request_tracker.letters.outage_completion.paper import completion
from request_tracker.letters.press.facts import Facts
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.sop.register import by_hash

CHECK = {"perangkat": "agg-timur", "daya": "baik", "lampu": "merah", "temuan": "serat putus disambung"}


@pytest.fixture
def number(measured_site: Site) -> str:
    """An outage that was, whose physical check is done."""
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud", "dishub"), STARTED, ENDED, "watch")
    (number,) = reconcile(measured_site.desk, [told], NOW)
    measured_site.enter("technician")
    sign(measured_site, number, "PKL-G-04", **CHECK)
    return number


def sign(site: Site, number: str, step: str, **form: str) -> int:
    return int(site.post(f"/kasus/{number}/langkah/{step}", f"/kasus/{number}", act="sign", **form).status_code)


def case(site: Site, number: str) -> Case:
    return read_case(site.desk, number)


def facts_of(site: Site, number: str) -> Facts:
    found = case(site, number)
    kept, names = found.latest_report(), {opd.code: opd.name for opd in site.desk.city.opds}
    return Facts(
        case=found,
        sop=by_hash(site.desk.store, found.sop_hash),
        history=history(site.desk, number),
        office=Office(),
        opd="OPD",
        now=NOW,
        name_of=str,
        local=site.desk.calendar.local,
        monitored=kept.content if kept else None,
        names=names,
    )


def test_PKL_G_05_signing_the_step_freezes_the_report_and_the_paper_keeps_it(measured_site: Site, number: str) -> None:
    assert sign(measured_site, number, "PKL-G-05") == 302
    kept = case(measured_site, number).latest_report()
    assert kept is not None and kept.content is not None
    assert (kept.content["measured_minutes"], kept.content["root"]) == (47.0, "agg-timur")
    paper = f"/kasus/{number}/surat/laporan_monitoring.pdf"
    assert measured_site.client.get(paper).data.startswith(b"%PDF")
    longer = OutageRecord("agg-timur", "link", "link_down", ("rsud", "dishub"), STARTED, ENDED + 60, "watch")
    reconcile(measured_site.desk, [longer], NOW)
    again = case(measured_site, number).latest_report()
    assert again is not None and again.content == kept.content


def test_PKL_G_09_the_completion_report_has_cause_minutes_offices_and_what_the_isp_owes(
    measured_site: Site, number: str
) -> None:
    sign(measured_site, number, "PKL-G-05")
    made = facts_of(measured_site, number)
    said = dict(completion(made).pairs)
    assert said["Lamanya"] == said["Terputus menurut pemantauan"] == "47 menit"
    assert "Rumah Sakit" in said["OPD terdampak"] and said["Gejala"] == "tautan mati"
    assert said["Temuan pemeriksaan"] == "putaran 1: agg-timur – serat putus disambung"
    assert said["Dasar kompensasi SLA ISP"] == "bukan tautan ISP"
    line = {"provider": "ISP Contoh", "circuit": "CID-0001"}
    claimed = dict(completion(replace(made, monitored={**(made.monitored or {}), **line})).pairs)
    assert "47 menit terputus pada ISP Contoh, sirkuit CID-0001" in claimed["Dasar kompensasi SLA ISP"]
    form = f"/kasus/{number}/surat/penyelesaian_gangguan"
    assert measured_site.client.get(f"{form}.docx").status_code == 200


def test_PKL_G_06_07_opening_the_report_is_kept_and_without_it_the_step_is_refused(
    measured_site: Site, number: str
) -> None:
    sign(measured_site, number, "PKL-G-05")
    kept = case(measured_site, number).latest_report()
    assert kept is not None
    report = f"/kasus/{number}/laporan/{kept.seq}"
    assert "Sudah saya baca" not in measured_site.get(report)
    for role, step in (("head_of_section", "PKL-G-06"), ("head_of_division", "PKL-G-07")):
        user = measured_site.enter(role)
        assert report in measured_site.get(f"/kasus/{number}")
        with pytest.raises(Refused, match="baca dahulu"):
            run(measured_site.desk, number, Sign(step), Who(f"user:{user}", frozenset({role})), NOW)
        assert "47 menit" in measured_site.get(report) and "Sudah saya baca" in measured_site.get(report)
        read = [event for event in history(measured_site.desk, number) if event.kind == "report_read"]
        assert (read[-1].actor, read[-1].step, read[-1].data["event"]) == (f"user:{user}", step, kept.seq)
        measured_site.post(f"/kasus/{number}/langkah/{step}", report, act="sign", note="sudah saya baca")
    assert len(read) == 2 and case(measured_site, number).open_step("PKL-G-08")
    assert measured_site.client.get(f"/kasus/{number}/laporan/1").status_code == 404


def test_PKL_G_08b_a_person_confirms_and_another_decision_than_the_proposed_needs_its_reason(
    measured_site: Site, number: str
) -> None:
    sign(measured_site, number, "PKL-G-05")
    kept = case(measured_site, number).latest_report()
    assert kept is not None
    for role, step in (("head_of_section", "PKL-G-06"), ("head_of_division", "PKL-G-07")):
        measured_site.enter(role)
        report = f"/kasus/{number}/laporan/{kept.seq}"
        measured_site.post(f"/kasus/{number}/langkah/{step}", report, act="sign")
    measured_site.log_in("technician")
    assert "Usulan pemantauan: belum ada" in measured_site.get(f"/kasus/{number}")
    given = {"isp": "ISP Contoh", "decision": "terhubung"}
    assert sign(measured_site, number, "PKL-G-08", **given) == 409
    assert sign(measured_site, number, "PKL-G-08", **given, note="dilihat sendiri di lokasi") == 302
    last = case(measured_site, number).records[-1].content
    assert last is not None and (last["decision"], last["overruled"]) == ("terhubung", True)
    assert "terukur 0 %" in last["verdict"]["reason"] and case(measured_site, number).open_step("PKL-G-09")
    assert sign(measured_site, number, "PKL-G-09") == 302
    (first, final) = case(measured_site, number).reports()
    assert (final.document, final.content) == ("tutup", first.content)
