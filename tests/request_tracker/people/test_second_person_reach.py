"""Four eyes over the other ways to an official's account: its second factor, and where its messages go."""

import pytest
from rights_office import NOW, USUAL, account, store, told

from request_tracker.config import SecondPersonPart
from request_tracker.errors import Refused
from request_tracker.people.addresses import address_of
from request_tracker.people.rights_changes import new_address, reset_of_factors
from request_tracker.people.second_factors import TOTP, NewFactor, add_factor, factors
from request_tracker.people.second_person import change_rights, confirm, waiting_changes
from request_tracker.store.database import Store

__all__ = ["store"]
OLD, NEW = "kadis@kota.go.id", "orang-lain@kota.go.id"


def with_app(store: Store, user: int) -> None:
    add_factor(store, user, NewFactor(TOTP, "telepon", "RAHASIA", 0), NOW)
    store.db.execute("DELETE FROM outbox")


def test_one_administrator_of_two_cannot_take_an_officials_second_factor_off(store: Store) -> None:
    first, second = account(store, "satu", "admin"), account(store, "dua", "admin")
    head = account(store, "kadis", "head_of_office")
    with_app(store, head.id)
    change = reset_of_factors(head.id, first.named())
    assert change_rights(store, USUAL, change, first.named(), NOW).waiting == 1
    assert len(factors(store, head.id)) == 1, "nothing is taken off before somebody has confirmed it"
    with pytest.raises(Refused) as caught:
        confirm(store, USUAL, 1, first, NOW)
    assert caught.value.code == "same_second_person"
    confirm(store, USUAL, 1, second, NOW)
    assert factors(store, head.id) == []
    assert {("user:3", "factors_reset"), ("user:3", "rights_changed")} <= set(told(store))


def test_a_reset_of_an_account_that_signs_nothing_is_done_at_once_and_told_to_its_holder(store: Store) -> None:
    first, _ = account(store, "satu", "admin"), account(store, "dua", "admin")
    operator = account(store, "jaga", "noc_operator")
    with_app(store, operator.id)
    assert change_rights(store, USUAL, reset_of_factors(operator.id, first.named()), first.named(), NOW).waiting is None
    assert factors(store, operator.id) == [] and told(store) == [(operator.named(), "factors_reset")]


def test_an_administrator_fills_in_an_officials_address_and_cannot_turn_it_elsewhere(store: Store) -> None:
    first, _ = account(store, "satu", "admin"), account(store, "dua", "admin")
    head = account(store, "kadis", "head_of_office")
    account(store, "periksa", "auditor")
    assert change_rights(store, USUAL, new_address(head.id, OLD), first.named(), NOW).waiting is None
    assert told(store) == [(head.named(), "rights_changed"), ("role:auditor", "rights_changed")]
    for text in (NEW, ""):
        with pytest.raises(Refused) as caught:
            change_rights(store, USUAL, new_address(head.id, text), first.named(), NOW)
        assert caught.value.code == "holders_address"
    assert address_of(store, head.id) == OLD and waiting_changes(store, NOW) == []
    assert change_rights(store, USUAL, new_address(head.id, NEW), head.named(), NOW).waiting is None


def test_an_address_never_waits_in_the_store_where_it_could_not_be_erased(store: Store) -> None:
    first, head = account(store, "satu", "admin"), account(store, "kadis", "head_of_office")
    account(store, "dua", "admin")
    change_rights(store, USUAL, new_address(head.id, OLD), first.named(), NOW)
    with pytest.raises(Refused):
        change_rights(store, USUAL, new_address(head.id, NEW), first.named(), NOW)
    tables = ("rights_requests", "rights_journal", "outbox")
    written = "".join(str(row) for table in tables for row in store.rows(f"SELECT * FROM {table}"))
    assert OLD not in written and NEW not in written


def test_where_the_configuration_only_announces_an_address_is_changed_and_told(store: Store) -> None:
    first, _ = account(store, "satu", "admin"), account(store, "dua", "admin")
    head = account(store, "kadis", "head_of_office")
    never = SecondPersonPart(mode="announce")
    for text in (OLD, NEW):
        change_rights(store, never, new_address(head.id, text), first.named(), NOW)
    assert address_of(store, head.id) == NEW and told(store)[-1] == (head.named(), "rights_changed")
