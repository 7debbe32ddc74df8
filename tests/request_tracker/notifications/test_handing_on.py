"""An account is switched off: its cases are nobody's again, and the section is told; so is a role without anybody."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tracker_office import DIVISION, FIFTY, HEAD, MONDAY, SECTION, TECHNICIAN, VERIFIED, request, to_technician, walk_to

from request_tracker.cases import Assign, Desk, Sign, Who, history, read_case, run
from request_tracker.notifications.handing_on import hand_on
from request_tracker.people.accounts import NewAccount, add_user, person, set_active, set_roles

WEEK = timedelta(days=7)


def account(desk: Desk, login: str, *roles: str) -> Who:
    user = add_user(desk.store, NewAccount(login, f"Nama {login}", roles, "sandi-yang-panjang"), MONDAY)
    made = person(desk.store, user, MONDAY)
    assert made is not None
    return made.who


def switched_off(desk: Desk, who: Who) -> None:
    set_active(desk.store, int(who.person.removeprefix("user:")), False, MONDAY)


def told(desk: Desk, template: str) -> list[tuple[str, Mapping[str, Any]]]:
    rows = desk.store.rows("SELECT recipient, payload FROM outbox ORDER BY id")
    pairs = [(str(row["recipient"]), json.loads(row["payload"])) for row in rows]
    return [(to, payload) for to, payload in pairs if payload.get("template") == template]


def test_the_cases_of_a_technician_go_back_to_all_and_the_section_is_told_once(desk: Desk) -> None:
    number, other = request(desk), request(desk, opd="rsud")
    first, second = account(desk, "budi", "technician"), account(desk, "sari", "technician")
    for case, who in ((number, first), (other, second)):
        to_technician(desk, case, FIFTY)
        run(desk, case, Assign(who), SECTION, MONDAY)
    later = MONDAY + timedelta(hours=1)
    assert hand_on(desk, later) == []
    switched_off(desk, first)
    assert hand_on(desk, later) == [number]
    assert hand_on(desk, later) == []
    assert (read_case(desk, number).assignee, read_case(desk, other).assignee) == (None, second.person)
    assert history(desk, number)[-1].data == {"from": first.person}
    assert desk.store.value("SELECT assignee FROM cases WHERE number = ?", [number]) is None
    assert [(to, payload["number"]) for to, payload in told(desk, "handed_on")] == [("role:head_of_section", number)]
    run(desk, number, Assign(second), SECTION, MONDAY)
    assert hand_on(desk, MONDAY) == [] and read_case(desk, number).assignee == second.person


def test_a_role_that_steps_wait_for_and_nobody_holds_any_more_is_told_once_a_week(desk: Desk) -> None:
    to_technician(desk, request(desk), FIFTY)
    # Before anybody has an account there is nobody to tell.
    assert hand_on(desk, MONDAY) == []
    only = account(desk, "budi", "technician", "noc_operator")
    assert hand_on(desk, MONDAY) == []
    switched_off(desk, only)
    assert hand_on(desk, MONDAY) == []
    account(desk, "admin", "admin")
    for at in (MONDAY, MONDAY + timedelta(days=1)):
        assert hand_on(desk, at) == ["technician"]
    assert [to for to, _ in told(desk, "role_without_holder")] == ["role:head_of_section", "role:admin"]
    assert hand_on(desk, MONDAY + WEEK) == ["technician"]
    assert len(told(desk, "role_without_holder")) == 4
    account(desk, "sari", "technician")
    assert hand_on(desk, MONDAY + WEEK) == []


def test_an_officials_role_that_was_taken_away_or_never_given_is_told_too(desk: Desk) -> None:
    number = request(desk)
    head = account(desk, "kadis", "head_of_office", "head_of_section")
    assert hand_on(desk, MONDAY) == []
    set_roles(desk.store, int(head.person.removeprefix("user:")), ("head_of_section",))
    assert hand_on(desk, MONDAY) == ["head_of_office"]
    assert told(desk, "role_without_holder")[-1][1]["title"] == "1 langkah menunggu"
    # The division's head never had an account.
    run(desk, number, Sign("PKL-B-02", note="proses"), HEAD, MONDAY)
    assert hand_on(desk, MONDAY) == ["head_of_division"]
    # What waits for the requester, who never has an account, is nobody's fault here.
    batam = request(desk, "BTM-BW", opd="rsud")
    walk_to(desk, batam, [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, Sign("BTM-04", assignee=TECHNICIAN))])
    run(desk, batam, Sign("BTM-05"), TECHNICIAN, MONDAY)
    assert desk.store.value("SELECT count(*) FROM waiting WHERE role = 'requester'") == 1
    assert "requester" not in hand_on(desk, MONDAY)
