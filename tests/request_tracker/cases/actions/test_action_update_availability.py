"""``perbarui_daftar_kesediaan``: the list follows the ledger with the allocation, and nowhere else."""

import pytest
from case_walks import kaltim_until_decision
from tracker_office import EVIDENCE, FIFTY, MONDAY, TECHNICIAN, applied

from request_tracker.capacity.availability import availability
from request_tracker.cases import Desk, Sign, possible, read_case, run
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop

KTM = (SHIPPED / "ktm-bw.r0.yaml").read_text(encoding="utf-8")


def test_KTM_07b_the_list_holds_the_new_allocation_when_the_step_has_ended(desk: Desk) -> None:
    number = kaltim_until_decision(desk)
    run(desk, number, Sign("KTM-06", decision="tersedia", documents={"mon": EVIDENCE}), TECHNICIAN, MONDAY)
    (act,) = possible(desk, read_case(desk, number), TECHNICIAN)
    assert any("list of available bandwidth follows" in line.english for line in act.notices)
    applied(desk, number, "KTM-07")
    assert read_case(desk, number).open_step("KTM-08")
    found = availability(desk.store, desk.city, MONDAY)
    listed = [holding.row for uplink in found for holding in uplink.holdings if holding.opd == "dinkes" and holding.row]
    assert [row["receive_ceiling"] for row in listed] == [FIFTY.receive_ceiling]


def test_without_an_allocation_on_its_step_it_is_refused() -> None:
    text = KTM.replace("tindakan: [terapkan_alokasi, perbarui_daftar_kesediaan]", "tindakan: [terapkan_alokasi]")
    text = text.replace("hasil: [mon], ke: KTM-10", "hasil: [mon], tindakan: [perbarui_daftar_kesediaan], ke: KTM-10")
    with pytest.raises(SopError, match="KTM-09: perbarui_daftar_kesediaan changes nothing without terapkan_alokasi"):
        parse_sop(text)
