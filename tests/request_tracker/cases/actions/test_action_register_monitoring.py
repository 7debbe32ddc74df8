"""``daftarkan_monitoring``: the proof alone does not end the step, the monitoring's word does."""

import pytest
from case_walks import batam_until_analysis
from tracker_office import EVIDENCE, FIFTY, MONDAY, SCRAPED, TECHNICIAN, true_proof

from request_tracker.cases import ApplyAllocation, Desk, Sign, possible, read_case, run
from request_tracker.cases.acts import Register
from request_tracker.cases.model import SYSTEM
from request_tracker.cases.proofs import record_proof
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop

BTM = (SHIPPED / "btm-bw.r1.yaml").read_text(encoding="utf-8")


def test_the_step_ends_only_when_the_monitoring_has_the_new_limit(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    run(desk, number, Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), TECHNICIAN, MONDAY)
    (act,) = possible(desk, read_case(desk, number), TECHNICIAN)
    assert any("monitoring uses the new limit" in line.english for line in act.notices)
    run(desk, number, ApplyAllocation("BTM-08", FIFTY), TECHNICIAN, MONDAY)
    record_proof(desk, true_proof(desk, MONDAY), MONDAY)
    assert read_case(desk, number).open_step("BTM-08")
    run(desk, number, Register(SCRAPED), SYSTEM, MONDAY)
    assert read_case(desk, number).open_step("BTM-09")


def test_without_an_allocation_on_its_step_it_is_refused() -> None:
    with pytest.raises(SopError, match="BTM-10: daftarkan_monitoring looks for the limit that terapkan_alokasi sets"):
        parse_sop(BTM.replace("hasil: [laporan], ke", "hasil: [laporan], tindakan: [daftarkan_monitoring], ke"))
