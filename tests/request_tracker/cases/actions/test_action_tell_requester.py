"""``beri_tahu_pemohon``: told of the step, and of the end it stands at."""

from case_walks import kaltim_until_decision
from tracker_office import EVIDENCE, MONDAY, TECHNICIAN

from request_tracker.cases import Desk, Sign, history, read_case, run
from request_tracker.cases.actions import tells_requester


def test_KTM_06_at_the_end_that_refuses_the_requester_is_told(desk: Desk) -> None:
    number = kaltim_until_decision(desk)
    run(desk, number, Sign("KTM-06", decision="tidak_tersedia", documents={"mon": EVIDENCE}), TECHNICIAN, MONDAY)
    case, end = read_case(desk, number), history(desk, number)[-1]
    assert (end.kind, end.data["actions"]) == ("ended", ["beri_tahu_pemohon"])
    rows = desk.store.rows("SELECT payload FROM outbox WHERE recipient = ? ORDER BY id", [case.contact])
    assert "case_ended" in rows[-1]["payload"]
    assert tells_requester(["beri_tahu_pemohon"]) and not tells_requester(["minta_skm"])
