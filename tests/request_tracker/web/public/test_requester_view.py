"""The requester's page as a value: where the case stands, what waits for him, what was typed when he was refused."""

from tracker_office import DIVISION, HEAD, MONDAY, REQUESTER, request

from request_tracker.cases import Desk, SendBack, Sign, history, possible, read_case, run
from request_tracker.sop.forms import IS_EMPTY
from request_tracker.sop.register import by_hash
from request_tracker.web.cases.open_acts import RefusedAct
from request_tracker.web.public.requester_view import Own, RequesterRecord, RequesterView, requester_view


def seen(desk: Desk, number: str, refused: RefusedAct | None = None) -> RequesterView:
    """The page of this case's secret link."""
    case = read_case(desk, number)
    sop = by_hash(desk.store, case.sop_hash)
    own = Own(possible(desk, case, REQUESTER), (), cancels=True)
    events = history(desk, number)
    record = RequesterRecord(token="t", case=case, sop=sop, events=events, own=own, why="", reopens=False, at=MONDAY)
    return requester_view(record, refused)


def test_every_step_stands_with_where_the_case_is(desk: Desk) -> None:
    number = request(desk)
    states = {step.id: state for step, state in seen(desk, number).steps}
    assert (states["PKL-B-01"], states["PKL-B-02"], states["PKL-B-03"]) == ("done", "here", "ahead")
    run(desk, number, Sign("PKL-B-02", note="proses"), HEAD, MONDAY)
    assert {step.id: state for step, state in seen(desk, number).steps}["PKL-B-02"] == "done"


def test_what_was_typed_stands_only_where_it_was_refused(desk: Desk) -> None:
    number = request(desk)
    refused = RefusedAct(step="own-reopen", problem=None, typed={"note": "sudah"}, faults={"note": IS_EMPTY})
    assert seen(desk, number).form("own-reopen").values == {}
    page = seen(desk, number, refused)
    assert page.form("own-reopen").values == {"note": "sudah"} and page.form("own-reopen").faults == {"note": IS_EMPTY}
    assert page.form("own-cancel").values == {} and not page.form("own-cancel").faults


def test_a_case_that_was_sent_back_says_so_while_it_waits_for_him(desk: Desk) -> None:
    number = request(desk, "BTM-BW")
    run(desk, number, Sign("BTM-02", note="proses"), HEAD, MONDAY)
    assert seen(desk, number).sent_back is None
    run(desk, number, SendBack("BTM-03", "surat belum ditandatangani"), DIVISION, MONDAY)
    back = seen(desk, number).sent_back
    assert back is not None and back.data["note"] == "surat belum ditandatangani"
