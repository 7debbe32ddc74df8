"""Four eyes over who may act: one administrator alone makes no official where a second person could have been asked."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rights_office import NOW, USUAL, account, store, told

from request_tracker.config import SecondPersonPart
from request_tracker.errors import BadForm, Refused
from request_tracker.people.delegations import Delegation
from request_tracker.people.rights_changes import (
    RightsChange,
    delegation,
    new_account,
    new_roles,
    password_link,
    switch_off,
    switch_on,
)
from request_tracker.people.second_person import WAITS_FOR, change_rights, confirm, refuse, waiting_changes
from request_tracker.store.database import Store
from request_tracker.store.rights_faults import rights_faults

__all__ = ["store"]
HEAD = new_account("kadis", "Kepala Dinas", ("head_of_office",))


def logins(store: Store) -> list[Any]:
    return [row["login"] for row in store.rows("SELECT login FROM users ORDER BY id")]


def test_in_the_first_run_there_is_nobody_to_ask_and_nobody_to_tell(store: Store) -> None:
    admin = account(store, "admin", "admin")
    answer = change_rights(store, USUAL, HEAD, admin.named(), NOW)
    assert answer.link and answer.waiting is None and told(store) == []


def test_with_one_administrator_it_is_done_and_the_true_head_and_the_auditor_are_told(store: Store) -> None:
    admin = account(store, "admin", "admin")
    account(store, "kepala", "head_of_office")
    account(store, "periksa", "auditor")
    answer = change_rights(store, USUAL, HEAD, admin.named(), NOW)
    assert answer.link and answer.waiting is None
    assert told(store) == [("role:head_of_office", "rights_changed"), ("role:auditor", "rights_changed")]


@pytest.mark.parametrize("act", [password_link, switch_on])
def test_with_one_administrator_a_password_link_is_told_to_the_accounts_holder(store: Store, act: Any) -> None:
    admin, head = account(store, "admin", "admin"), account(store, "kepala", "head_of_office")
    account(store, "periksa", "auditor")
    change_rights(store, USUAL, act(head.id), admin.named(), NOW)
    assert told(store) == [(head.named(), "rights_changed"), ("role:auditor", "rights_changed")]


def test_a_delegation_by_the_administrator_is_told_to_both_people(store: Store) -> None:
    admin, head = account(store, "admin", "admin"), account(store, "kepala", "head_of_office")
    taker = account(store, "kabid", "head_of_division")
    wanted = Delegation("head_of_office", head.id, taker.id, NOW, NOW + timedelta(days=7), "SPT 1")
    change_rights(store, USUAL, delegation(wanted), admin.named(), NOW)
    assert [recipient for recipient, _ in told(store)] == [taker.named(), head.named()]


def test_with_two_administrators_nothing_is_there_until_the_second_has_confirmed(store: Store) -> None:
    first, second = account(store, "satu", "admin"), account(store, "dua", "admin")
    account(store, "kepala", "head_of_office")
    answer = change_rights(store, USUAL, HEAD, first.named(), NOW)
    assert answer.link is None and answer.waiting == 1
    assert logins(store) == ["satu", "dua", "kepala"]
    assert told(store) == [("role:admin", "confirmation_wanted"), ("role:auditor", "confirmation_wanted")]
    assert confirm(store, USUAL, 1, second, NOW).link
    assert logins(store) == ["satu", "dua", "kepala", "kadis"]
    assert told(store)[-1] == ("role:head_of_office", "rights_changed")
    assert waiting_changes(store, NOW) == [] and rights_faults(store) == []


def test_who_asked_cannot_confirm_and_neither_can_the_accounts_holder(store: Store) -> None:
    first, second = account(store, "satu", "admin"), account(store, "dua", "admin")
    account(store, "periksa", "auditor")
    change_rights(store, USUAL, HEAD, first.named(), NOW)
    change_rights(store, USUAL, new_roles(second.id, ("admin", "head_of_office")), first.named(), NOW)
    for number, somebody in ((1, first), (2, second)):
        with pytest.raises(Refused) as caught:
            confirm(store, USUAL, number, somebody, NOW)
        assert caught.value.code == "same_second_person"


def test_a_role_that_the_configuration_does_not_name_confirms_nothing(store: Store) -> None:
    first, _ = account(store, "satu", "admin"), account(store, "dua", "admin")
    change_rights(store, USUAL, HEAD, first.named(), NOW)
    for somebody in (account(store, "kasi", "head_of_section"), account(store, "kadis-lama", "head_of_office")):
        with pytest.raises(Refused) as caught:
            confirm(store, USUAL, 1, somebody, NOW)
        assert caught.value.code == "not_second_person"
    wider = SecondPersonPart(confirmed_by=("admin", "head_of_office"))
    assert confirm(store, wider, 1, somebody, NOW).link


ROLES = ["head_of_office", "head_of_division", "head_of_section", "secretariat", "technician", "noc_operator"]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_that_the_configuration_names_waits_and_no_other(store: Store, role: str) -> None:
    first, _ = account(store, "satu", "admin"), account(store, "dua", "admin")
    part = SecondPersonPart.model_validate({"mode": "auto", "roles": [role]})
    waits = {
        other: change_rights(store, part, new_account(f"baru-{other}", "Baru", (other,)), first.named(), NOW).waiting
        for other in ROLES
    }
    assert [other for other, waiting in waits.items() if waiting] == [role]


def protected(store: Store, head: int, stranger: int) -> dict[str, RightsChange]:
    """Each way by which one administrator could act as an official."""
    span = (NOW, NOW + timedelta(days=7))
    return {
        "an account": new_account("baru", "Kepala Dinas", ("head_of_office",)),
        "a role": new_roles(stranger, ("noc_operator", "head_of_office")),
        "a password": password_link(head),
        "an account switched on": switch_on(head),
        "a delegation": delegation(Delegation("head_of_office", head, stranger, *span, "SPT 1")),
        "another administrator": new_account("kawan", "Kawan", ("admin",)),
        "an auditor": new_account("auditor", "Auditor", ("auditor",)),
    }


@pytest.mark.parametrize("way", list(protected(Store(Path("none")), 0, 0)))
def test_every_way_to_act_as_an_official_waits_for_a_second_person(store: Store, way: str) -> None:
    first, _ = account(store, "satu", "admin"), account(store, "dua", "admin")
    head, stranger = account(store, "kadis", "head_of_office"), account(store, "noc", "noc_operator")
    change = protected(store, head.id, stranger.id)[way]
    assert change_rights(store, USUAL, change, first.named(), NOW).waiting == 1


def test_a_password_of_whoever_stands_in_for_an_official_waits_too(store: Store) -> None:
    first, _ = account(store, "satu", "admin"), account(store, "dua", "admin")
    head, stranger = account(store, "kadis", "head_of_office"), account(store, "noc", "noc_operator")
    span = (NOW, NOW + timedelta(days=7))
    mine = delegation(Delegation("head_of_office", head.id, stranger.id, *span, "SPT 1"))
    assert change_rights(store, USUAL, mine, head.named(), NOW).waiting is None, "what is one's own needs nobody"
    assert change_rights(store, USUAL, password_link(stranger.id), first.named(), NOW).waiting == 1


def test_what_gives_no_such_role_needs_nobody_else(store: Store) -> None:
    first, _ = account(store, "satu", "admin"), account(store, "dua", "admin")
    head = account(store, "kadis", "head_of_office", "noc_operator")
    for change in (
        new_account("opd", "Operator OPD", ("requester",), "dinkes"),
        new_roles(head.id, ("head_of_office",)),
        password_link(first.id),
    ):
        assert change_rights(store, USUAL, change, first.named(), NOW).waiting is None
    assert told(store) == [("user:1", "rights_changed")]


@pytest.mark.parametrize("away", [lambda user: new_roles(user, ("noc_operator",)), switch_off])
def test_who_is_taken_off_the_watch_is_told_at_once_and_so_are_the_other_auditors(store: Store, away: Any) -> None:
    first, _ = account(store, "satu", "admin"), account(store, "dua", "admin")
    watch = account(store, "periksa", "auditor")
    account(store, "periksa-dua", "auditor")
    assert change_rights(store, USUAL, away(watch.id), first.named(), NOW).waiting is None
    assert told(store) == [(watch.named(), "rights_changed"), ("role:auditor", "rights_changed")]


def test_a_request_that_makes_no_sense_is_refused_when_it_is_asked(store: Store) -> None:
    first, _ = account(store, "satu", "admin"), account(store, "dua", "admin")
    lines = store.value("SELECT count(*) FROM rights_journal")
    with pytest.raises(BadForm):
        change_rights(store, USUAL, new_account("dua", "Kepala Dinas", ("head_of_office",)), first.named(), NOW)
    assert waiting_changes(store, NOW) == []
    assert store.value("SELECT count(*) FROM rights_journal") == lines


def test_a_refused_a_withdrawn_and_an_old_request_cannot_be_confirmed(store: Store) -> None:
    first, second = account(store, "satu", "admin"), account(store, "dua", "admin")
    for _ in range(3):
        change_rights(store, USUAL, HEAD, first.named(), NOW)
    refuse(store, USUAL, 1, second, NOW)
    refuse(store, USUAL, 2, first, NOW)
    for number, moment in ((1, NOW), (2, NOW), (3, NOW + WAITS_FOR)):
        with pytest.raises(Refused) as caught:
            confirm(store, USUAL, number, second, moment)
        assert caught.value.code == "request_decided"
    assert "kadis" not in logins(store)


def test_the_configuration_can_ask_always_or_only_announce(store: Store) -> None:
    admin = account(store, "admin", "admin")
    account(store, "periksa", "auditor")
    always, never = SecondPersonPart(mode="confirm"), SecondPersonPart(mode="announce")
    assert change_rights(store, always, HEAD, admin.named(), NOW).waiting == 1
    account(store, "dua", "admin")
    assert change_rights(store, never, HEAD, admin.named(), NOW).link
    assert told(store)[-1] == ("role:auditor", "rights_changed")


def test_the_journal_says_who_asked_and_who_confirmed(store: Store) -> None:
    first, second = account(store, "satu", "admin"), account(store, "dua", "admin")
    change_rights(store, USUAL, HEAD, first.named(), NOW)
    confirm(store, USUAL, 1, second, NOW)
    sql = "SELECT kind, data FROM rights_journal WHERE kind LIKE 'confirmation%' ORDER BY seq"
    asked, given = store.rows(sql)
    assert (asked["kind"], json.loads(asked["data"])["row"]["asked_by"]) == ("confirmation_asked", first.named())
    assert (given["kind"], json.loads(given["data"])["row"]["decided_by"]) == ("confirmation_given", second.named())
