"""``verifikasi_alokasi``: nobody passes unproven, and no SOP leads there without an allocation."""

import pytest
from tracker_office import MONDAY, SECTION, TECHNICIAN, applied, request, to_technician, walk_to

from request_tracker.cases import Desk, Sign, possible, read_case
from request_tracker.cases.actions.verify_allocation import rechecks
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop, shipped_sops

PKL = (SHIPPED / "pkl-bw.r0.yaml").read_text(encoding="utf-8")
KTM = (SHIPPED / "ktm-bw.r0.yaml").read_text(encoding="utf-8")


def test_a_proven_allocation_lets_the_last_step_end(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number)
    applied(desk, number, "PKL-B-04")
    walk_to(desk, number, [(TECHNICIAN, Sign("PKL-B-05"))], MONDAY)
    (act,) = possible(desk, read_case(desk, number), TECHNICIAN)
    assert "proven to be in force" in act.notices[0].english
    walk_to(desk, number, [(TECHNICIAN, Sign("PKL-B-06"))], MONDAY)
    assert read_case(desk, number).ending == "selesai"
    assert possible(desk, read_case(desk, number), SECTION) == []


def test_only_a_step_that_can_send_back_reads_anew() -> None:
    steps = {step.id: step for sop in shipped_sops() for step in sop.steps.values()}
    assert [name for name, step in steps.items() if rechecks(step)] == ["KTM-08"]


def test_it_is_refused_where_a_case_could_come_to_it_without_an_allocation() -> None:
    with pytest.raises(SopError, match="PKL-B-06: verifikasi_alokasi can be reached without terapkan_alokasi"):
        parse_sop(PKL.replace("tindakan: [terapkan_alokasi], ", ""))


def test_a_recheck_leaves_no_room_for_a_decision() -> None:
    text = KTM.replace("kembali: KTM-07, ke: KTM-09", "kembali: KTM-07, keputusan: {ya: KTM-09}")
    with pytest.raises(SopError, match="KTM-08: verifikasi_alokasi with kembali decides by the reading"):
        parse_sop(text)
