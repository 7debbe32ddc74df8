"""Nobody logs in, fails, is known or let go unseen: each act leaves its line in the rights journal."""

from collections.abc import Callable

import pytest
from tracker_office import MONDAY

from request_tracker.cases import Desk
from request_tracker.people.accounts import NewAccount, add_user, check_password, person
from request_tracker.people.devices import device_of, devices, know, revoke_device
from request_tracker.people.recovery_codes import CODES, new_codes, take_recovery_code
from request_tracker.people.second_factors import (
    TOTP,
    NewFactor,
    add_factor,
    factors,
    remove_factor,
    reset_factors,
    take_counter,
)
from request_tracker.people.throttle import Origin
from request_tracker.people.wall_links import add_wall_link, opens_wall, revoke_wall_link
from request_tracker.store.rights_faults import rights_faults

SECRET = "rahasia-yang-tak-tercatat"


@pytest.fixture
def head(desk: Desk) -> int:
    return add_user(desk.store, NewAccount("kadis", "Kepala Dinas", ("head_of_office",), "sandi-panjang"), MONDAY)


def kinds(desk: Desk, act: Callable[[], object]) -> list[tuple[str, str]]:
    """Kind and subject of the lines that an act leaves; no line has a secret, and the tables are what they say."""
    last = desk.store.value("SELECT max(seq) FROM rights_journal")
    act()
    rows = desk.store.rows("SELECT kind, subject, data FROM rights_journal WHERE seq > ? ORDER BY seq", [last])
    assert SECRET not in str(rows)
    assert rights_faults(desk.store) == []
    return [(row["kind"], row["subject"]) for row in rows]


def test_a_wrong_password_leaves_whose_account_and_a_wrong_name_leaves_no_name(desk: Desk, head: int) -> None:
    mine = f"user:{head}"
    assert kinds(desk, lambda: check_password(desk.store, "kadis", SECRET, MONDAY)) == [("login_failed", mine)]
    assert kinds(desk, lambda: check_password(desk.store, SECRET, "x", MONDAY)) == [("login_failed", "nobody")]
    right = kinds(desk, lambda: check_password(desk.store, "kadis", "sandi-panjang", MONDAY))
    assert right == [("failures_cleared", mine)]


def test_a_try_that_must_wait_leaves_no_line_so_that_guessers_do_not_fill_the_disk(desk: Desk, head: int) -> None:
    tries = kinds(desk, lambda: [check_password(desk.store, "kadis", "x", MONDAY, Origin("a")) for _ in range(50)])
    assert [kind for kind, _ in tries] == ["login_failed"] * 4 + ["account_locked"]


def test_a_device_is_recorded_when_it_is_known_and_when_it_is_forgotten(desk: Desk, head: int) -> None:
    mine, known = f"user:{head}", []
    assert kinds(desk, lambda: known.append(know(desk.store, head, "", SECRET, MONDAY))) == [("device_known", mine)]
    device = device_of(desk.store, "kadis", [str(known[0])], MONDAY)
    assert kinds(desk, lambda: know(desk.store, head, device, "", MONDAY)) == []
    number = devices(desk.store, head, MONDAY)[0]["id"]
    assert kinds(desk, lambda: revoke_device(desk.store, head, number, MONDAY)) == [("device_forgotten", mine)]


def test_a_factor_is_recorded_when_it_is_set_used_and_removed(desk: Desk, head: int) -> None:
    mine = f"user:{head}"
    factor = NewFactor(TOTP, SECRET, SECRET, 0)
    assert kinds(desk, lambda: add_factor(desk.store, head, factor, MONDAY)) == [("second_factor_set", mine)]
    number = factors(desk.store, head)[0]["id"]

    def use() -> None:
        with desk.store.transaction() as db:
            assert take_counter(db, number, 7)

    assert kinds(desk, use) == [("second_factor_used", mine)]
    holder = person(desk.store, head, MONDAY)
    assert holder is not None
    gone = kinds(desk, lambda: remove_factor(desk.store, holder, number, (), MONDAY))
    assert gone == [("second_factor_gone", mine)]
    add_factor(desk.store, head, factor, MONDAY)
    assert ("second_factor_gone", mine) in kinds(desk, lambda: reset_factors(desk.store, head, "system", MONDAY))


def test_recovery_codes_are_recorded_when_they_are_made_and_used(desk: Desk, head: int) -> None:
    made: list[str] = []
    assert len(kinds(desk, lambda: made.extend(new_codes(desk.store, head, MONDAY)))) == CODES
    used = kinds(desk, lambda: take_recovery_code(desk.store, head, made[0], MONDAY))
    assert used == [("second_factor_used", f"user:{head}")]


def test_a_wall_link_is_recorded_when_it_is_made_and_revoked_and_not_at_each_look(desk: Desk) -> None:
    made: list[str] = []
    lines = kinds(desk, lambda: made.append(add_wall_link(desk.store, "Lobi", "system", MONDAY)))
    assert lines == [("wall_token_made", "screen:1")]
    assert kinds(desk, lambda: opens_wall(desk.store, made[0], MONDAY)) == []
    assert kinds(desk, lambda: revoke_wall_link(desk.store, 1, MONDAY)) == [("wall_token_revoked", "screen:1")]
