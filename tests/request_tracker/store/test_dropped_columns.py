"""Columns that nothing read any more go from a database in use: seals, guards and the journal hold as before."""

from pathlib import Path

import pytest
from tracker_site import NOW, PASSWORD

from request_tracker.people.accounts import NewAccount, add_user, set_active
from request_tracker.store import rights_journal, seals
from request_tracker.store.database import Store, migrate
from request_tracker.store.rights_faults import rights_faults

WAS = ("failures INTEGER NOT NULL DEFAULT 0", "locked_until TEXT")


@pytest.fixture
def older(tmp_path: Path) -> Store:
    """A database of before, with two accounts that were made in it."""
    store = Store(tmp_path / "older.db")
    migrate(store)
    with store.transaction() as db:
        before = rights_journal.guards_there(db)
        for column in WAS:
            db.execute(f"ALTER TABLE users ADD COLUMN {column}")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'users_without_their_lock'")
        rights_journal.renew(db, before)
        seals.renew(db)
    for login in ("budi", "ani"):
        add_user(store, NewAccount(login, login.title(), ("technician",), PASSWORD), NOW)
    return store


def columns(store: Store) -> set[str]:
    return {row["name"] for row in store.rows("PRAGMA table_info(users)")}


def test_the_columns_go_and_everything_verifies_as_before(older: Store) -> None:
    assert "locked_until" in older.value("SELECT data FROM rights_journal WHERE kind = 'account_made'")
    assert migrate(older) == ["users_without_their_lock"]
    assert not columns(older) & {"failures", "locked_until"}
    assert seals.faults(older.db) == [] and rights_faults(older) == []
    assert older.value("SELECT count(*) FROM rights_journal WHERE kind = 'adopted'") == 0
    set_active(older, 1, False, NOW)
    assert older.value("SELECT kind FROM rights_journal ORDER BY seq DESC LIMIT 1") == "account_off"
    assert seals.faults(older.db) == [] and rights_faults(older) == []


def test_an_account_that_was_changed_by_hand_before_stays_a_fault(older: Store) -> None:
    for trigger in ("seal_users_UPDATE", "rights_guard_users_update"):
        older.db.execute(f"DROP TRIGGER {trigger}")
    older.db.execute("UPDATE users SET name = 'Lain' WHERE login = 'ani'")
    migrate(older)
    assert seals.faults(older.db) == ["users (2,): its content does not give its seal"]
    assert any("users [2]: name is 'Lain'" in line for line in rights_faults(older))
