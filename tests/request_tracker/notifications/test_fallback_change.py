"""A fallback that begins and ends: told once each to who signed it and to the head of section."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tracker_office import true_proof
from tracker_site import NOW, Site
from two_lines_site import with_two_lines

from request_tracker.capacity.fallback import CONFIRMED, ask_for_plan, decide_on_plan, fallbacks_in_force, standings
from request_tracker.cases.model import Who
from request_tracker.cases.proofs import record_proof
from request_tracker.notifications.fallback_change import tell_fallback
from request_tracker.people.accounts import Person


def person(number: int, role: str) -> Person:
    who = Who(f"user:{number}", frozenset({role}))
    return Person(number, role, role, who.roles, None, who)


ASKER, SIGNER = person(4, "technician"), person(40, "head_of_division")


@pytest.fixture
def office(site: Site) -> Site:
    here = with_two_lines(site)
    (standing,) = standings(here.desk, NOW)
    ask_for_plan(here.desk, "isp-utama", standing.draft.hash, ASKER, NOW)
    decide_on_plan(here.desk.store, 1, CONFIRMED, SIGNER, NOW)
    return here


def prove(office: Site, minutes: int, since: int | None, agent: str = "core/isp-dua") -> None:
    """A proof at that minute; ``since``: the minute at which the plan came into force, None: the ordinary rates."""
    at = NOW + timedelta(minutes=minutes)
    proof = {**true_proof(office.desk, NOW, uplink="isp-dua", agent=agent), "read_at": at.timestamp()}
    if since is not None:
        moment = (NOW + timedelta(minutes=since)).timestamp()
        plan = {"loss": "isp-utama", "since": moment, "rule": "50 %", "hash": "a" * 64, "stale": False}
        proof |= {"ok": False, "fallback": plan}
    record_proof(office.desk, proof, at)


def tell(office: Site, minutes: int) -> list[tuple[str, str, str]]:
    """What is new in the outbox after a round at that minute: recipient, template, title."""
    query = "SELECT recipient, payload FROM outbox WHERE key LIKE 'fallback_%' ORDER BY id"
    before = len(office.desk.store.rows(query))
    tell_fallback(office.desk, NOW + timedelta(minutes=minutes))
    bodies = [(row["recipient"], json.loads(row["payload"])) for row in office.desk.store.rows(query)[before:]]
    return [(to, body["template"], body["title"]) for to, body in bodies]


def test_who_signed_and_the_head_of_section_are_told_of_both_ends_and_once(office: Site) -> None:
    assert tell(office, 0) == []
    prove(office, 1, since=1)
    begun = tell(office, 1)
    assert [to for to, _, _ in begun] == ["user:4", "user:40", "role:head_of_section"]
    assert {template for _, template, _ in begun} == {"fallback_begun"}
    assert begun[0][2] == "ISP Contoh hilang: semua 50 %"
    assert tell(office, 2) == []
    prove(office, 9, since=None)
    over = tell(office, 10)
    assert [to for to, _, _ in over] == ["user:4", "user:40", "role:head_of_section"]
    assert {template for _, template, _ in over} == {"fallback_over"} and "berakhir" in over[0][2]
    assert tell(office, 11) == []


def test_an_agent_that_falls_silent_ends_nothing(office: Site) -> None:
    prove(office, 1, since=1)
    assert len(tell(office, 1)) == 3
    assert tell(office, 600) == []


def test_another_loss_of_the_same_uplink_is_told_anew(office: Site) -> None:
    for begin in (1, 20):
        prove(office, begin, since=begin)
        assert len(tell(office, begin)) == 3
        prove(office, begin + 5, since=None)
        assert len(tell(office, begin + 5)) == 3


def test_an_agent_of_another_name_on_the_same_line_ends_what_the_old_one_said(office: Site) -> None:
    """A device that gets a second uplink, or another name, renames its agents."""
    prove(office, 1, since=1, agent="core")
    assert len(tell(office, 1)) == 3
    prove(office, 5, since=None, agent="core/isp-dua")
    assert [template for _, template, _ in tell(office, 6)] == ["fallback_over"] * 3


def test_the_old_name_s_last_word_is_not_the_newest_of_the_line(office: Site) -> None:
    prove(office, 1, since=None, agent="core")
    prove(office, 2, since=2, agent="core/isp-dua")
    assert [plan.loss for plan in fallbacks_in_force(office.desk.store, office.desk.city)] == ["isp-utama"]


@pytest.mark.parametrize("gone", ["the line", "its shaping", "its duty"])
def test_a_line_without_that_duty_in_the_city_file_has_nothing_in_force(office: Site, gone: str) -> None:
    prove(office, 1, since=1)
    assert len(tell(office, 1)) == 3
    main, second = office.desk.city.uplinks
    uplinks = {
        "the line": (main.model_copy(update={"fallback": None}),),
        "its shaping": (main, second.model_copy(update={"shaping": None})),
        "its duty": (main.model_copy(update={"fallback": None}), second),
    }
    city = office.desk.city.model_copy(update={"uplinks": uplinks[gone]})
    left = replace(office, desk=replace(office.desk, city=city))
    assert fallbacks_in_force(left.desk.store, left.desk.city) == []
    assert [template for _, template, _ in tell(left, 2)] == ["fallback_over"] * 3
