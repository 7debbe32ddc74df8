"""The rights journal: nothing that decides who may act is written without a line of the chain, whatever the door."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from request_tracker.errors import TrackerError
from request_tracker.people.accounts import NewAccount, add_user, check_password, set_active, set_roles
from request_tracker.people.addresses import set_address
from request_tracker.people.details import put_details
from request_tracker.people.links import new_link, set_password
from request_tracker.people.sessions import add_token, begin_session, end_session, revoke_token
from request_tracker.store import seals
from request_tracker.store.acting import PAGE, Acting, acting_as, machine_user
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store, migrate
from request_tracker.store.guards import GUARDS
from request_tracker.store.open_tables import OPEN_TABLES
from request_tracker.store.rights_faults import rights_faults
from request_tracker.store.rights_journal import RightsAct, record, trigger_name
from request_tracker.words.rights_words import RIGHTS_KINDS

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PASSWORD = "sandi-yang-panjang"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "tracker.db")
    migrate(store)
    add_user(store, NewAccount("siti", "Siti Aminah", ("head_of_office",), PASSWORD), NOW)
    return store


def lines(store: Store, after: int = 0) -> list[Row]:
    rows = store.rows("SELECT * FROM rights_journal WHERE seq > ? ORDER BY seq", [after])
    return [{**row, "data": json.loads(row["data"])} for row in rows]


def kinds(store: Store, act: Callable[[], object]) -> list[str]:
    """The kinds of the lines that an act leaves."""
    before = len(lines(store))
    act()
    return [line["kind"] for line in lines(store, before)]


def test_an_account_leaves_its_name_its_roles_and_who_made_it(store: Store) -> None:
    made, role = lines(store)
    assert (made["kind"], made["subject"], made["data"]["row"]["name"]) == ("account_made", "user:1", "Siti Aminah")
    assert (role["kind"], role["data"]["row"]["role"]) == ("role_given", "head_of_office")
    assert (made["actor"], made["door"]) == (machine_user(), "terminal")


def test_a_secret_stands_in_no_line(store: Store) -> None:
    hashed = store.value("SELECT password FROM users")
    secret = begin_session(store, 1, NOW)
    set_address(store, 1, "siti@kota.example", ["email"], NOW)
    put_details(store, 1, "Kepala Dinas", "", "199001012020011001")
    text = json.dumps(lines(store))
    assert not [word for word in (hashed, secret, "siti@kota", "199001012020011001") if word in text]


def test_each_act_has_its_own_kind(store: Store) -> None:
    assert kinds(store, lambda: set_roles(store, 1, ("head_of_office", "auditor"))) == ["role_given"]
    assert kinds(store, lambda: set_roles(store, 1, ("auditor",))) == ["role_taken"]
    assert kinds(store, lambda: set_active(store, 1, False, NOW)) == ["account_off"]
    assert kinds(store, lambda: set_active(store, 1, True, NOW)) == ["account_on"]
    secret = begin_session(store, 1, NOW)
    assert kinds(store, lambda: begin_session(store, 1, NOW)) == ["logged_in"]
    assert kinds(store, lambda: end_session(store, secret, NOW)) == ["logged_out"]
    assert kinds(store, lambda: add_token(store, "agen", ["proofs:write"], NOW)) == ["token_made"]
    assert kinds(store, lambda: add_token(store, "agen", ["cases:read"], NOW)) == ["token_made"]
    assert kinds(store, lambda: revoke_token(store, "agen", NOW)) == ["token_revoked"]


def test_a_password_link_is_recorded_when_it_is_made_and_when_it_is_used(store: Store) -> None:
    link = new_link(store, 1, NOW)
    assert lines(store)[-1]["kind"] == "link_made"
    assert kinds(store, lambda: set_password(store, link, "sandi-lain-yang-panjang", NOW)) == [
        "password_set",
        "link_spent",
    ]


def test_failed_logins_a_lock_and_the_login_after_it_are_recorded(store: Store) -> None:
    tries = kinds(store, lambda: [check_password(store, "siti", "salah", NOW) for _ in range(5)])
    assert tries == ["login_failed"] * 4 + ["account_locked"]
    later = NOW.replace(hour=3)
    assert kinds(store, lambda: check_password(store, "siti", PASSWORD, later)) == ["account_unlocked"]


def test_who_acts_is_whoever_the_door_says(store: Store) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    with acting_as(Acting("user:7", PAGE, lambda: later)):
        set_active(store, 1, False, NOW)
    line = lines(store)[-1]
    assert (line["actor"], line["door"], line["recorded_at"]) == ("user:7", "page", stamp(later))


def test_a_statement_written_past_every_function_is_recorded_too(store: Store) -> None:
    with store.transaction() as db:
        db.execute("UPDATE users SET name = 'Kepala Dinas' WHERE id = 1")
    line = lines(store)[-1]
    assert (line["kind"], line["data"]["before"]) == ("account_renamed", {"name": "Siti Aminah"})


def test_a_program_without_the_journal_cannot_write_such_a_table(store: Store) -> None:
    store.close()
    with closing(sqlite3.connect(store.path)) as raw:
        for function in (seals.seal_of, seals.key_of):
            raw.create_function(function.__name__, -1, function)
        with pytest.raises(sqlite3.OperationalError, match="rights_entry"):
            raw.execute("UPDATE users SET name = 'orang lain'")


def test_what_fails_leaves_no_line(store: Store) -> None:
    before = len(lines(store))
    with pytest.raises(ZeroDivisionError), store.transaction() as db:
        db.execute("UPDATE users SET active = 0")
        _ = 1 / 0
    assert len(lines(store)) == before


@pytest.mark.parametrize("statement", ["UPDATE rights_journal SET actor = 'x'", "DELETE FROM rights_journal"])
def test_a_line_is_never_changed_and_never_deleted(store: Store, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        store.db.execute(statement)


def test_an_act_of_no_table_is_recorded_by_hand(store: Store) -> None:
    with store.transaction() as db:
        record(db, RightsAct("template_changed", "template:reply.docx", {"sha256": "ab"}))
    line = lines(store)[-1]
    assert (line["kind"], line["data"]) == ("template_changed", {"sha256": "ab"})
    assert rights_faults(store) == []


@pytest.mark.parametrize("act", [RightsAct("made_up", "user:1"), RightsAct("logged_in", "user:1", {"table": "users"})])
def test_a_kind_nobody_has_a_word_for_is_refused(store: Store, act: RightsAct) -> None:
    with pytest.raises(TrackerError, match="rights_words"), store.transaction() as db:
        record(db, act)


def test_what_was_there_before_the_journal_is_written_down_as_it_was(tmp_path: Path) -> None:
    store = Store(tmp_path / "old.db")
    migrate(store)
    for guard in GUARDS:
        for act in guard.acts:
            store.db.execute(f"DROP TRIGGER {trigger_name(guard, act)}")
    add_user(store, NewAccount("lama", "Pegawai Lama", ("technician",), PASSWORD), NOW)
    store.db.execute("DELETE FROM _sqlite_migrations WHERE name = 'sent_once'")
    store.db.execute("DROP TABLE sent_once")
    migrate(store)
    assert [(line["kind"], line["data"]["table"]) for line in lines(store)] == [
        ("adopted", "users"),
        ("adopted", "user_roles"),
    ]
    assert rights_faults(store) == []


def test_every_table_is_guarded_or_says_why_not(store: Store) -> None:
    sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
    tables = {row["name"] for row in store.rows(sql)}
    ours = {name for name in tables if "_search_" not in name and not name.startswith(("sqlite_", "_sqlite"))}
    guarded = {guard.table for guard in GUARDS}
    assert ours - guarded - OPEN_TABLES.keys() == set(), "into store/guards.py or store/open_tables.py"
    assert (guarded | OPEN_TABLES.keys()) - ours == set()


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.table)
def test_a_guard_has_its_triggers_its_key_and_words_for_its_kinds(store: Store, guard: object) -> None:
    guard = next(each for each in GUARDS if each is guard)
    triggers = {row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert {trigger_name(guard, act) for act in guard.acts} <= triggers
    columns = store.rows(f'PRAGMA table_info("{guard.table}")')
    assert tuple(row["name"] for row in columns if row["pk"]) == guard.key
    assert {kind for kind in (guard.insert, guard.delete) if kind} <= RIGHTS_KINDS.keys()
    assert guard.hidden | guard.sealed | guard.ignored <= {row["name"] for row in columns}


def unseen(store: Store, act: str, statement: str) -> list[str]:
    """What the audit finds after a statement that no trigger saw."""
    store.db.execute(f"DROP TRIGGER {act}")
    with store.transaction() as db:
        db.execute(statement)
    return rights_faults(store)


def test_a_row_changed_where_no_trigger_saw_it_is_found(store: Store) -> None:
    findings = unseen(store, "rights_guard_users_update", "UPDATE users SET name = 'Kepala Dinas'")
    assert findings == ["users [1]: name is 'Kepala Dinas', the rights journal says 'Siti Aminah'"]


def test_a_role_given_where_no_trigger_saw_it_is_found(store: Store) -> None:
    findings = unseen(store, "rights_guard_user_roles_insert", "INSERT INTO user_roles VALUES (1, 'admin')")
    assert findings == ['user_roles [1,"admin"]: is there, and no line of the rights journal says so']


def test_a_role_taken_where_no_trigger_saw_it_is_found(store: Store) -> None:
    findings = unseen(store, "rights_guard_user_roles_delete", "DELETE FROM user_roles")
    assert findings == ['user_roles [1,"head_of_office"]: is gone, and no line of the rights journal says so']


@pytest.mark.parametrize("column", ["recorded_at", "actor", "door", "kind", "subject", "data", "previous_hash", "hash"])
def test_every_column_of_a_line_is_under_its_hash(store: Store, column: str) -> None:
    store.db.execute("DROP TRIGGER rights_journal_no_update")
    store.db.execute(f"UPDATE rights_journal SET {column} = substr({column}, 2) WHERE seq = 1")
    assert [line for line in rights_faults(store) if line.startswith("rights journal line ")]


def test_lines_cut_off_the_end_are_found_by_their_seals_and_by_the_rows_they_told_of(store: Store) -> None:
    store.db.execute("DROP TRIGGER rights_journal_no_delete")
    store.db.execute("DROP TRIGGER seal_rights_journal_DELETE")
    store.db.execute("DELETE FROM rights_journal WHERE seq = 2")
    assert "rights_journal (2,): is sealed and gone" in seals.faults(store.db)
    assert rights_faults(store) == [
        'user_roles [1,"head_of_office"]: is there, and no line of the rights journal says so'
    ]
