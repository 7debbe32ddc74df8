"""What is special about single steps that the tests of whole paths only walk through."""

from datetime import timedelta

import pytest
from tracker_office import (
    DIVISION,
    EVIDENCE,
    HEAD,
    LETTER,
    MONDAY,
    REQUESTER,
    SECRETARIAT,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    applied,
    request,
    walk_to,
)

from request_tracker.cases import AddDocument, Desk, Sign, possible, read_case, run
from request_tracker.config import Office
from request_tracker.errors import Refused
from request_tracker.letters.disposition.paper import disposition
from request_tracker.letters.making import facts_of
from request_tracker.letters.press.course_report import course_report
from request_tracker.sop.register import by_hash

FILLED = {"spesifikasi": "50 Mbit/s", "peruntukan": "layanan", "jumlah_pengguna": "80"}


def told(desk: Desk, number: str) -> list[str]:
    """To whom messages about this case went, the newest last."""
    rows = desk.store.rows("SELECT recipient FROM outbox WHERE payload LIKE ? ORDER BY id", [f"%{number}%"])
    return [row["recipient"] for row in rows]


def test_BTM_02_the_heads_instruction_stands_on_the_sheet_and_the_division_is_told(desk: Desk) -> None:
    number = request(desk, "BTM-BW")
    with pytest.raises(Refused):
        run(desk, number, Sign("BTM-02"), DIVISION, MONDAY)
    run(desk, number, Sign("BTM-02", note="teliti kapasitasnya"), HEAD, MONDAY + timedelta(minutes=1))
    case = read_case(desk, number)
    assert case.has("disposisi") and told(desk, number)[-1] == "role:head_of_division"
    sheet = disposition(facts_of(desk, Office(), case, by_hash(desk.store, case.sop_hash), MONDAY))
    assert [row[1] for row in sheet.rows] == ["teliti kapasitasnya"]


def test_BTM_10_the_report_writes_itself_from_the_events_and_the_edited_one_is_the_newest(desk: Desk) -> None:
    number = request(desk, "BTM-BW")
    acts = [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, Sign("BTM-04", assignee=TECHNICIAN))]
    fills = [(TECHNICIAN, Sign("BTM-05")), (REQUESTER, Sign("BTM-05", form=FILLED))]
    walk_to(desk, number, [*acts, *fills])
    run(desk, number, Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), TECHNICIAN, MONDAY)
    applied(desk, number, "BTM-08")
    walk_to(desk, number, [(who, Sign("BTM-09")) for who in (REQUESTER, TECHNICIAN)])
    case = read_case(desk, number)
    draft = course_report(
        facts_of(desk, Office(), case, by_hash(desk.store, case.sop_hash), MONDAY + timedelta(hours=1))
    )
    steps = [row[0] for row in draft.rows[1:]]
    assert steps[0] == "BTM-01" and steps[-1] == "BTM-09" and "BTM-08" in steps
    assert dict(draft.pairs)["Unduh, batas"] == "50 Mbit/s" and dict(draft.pairs)["Dibuktikan"] == "ya"
    run(desk, number, AddDocument("laporan", LETTER), TECHNICIAN, MONDAY)
    run(desk, number, Sign("BTM-10"), TECHNICIAN, MONDAY)
    kept = read_case(desk, number).latest("laporan")
    assert kept is not None and (kept.sha256, kept.source) == (LETTER.sha256, "supplied")


def kaltim(desk: Desk, until: str) -> str:
    """Kaltim's SOP walked until the given step is open."""
    number = request(desk, "KTM-BW")
    named = Sign("KTM-04", note="periksa dulu jam sibuk", assignee=TECHNICIAN)
    acts = [
        (SECRETARIAT, Sign("KTM-02")),
        (HEAD, Sign("KTM-02")),
        (DIVISION, Sign("KTM-03")),
        (SECTION, Sign("KTM-03")),
    ]
    walk_to(desk, number, [*acts, (SECTION, named)] if until != "KTM-04" else acts)
    if until == "KTM-09":
        run(desk, number, Sign("KTM-05", documents={"cek": EVIDENCE}), TECHNICIAN, MONDAY)
        run(desk, number, Sign("KTM-06", decision="tersedia", documents={"mon": EVIDENCE}), TECHNICIAN, MONDAY)
        applied(desk, number, "KTM-07")
        run(desk, number, Sign("KTM-08"), SECTION, MONDAY)
    return number


def test_KTM_04_the_instruction_is_a_record_of_its_own_and_reaches_the_technician_who_is_named(desk: Desk) -> None:
    number = kaltim(desk, "KTM-04")
    with pytest.raises(Refused, match="Catatan"):
        run(desk, number, Sign("KTM-04", assignee=TECHNICIAN), SECTION, MONDAY)
    number = kaltim(desk, "KTM-05")
    kept = read_case(desk, number).latest("arahan")
    assert kept is not None and kept.content == {"catatan": "periksa dulu jam sibuk"}
    assert read_case(desk, number).assignee == TECHNICIAN.person and TECHNICIAN.person in told(desk, number)


def test_KTM_09_the_official_asks_for_the_report_by_one_click(desk: Desk) -> None:
    number = kaltim(desk, "KTM-09")
    (act,) = possible(desk, read_case(desk, number), DIVISION)
    assert (act.step.id, act.uploads, act.evidence, act.fields, act.decisions) == ("KTM-09", (), (), (), ())
    run(desk, number, Sign("KTM-09"), DIVISION, MONDAY)
    assert read_case(desk, number).open_step("KTM-10") and told(desk, number)[-1] == TECHNICIAN.person
