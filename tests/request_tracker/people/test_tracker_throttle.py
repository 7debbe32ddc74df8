"""Wrong tries slow down who sends them, from one address or fifty, and keep nobody out of a device he is known on."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from tracker_office import MONDAY

from request_tracker.cases import Desk
from request_tracker.people.accounts import NewAccount, add_user, check_password
from request_tracker.people.devices import device_of, devices, know, revoke_device
from request_tracker.people.links import new_link, set_password
from request_tracker.people.throttle import AT_ONE_ACCOUNT, FREE_TRIES, FROM_ONE_ADDRESS, LONGEST_WAIT, Origin

RIGHT = "sandi-yang-panjang"
FIFTY = [Origin(f"203.0.113.{number}") for number in range(50)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are slow to check on purpose; here they need not be."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("request_tracker.people.accounts._HASHER", cheap)
    monkeypatch.setattr("request_tracker.people.accounts._NOBODY", cheap.hash("nobody has this password"))


@pytest.fixture
def head(desk: Desk) -> int:
    return add_user(desk.store, NewAccount("kadis", "Kepala Dinas", ("head_of_office",), RIGHT), MONDAY)


def known(desk: Desk, user: int) -> Origin:
    """The head's own machine."""
    secret = know(desk.store, user, "", "Firefox", MONDAY)
    assert secret is not None
    return Origin("198.51.100.7", device_of(desk.store, "kadis", [secret], MONDAY))


def guess(
    desk: Desk, origin: Origin, second: float = 0, login: str = "kadis", password: str = "salah-sekali"
) -> int | None:
    return check_password(desk.store, login, password, MONDAY + timedelta(seconds=second), origin)


def guesses_taken(desk: Desk, origins: list[Origin], hours: int) -> int:
    """How many wrong tries are taken of a guesser who tries from each address once a minute."""
    counted = "SELECT coalesce(max(failures), 0) FROM login_tries WHERE key LIKE 'account:%'"
    total, before = 0, 0
    for minute in range(hours * 60):
        guess(desk, origins[minute % len(origins)], minute * 60)
        now = desk.store.value(counted)
        total, before = total + (now != before), now
    return total


def test_an_attacker_at_fifty_addresses_cannot_keep_the_head_out_of_a_known_device(desk: Desk, head: int) -> None:
    mine = known(desk, head)
    for second, origin in enumerate(FIFTY * 4):
        guess(desk, origin, second)
    assert guess(desk, mine, 200, password=RIGHT) == head
    assert guess(desk, Origin("198.51.100.7"), 200, password=RIGHT) is None, "an unknown device waits"


def test_the_same_attacker_is_slowed(desk: Desk, head: int) -> None:
    """Three hours at one try a minute from fifty addresses: 180 tries without a limit."""
    allowed = AT_ONE_ACCOUNT.free + 3 * 60 / (AT_ONE_ACCOUNT.longest.total_seconds() / 60) + 12
    assert guesses_taken(desk, FIFTY, 3) <= allowed


def test_five_wrong_passwords_from_anywhere_hold_up_that_place_alone(desk: Desk, head: int) -> None:
    for _ in range(FREE_TRIES):
        guess(desk, FIFTY[0])
    assert guess(desk, FIFTY[0], password=RIGHT) is None
    assert guess(desk, FIFTY[1], password=RIGHT) == head


def test_each_wrong_try_of_a_place_waits_twice_as_long_and_a_quarter_of_an_hour_at_most(desk: Desk, head: int) -> None:
    second = 0.0
    waits: list[float] = []
    for _ in range(FREE_TRIES):
        guess(desk, FIFTY[0], second)
    until = "SELECT wait_until FROM login_tries WHERE key LIKE 'place:%'"
    for _ in range(8):
        before = desk.store.value(until)
        second += waits[-1] if waits else 30
        guess(desk, FIFTY[0], second)
        assert desk.store.value(until) > before, "the try was not taken at the end of its wait"
        waits.append(min(30 * 2 ** (len(waits) + 1), LONGEST_WAIT.total_seconds()))
    assert guess(desk, FIFTY[0], second + waits[-1] - 1, password=RIGHT) is None
    assert guess(desk, FIFTY[0], second + waits[-1], password=RIGHT) == head


def test_a_try_that_must_wait_makes_the_wait_no_longer(desk: Desk, head: int) -> None:
    for _ in range(FREE_TRIES + 20):
        guess(desk, FIFTY[0])
    assert guess(desk, FIFTY[0], 30, password=RIGHT) == head


def test_one_address_against_many_accounts_is_slowed_and_a_known_device_behind_it_is_not(desk: Desk, head: int) -> None:
    office = Origin("198.51.100.7")
    for number in range(FROM_ONE_ADDRESS.free + 5):
        guess(desk, office, login=f"akun{number}")
    assert guess(desk, office, password=RIGHT) is None
    assert guess(desk, known(desk, head), password=RIGHT) == head


def test_an_own_account_does_not_clear_the_count_of_the_address(desk: Desk, head: int) -> None:
    """Who has one account could otherwise guess at all others for ever."""
    add_user(desk.store, NewAccount("tamu", "Tamu", ("technician",), RIGHT), MONDAY)
    office = Origin("198.51.100.7")
    for number in range(FROM_ONE_ADDRESS.free - 1):
        guess(desk, office, login=f"akun{number}")
        assert guess(desk, office, login="tamu", password=RIGHT)
    guess(desk, office, login="terakhir")
    assert guess(desk, office, login="tamu", password=RIGHT) is None


def test_wrong_passwords_on_a_known_device_slow_that_device_alone(desk: Desk, head: int) -> None:
    mine = known(desk, head)
    for _ in range(FREE_TRIES):
        guess(desk, mine)
    assert guess(desk, mine, password=RIGHT) is None
    assert guess(desk, FIFTY[0], password=RIGHT) == head
    assert desk.store.rows("SELECT * FROM outbox") == [], "a person's own mistakes are told to nobody"


def test_names_that_are_no_account_are_counted_alike_and_kept_by_no_name(desk: Desk, head: int) -> None:
    for login in ("kadis", "sandi-diketik-di-sini"):
        for _ in range(FREE_TRIES + 1):
            guess(desk, FIFTY[0], login=login)
    rows = desk.store.rows("SELECT key, failures, wait_until FROM login_tries WHERE key LIKE 'place:%'")
    assert len(rows) == 2 and len({(row["failures"], row["wait_until"]) for row in rows}) == 1
    assert "sandi-diketik" not in str(desk.store.rows("SELECT * FROM login_tries"))


def test_the_person_and_the_administrator_are_told_once_a_day(desk: Desk, head: int) -> None:
    for second, origin in enumerate(FIFTY):
        guess(desk, origin, second)
    told = desk.store.rows("SELECT recipient, payload FROM outbox ORDER BY recipient")
    assert [row["recipient"] for row in told] == ["role:admin", f"user:{head}"]
    assert all('"template":"password_tries"' in row["payload"] and "akun kadis" in row["payload"] for row in told)
    guess(desk, FIFTY[0], 86_400)
    for second, origin in enumerate(FIFTY[1:10]):
        guess(desk, origin, 86_400 + second)
    assert desk.store.value("SELECT count(*) FROM outbox") == 4


def test_counts_are_forgotten_after_a_day_and_fill_no_disk(desk: Desk, head: int) -> None:
    for number in range(20):
        guess(desk, Origin(f"203.0.113.{number}"), login=f"akun{number}")
    guess(desk, FIFTY[0], 86_402)
    assert desk.store.value("SELECT count(*) FROM login_tries") == 3


def test_a_revoked_device_is_known_no_more(desk: Desk, head: int) -> None:
    secret = know(desk.store, head, "", "Firefox", MONDAY)
    assert secret is not None and secret not in str(desk.store.rows("SELECT * FROM login_devices"))
    (row,) = devices(desk.store, head, MONDAY)
    assert not revoke_device(desk.store, head + 1, row["id"], MONDAY), "another's device is not his to revoke"
    assert device_of(desk.store, "kadis", [secret], MONDAY)
    assert revoke_device(desk.store, head, row["id"], MONDAY)
    assert device_of(desk.store, "kadis", [secret], MONDAY) == "" and devices(desk.store, head, MONDAY) == []


def test_a_device_is_known_to_its_own_account_alone_and_for_400_days(desk: Desk, head: int) -> None:
    add_user(desk.store, NewAccount("tamu", "Tamu", ("technician",), RIGHT), MONDAY)
    secret = know(desk.store, head, "", "Firefox", MONDAY)
    assert secret is not None
    assert device_of(desk.store, "tamu", [secret], MONDAY) == ""
    assert device_of(desk.store, "kadis", [secret], MONDAY + timedelta(days=399))
    assert device_of(desk.store, "kadis", [secret], MONDAY + timedelta(days=401)) == ""


def test_a_new_password_makes_every_device_unknown(desk: Desk, head: int) -> None:
    mine = known(desk, head)
    assert set_password(desk.store, new_link(desk.store, head, MONDAY), "sandi-yang-baru", MONDAY) == head
    assert devices(desk.store, head, MONDAY) == [] and mine.device
