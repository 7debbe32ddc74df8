"""``terapkan_alokasi``: a signature is no proof, and the word is refused where it would leave a case standing."""

from datetime import date, timedelta

import pytest
from tracker_office import FIFTY, MONDAY, SECTION, TECHNICIAN, applied, request, to_technician

from request_tracker.cases import ApplyAllocation, Desk, Sign, Who, possible, read_case, run, waiting_for
from request_tracker.errors import Refused
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop
from request_tracker.sop.register import approve

PKL = (SHIPPED / "pkl-bw.r0.yaml").read_text(encoding="utf-8")


def test_the_step_ends_with_the_proof_and_waits_for_nobody_until_then(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number)
    (act,) = possible(desk, read_case(desk, number), TECHNICIAN)
    assert act.applies and "proven" in act.notices[0].english
    with pytest.raises(Refused) as found:
        run(desk, number, Sign("PKL-B-04"), TECHNICIAN, MONDAY)
    assert found.value.code == "use_apply"
    run(desk, number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN, MONDAY)
    assert waiting_for(desk, ["technician"]) == []
    applied(desk, request_at_04(desk), "PKL-B-04")
    assert [row["waiting_step"] for row in waiting_for(desk, ["technician"])] == ["PKL-B-05", "PKL-B-05"]


def request_at_04(desk: Desk) -> str:
    number = request(desk)
    to_technician(desk, number)
    return number


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[tim], inferensi: true, lengkap: [disposisi]", "[tim, kasi], lengkap: [disposisi]", "is done by one actor"),
        ("[terapkan_alokasi], ke: PKL-B-05", "[terapkan_alokasi], formulir: [isp], ke: PKL-B-05", "no room for"),
        ("[terapkan_alokasi], ke: PKL-B-05", "[terapkan_alokasi], keputusan: {ya: PKL-B-05}", "no room for"),
        ("jenis: permohonan", "jenis: pengaduan", "belongs to a permohonan"),
    ],
)
def test_it_is_refused_where_it_would_leave_a_case_standing(old: str, new: str, message: str) -> None:
    with pytest.raises(SopError, match=message):
        parse_sop(PKL.replace(old, new))


def test_four_eyes_hold_where_the_allocation_is_applied_too(desk: Desk) -> None:
    text = PKL.replace("revisi: 0", "revisi: 1")
    text = text.replace("tindakan: [terapkan_alokasi]", "tindakan: [terapkan_alokasi], orang_berbeda: true")
    approve(desk.store, parse_sop(text), date(2026, 1, 1), "admin", MONDAY)
    number = request_at_04(desk)
    both = Who(SECTION.person, frozenset({"head_of_section", "technician"}))
    with pytest.raises(Refused) as found:
        run(desk, number, ApplyAllocation("PKL-B-04", FIFTY), both, MONDAY)
    assert found.value.code == "same_person"
    for minute in (1, 2):
        run(desk, number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN, MONDAY + timedelta(minutes=minute))
