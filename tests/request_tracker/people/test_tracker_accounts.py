"""Accounts: wrong passwords are all counted, whoever tries them side by side; sessions and tokens can be revoked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import Type
from tracker_fixtures import OFFICE_HASHER, OFFICE_NOBODY
from tracker_office import MONDAY

from request_tracker.cases import Desk
from request_tracker.errors import TrackerError
from request_tracker.people.accounts import NewAccount, add_user, check_password
from request_tracker.people.sessions import (
    add_token,
    begin_session,
    end_session,
    end_sessions,
    revoke_token,
    session_user,
    token_row,
)
from request_tracker.people.throttle import FREE_TRIES, LONGEST_WAIT

RIGHT = "sandi-yang-panjang"


@pytest.fixture
def official(desk: Desk) -> int:
    return add_user(desk.store, NewAccount("kadis", "Kepala Dinas", ("head_of_office",), RIGHT), MONDAY)


def try_wrong(desk: Desk) -> int | None:
    answer = check_password(desk.store, "kadis", "sandi-yang-salah", MONDAY)
    desk.store.close()
    return answer


def test_wrong_passwords_tried_side_by_side_lock_the_account_in_time(desk: Desk, official: int) -> None:
    with ThreadPoolExecutor(FREE_TRIES) as people:
        answers = list(people.map(lambda _: try_wrong(desk), range(FREE_TRIES)))
    assert answers == [None] * FREE_TRIES
    assert check_password(desk.store, "kadis", RIGHT, MONDAY) is None
    assert check_password(desk.store, "kadis", RIGHT, MONDAY + LONGEST_WAIT) == official


def test_a_right_password_clears_the_count(desk: Desk, official: int) -> None:
    for _ in range(2):
        for _ in range(FREE_TRIES - 1):
            assert try_wrong(desk) is None
        assert check_password(desk.store, "kadis", RIGHT, MONDAY) == official


def test_a_password_is_kept_as_argon2id_only(desk: Desk, official: int) -> None:
    kept = desk.store.value("SELECT password FROM users WHERE id = ?", [official])
    assert kept.startswith("$argon2id$")


def test_guessing_a_password_costs_at_least_what_owasp_asks() -> None:
    # OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane; more of each is more.
    assert OFFICE_HASHER.type is Type.ID
    assert OFFICE_HASHER.memory_cost >= 19 * 1024 and OFFICE_HASHER.time_cost >= 2 and OFFICE_HASHER.parallelism >= 1


def test_a_login_that_is_nobody_s_costs_the_time_of_one_that_is() -> None:
    assert OFFICE_NOBODY.startswith("$argon2id$") and not OFFICE_HASHER.check_needs_rehash(OFFICE_NOBODY)


def test_a_session_ends_by_time_and_by_revoking(desk: Desk, official: int) -> None:
    secret = begin_session(desk.store, official, MONDAY)
    assert session_user(desk.store, secret, MONDAY) == official
    assert session_user(desk.store, secret, MONDAY + timedelta(hours=12)) is None
    end_session(desk.store, secret, MONDAY)
    assert session_user(desk.store, secret, MONDAY) is None


def test_a_token_is_kept_as_a_hash_and_an_unknown_scope_is_refused(desk: Desk) -> None:
    secret = add_token(desk.store, "agen", ["proofs:write"], MONDAY)
    assert token_row(desk.store, secret) == {"name": "agen", "scopes": "proofs:write"}
    assert secret not in str(desk.store.rows("SELECT * FROM api_tokens"))
    with pytest.raises(TrackerError, match="scope all"):
        add_token(desk.store, "agen", ["all"], MONDAY)


def test_every_session_of_an_account_is_revoked_at_once(desk: Desk, official: int) -> None:
    secrets = [begin_session(desk.store, official, MONDAY) for _ in range(3)]
    assert end_sessions(desk.store, "kadis", MONDAY) == 3
    assert [session_user(desk.store, secret, MONDAY) for secret in secrets] == [None] * 3
    with pytest.raises(TrackerError, match="no such account"):
        end_sessions(desk.store, "siapa", MONDAY)


def test_a_revoked_token_opens_nothing_and_is_not_revoked_twice(desk: Desk) -> None:
    secret = add_token(desk.store, "agen", ["proofs:write"], MONDAY)
    revoke_token(desk.store, "agen", MONDAY)
    assert token_row(desk.store, secret) is None
    with pytest.raises(TrackerError, match="no valid token"):
        revoke_token(desk.store, "agen", MONDAY)
