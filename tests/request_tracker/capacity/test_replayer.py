"""Answers to 'what if' that are worked out beforehand: made once, kept, made anew when they are old or wrong."""

from dataclasses import replace
from datetime import timedelta

from tracker_office import CITY, FIFTY, HEAD, MBIT, MONDAY, numbered, request, walk_to
from used_months import UsedMonth

from request_tracker.advice_settings import EvidencePart
from request_tracker.capacity.replayer import ReplaySource, kept_answer, replay_due
from request_tracker.capacity.waiting_list import wished
from request_tracker.cases import Desk, Note, Sign, read_case, run
from request_tracker.evidence.prometheus import Prometheus

DAY = timedelta(days=1)


def month() -> UsedMonth:
    uses = {(opd.code, way): lambda _: 10 * MBIT for opd in CITY.opds for way in ("receive", "transmit")}
    return UsedMonth(uses=uses)


def source(desk: Desk, prometheus: Prometheus) -> ReplaySource:
    return ReplaySource(desk, prometheus, EvidencePart())


def test_an_open_request_is_answered_once_and_anew_after_a_day(desk: Desk) -> None:
    number, past = request(desk), month()
    assert replay_due(source(desk, past), MONDAY) == [number]
    questions = len(past.questions)
    assert replay_due(source(desk, past), MONDAY + timedelta(hours=1)) == []
    assert len(past.questions) == questions
    case = read_case(desk, number)
    kept = kept_answer(desk, case, wished(desk, case, MONDAY))
    assert kept is not None and kept["at"] == MONDAY.timestamp() and kept["ways"][0]["held_hours"] == 720
    assert replay_due(source(desk, past), MONDAY + DAY + timedelta(minutes=1)) == [number]
    assert len(past.questions) == 2 * questions


def test_a_case_that_moved_on_with_the_same_wish_keeps_its_answer(desk: Desk) -> None:
    number, past = request(desk), month()
    replay_due(source(desk, past), MONDAY)
    questions = len(past.questions)
    run(desk, number, Note("internal_note", {"text": "dibaca"}), HEAD, MONDAY + timedelta(minutes=1))
    assert replay_due(source(desk, past), MONDAY + timedelta(minutes=2)) == [number]
    assert len(past.questions) == questions


def test_what_officials_have_set_stands_as_the_part_and_is_worked_out_anew(desk: Desk) -> None:
    number, past = request(desk), month()
    replay_due(source(desk, past), MONDAY)
    part = replace(FIFTY, receive_ceiling=30 * MBIT)
    walk_to(desk, number, [(HEAD, numbered(Sign("PKL-B-02", note="proses"), part))])
    case, later = read_case(desk, number), MONDAY + timedelta(hours=1)
    assert kept_answer(desk, case, wished(desk, case, later)) is None
    assert replay_due(source(desk, past), later) == [number]
    kept = kept_answer(desk, case, wished(desk, case, later))
    assert kept is not None
    ceilings = [effect["rates"]["ceiling"] // MBIT for effect in kept["ways"][0]["effects"]]
    assert ceilings == [50, 30, 10]


def test_a_silent_prometheus_leaves_no_answer_and_is_asked_again(desk: Desk) -> None:
    number = request(desk)
    assert replay_due(source(desk, Prometheus(None)), MONDAY) == []
    case = read_case(desk, number)
    assert kept_answer(desk, case, wished(desk, case, MONDAY)) is None
    assert replay_due(source(desk, month()), MONDAY + timedelta(minutes=1)) == [number]


def test_what_has_ended_is_kept_no_longer(desk: Desk) -> None:
    number = request(desk)
    replay_due(source(desk, month()), MONDAY)
    with desk.store.transaction() as db:
        db.execute("UPDATE cases SET ending = 'dicabut' WHERE number = ?", [number])
    replay_due(source(desk, month()), MONDAY + timedelta(minutes=1))
    assert desk.store.value("SELECT count(*) FROM what_ifs") == 0


def test_an_answer_to_another_wish_is_not_shown(desk: Desk) -> None:
    number = request(desk)
    replay_due(source(desk, month()), MONDAY)
    case = read_case(desk, number)
    assert kept_answer(desk, case, None) is None
    other = request(desk, form={"wanted_receive": "30 Mbit/s", "purpose": "lain"})
    assert kept_answer(desk, case, wished(desk, read_case(desk, other), MONDAY)) is None
