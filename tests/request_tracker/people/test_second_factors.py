"""Second factors: a code is taken once and near its time, a recovery code once; changes are told to the person."""

from datetime import timedelta

import pyotp
import pytest
from tracker_office import MONDAY

from request_tracker.cases import Desk
from request_tracker.errors import Refused
from request_tracker.people.accounts import NewAccount, Person, add_user, person
from request_tracker.people.delegations import Delegation, delegate
from request_tracker.people.half_logins import LASTS, begin_half, end_half, half_of
from request_tracker.people.recovery_codes import CODES, codes_left, new_codes, take_recovery_code
from request_tracker.people.second_factors import (
    TOTP,
    NewFactor,
    add_factor,
    factors,
    remove_factor,
    removed_factors,
    required,
    reset_factors,
)
from request_tracker.people.totp import ENROLMENT, CodeVault, address_of_secret, enrolled, new_secret, take_code

STEP = timedelta(seconds=30)
VAULT = CodeVault(b"kunci-kantor-yang-panjang")


@pytest.fixture
def head(desk: Desk) -> int:
    return add_user(desk.store, NewAccount("kadis", "Kepala Dinas", ("head_of_office",), "sandi-panjang"), MONDAY)


@pytest.fixture
def app(desk: Desk, head: int) -> pyotp.TOTP:
    """The head's telephone, set up a day ago."""
    secret = new_secret()
    sealed = VAULT.sealed(head, secret)
    add_factor(desk.store, head, NewFactor(TOTP, "Telepon", sealed, 0), MONDAY - timedelta(days=1))
    return pyotp.TOTP(secret)


def someone(desk: Desk, user: int) -> Person:
    account = person(desk.store, user, MONDAY)
    assert account is not None
    return account


def test_a_code_is_taken_once(desk: Desk, head: int, app: pyotp.TOTP) -> None:
    code = app.at(MONDAY)
    assert take_code(desk.store, VAULT, head, code, MONDAY)
    assert not take_code(desk.store, VAULT, head, code, MONDAY)
    assert not take_code(desk.store, VAULT, head, code, MONDAY + STEP)
    assert take_code(desk.store, VAULT, head, app.at(MONDAY + STEP), MONDAY + STEP)


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephones_clock_may_be_off_by_one_step(
    desk: Desk, head: int, app: pyotp.TOTP, steps: int, taken: bool
) -> None:
    assert take_code(desk.store, VAULT, head, app.at(MONDAY + steps * STEP), MONDAY) is taken


def test_an_older_code_is_not_taken_after_a_newer_one(desk: Desk, head: int, app: pyotp.TOTP) -> None:
    assert take_code(desk.store, VAULT, head, app.at(MONDAY + STEP), MONDAY)
    assert not take_code(desk.store, VAULT, head, app.at(MONDAY), MONDAY)


def test_the_secret_of_codes_is_kept_encrypted_and_bound_to_its_account(desk: Desk, head: int, app: pyotp.TOTP) -> None:
    (row,) = factors(desk.store, head)
    assert app.secret not in str(row)
    assert VAULT.opened(head, row["secret"]) == app.secret
    assert VAULT.opened(head + 1, row["secret"]) is None
    assert CodeVault(b"kunci-lain-yang-panjang").opened(head, row["secret"]) is None
    assert not take_code(desk.store, CodeVault(b"kunci-lain-yang-panjang"), head, app.at(MONDAY), MONDAY)


def test_an_app_is_set_up_by_the_code_it_shows(desk: Desk, head: int) -> None:
    secret = new_secret()
    pending = VAULT.sealed(head, secret)
    code = pyotp.TOTP(secret).at(MONDAY)
    made = enrolled(VAULT, head, pending, code, MONDAY)
    add_factor(desk.store, head, made, MONDAY)
    assert not take_code(desk.store, VAULT, head, code, MONDAY), "the code that set it up is used up"
    for user, typed in ((head + 1, code), (head, "000000x"), (head, "")):
        with pytest.raises(Refused):
            enrolled(VAULT, user, pending, typed, MONDAY)
    assert VAULT.opened(head, pending, ENROLMENT) == secret
    assert "kadis" in address_of_secret(secret, "kadis", "Dinas Contoh")


def test_a_recovery_code_works_once(desk: Desk, head: int) -> None:
    codes = new_codes(desk.store, head, MONDAY)
    assert len(set(codes)) == CODES
    assert not set(codes) & {row["hash"] for row in desk.store.rows("SELECT hash FROM recovery_codes")}
    assert take_recovery_code(desk.store, head, f" {codes[0].upper()} ", MONDAY)
    assert not take_recovery_code(desk.store, head, codes[0], MONDAY)
    assert not take_recovery_code(desk.store, head + 1, codes[1], MONDAY), "another account's"
    assert codes_left(desk.store, head) == CODES - 1
    new_codes(desk.store, head, MONDAY)
    assert not take_recovery_code(desk.store, head, codes[1], MONDAY), "made anew, the old ones are void"


def test_a_reset_is_told_to_the_person_with_who_did_it(desk: Desk, head: int, app: pyotp.TOTP) -> None:
    admin = add_user(desk.store, NewAccount("admin", "Administrator Contoh", ("admin",), "sandi-panjang"), MONDAY)
    new_codes(desk.store, head, MONDAY)
    assert reset_factors(desk.store, head, f"user:{admin}", MONDAY) == 1
    assert factors(desk.store, head) == [] and codes_left(desk.store, head) == 0
    told = desk.store.value("SELECT payload FROM outbox WHERE recipient = ? ORDER BY id DESC", [f"user:{head}"])
    assert "factors_reset" in told and "Administrator Contoh" in told
    (past,) = removed_factors(desk.store, head)
    assert past["remover"] == "Administrator Contoh"
    assert not take_code(desk.store, VAULT, head, app.at(MONDAY), MONDAY)


def test_setting_up_and_removing_is_told_to_the_person(desk: Desk, head: int, app: pyotp.TOTP) -> None:
    remove_factor(desk.store, someone(desk, head), factors(desk.store, head)[0]["id"], (), MONDAY)
    told = [row["payload"] for row in desk.store.rows("SELECT payload FROM outbox ORDER BY id")]
    assert ["factor_added" in told[0], "factor_removed" in told[1]] == [True, True]


def test_who_must_have_a_factor_does_not_remove_the_last(desk: Desk, head: int, app: pyotp.TOTP) -> None:
    with pytest.raises(Refused, match="mewajibkan"):
        remove_factor(desk.store, someone(desk, head), factors(desk.store, head)[0]["id"], ("head_of_office",), MONDAY)
    assert len(factors(desk.store, head)) == 1


def test_another_persons_factor_is_not_ones_own_to_remove(desk: Desk, head: int, app: pyotp.TOTP) -> None:
    other = add_user(desk.store, NewAccount("lain", "Lain", ("technician",), "sandi-panjang"), MONDAY)
    remove_factor(desk.store, someone(desk, other), factors(desk.store, head)[0]["id"], (), MONDAY)
    assert len(factors(desk.store, head)) == 1


def test_who_stands_in_for_an_official_needs_his_factor_too(desk: Desk, head: int) -> None:
    taker = add_user(desk.store, NewAccount("kabid", "Kabid", ("technician",), "sandi-panjang"), MONDAY)
    assert not required(someone(desk, taker), ("head_of_office",))
    wanted = Delegation("head_of_office", head, taker, MONDAY - STEP, MONDAY + timedelta(days=1), "SP 1/2026")
    delegate(desk.store, wanted, MONDAY)
    assert required(someone(desk, taker), ("head_of_office",)) and required(someone(desk, head), ("head_of_office",))


def test_a_half_log_in_ends_by_time_and_is_used_once(desk: Desk, head: int) -> None:
    secret = begin_half(desk.store, head, "/kasus", MONDAY)
    entering = half_of(desk.store, secret, MONDAY)
    assert entering is not None and (entering.user, entering.wanted) == (head, "/kasus")
    assert half_of(desk.store, secret, MONDAY + LASTS) is None and half_of(desk.store, "salah", MONDAY) is None
    assert end_half(desk.store, secret) and not end_half(desk.store, secret)
    assert half_of(desk.store, secret, MONDAY) is None
