"""``laporan_monitoring``: of an outage its course, of a request its office; refused without a document of its step."""

import pytest
from asked_monitoring import Asked
from tracker_office import CONTACT, MONDAY, REQUESTER, request

from request_tracker.cases import Desk, OpenCase, Supplied, open_case, read_case
from request_tracker.cases.actions import action_of
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop

GG = (SHIPPED / "pkl-gg.r0.yaml").read_text(encoding="utf-8")


def test_it_freezes_the_outage_or_the_offices_bandwidth(desk: Desk) -> None:
    report, paper = action_of("laporan_monitoring"), {"surat": Supplied(note="telepon")}
    assert report.measure(Asked(), read_case(desk, request(desk)))["asked"] == "bandwidth"
    outage = OpenCase("PKL-GG", "Gangguan", "dinkes", {}, CONTACT, paper, channel="phone")
    number = open_case(desk, outage, REQUESTER, MONDAY).number
    assert report.measure(Asked(), read_case(desk, number))["asked"] == "outage"


def test_a_step_without_its_document_is_refused() -> None:
    with pytest.raises(SopError, match="PKL-G-04: laporan_monitoring makes no document of this step"):
        parse_sop(GG.replace("hasil: [cek], ke", "hasil: [cek], tindakan: [laporan_monitoring], ke"))
