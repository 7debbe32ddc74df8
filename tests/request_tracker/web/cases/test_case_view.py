"""The case page's view, built without Flask: what each panel shows follows from case, figures and viewer alone."""

from datetime import timedelta

import pytest
from tracker_office import HEAD, MONDAY, SECRETARIAT, TECHNICIAN, request

from request_tracker.cases import Desk, Who, history, possible, read_case
from request_tracker.sop.register import by_hash
from request_tracker.web.cases.case_view import CaseFigures, CaseRecord, CaseView, Viewer, case_view
from request_tracker.web.cases.open_acts import RefusedAct


@pytest.fixture
def number(desk: Desk) -> str:
    """A request that lies with the head of the office."""
    return request(desk)


def seen(desk: Desk, number: str, who: Who, refused: RefusedAct | None = None, hours: int = 1) -> CaseView:
    """The page as this person sees it, so many hours after the request came."""
    case = read_case(desk, number)
    sop = by_hash(desk.store, case.sop_hash)
    record = CaseRecord(case=case, sop=sop, events=history(desk, number), acts=possible(desk, case, who))
    viewer = Viewer(who=who, at=MONDAY + timedelta(hours=hours), language="id", calendar=desk.calendar)
    return case_view(record, CaseFigures(drafts={"PKL-B-02": {"catatan": "belum"}}), viewer, refused)


def test_whoever_has_the_turn_finds_his_act_with_his_draft(desk: Desk, number: str) -> None:
    (open_act,) = seen(desk, number, HEAD).acts
    assert (open_act.act.step.id, open_act.draft, dict(open_act.typed)) == ("PKL-B-02", {"catatan": "belum"}, {})
    assert seen(desk, number, TECHNICIAN).acts == ()


def test_a_refused_act_keeps_what_was_typed_and_says_why(desk: Desk, number: str) -> None:
    view = seen(desk, number, HEAD, RefusedAct(step="PKL-B-02", problem="alasan", typed={"note": "setuju"}))
    assert view.notices.problem == "alasan" and view.acts[0].typed == {"note": "setuju"}


def test_the_position_names_the_open_step_and_lateness_comes_with_time(desk: Desk, number: str) -> None:
    view = seen(desk, number, HEAD)
    assert view.position.here == {"PKL-B-02"} and "<svg" in view.position.chart
    assert not view.notices.late and seen(desk, number, HEAD, hours=24 * 30).notices.late


def test_only_the_secretariat_finds_the_form_for_a_disposition_on_paper(desk: Desk, number: str) -> None:
    assert [sheet.step.id for sheet in seen(desk, number, SECRETARIAT).sheets] == ["PKL-B-02"]
    assert seen(desk, number, HEAD).sheets == ()


def test_the_history_stands_newest_first_and_says_what_each_event_was_about(desk: Desk, number: str) -> None:
    view = seen(desk, number, HEAD)
    assert [event.seq for event in view.events] == sorted((event.seq for event in view.events), reverse=True)
    letter = next(event for event in view.events if event.data.get("document") == "surat")
    assert view.about(letter, str, str) == view.sop.documents["surat"].name
