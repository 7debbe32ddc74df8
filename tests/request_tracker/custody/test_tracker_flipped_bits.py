"""One flipped bit anywhere: whatever changes what the database or an attachment says, the audit finds."""

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from tracker_office import MONDAY, applied, new_desk, request, to_technician

from request_tracker.cases import Desk
from request_tracker.custody.upkeep import audit
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.sessions import add_token
from request_tracker.store import files, seals
from request_tracker.store.search_indexes import SEARCHES

FLIPS = 150
UNSAID = ('INSERT INTO "seals"', *(f'INSERT INTO "{index}_' for index in SEARCHES))
FORGED = json.dumps(
    {
        "seq": 999,
        "recorded_at": "",
        "actor": "",
        "door": "",
        "kind": "",
        "subject": "",
        "data": "{}",
        "previous_hash": "",
        "hash": "",
    }
)
# Every table with hashes of its own, its key, and every column that stands under them.
CHAINED = {
    "events": ("id", ("seq", "kind", "actor", "on_behalf_of", "lane", "step", "round", "occurred_at", "recorded_at")),
    "ledger": ("id", ("opd", "receive_ceiling", "effective_at", "recorded_at", "actor", "reason", "previous_hash")),
    "rights_journal": ("seq", ("recorded_at", "actor", "door", "kind", "subject", "data", "previous_hash", "hash")),
}
COLUMNS = [(table, column) for table, (_, columns) in CHAINED.items() for column in columns]


@pytest.fixture
def full_desk(tmp_path: Path) -> Desk:
    """A desk with something in every kind of table, closed and checkpointed."""
    desk = new_desk(tmp_path)
    to_technician(desk, request(desk))
    applied(desk, "PKL-BW/2026/000001", "PKL-B-04", MONDAY + timedelta(hours=1))
    request(desk, idempotency_key="sekali")
    add_user(desk.store, NewAccount("kadis", "Kepala Dinas", ("head_of_office",), "sandi-yang-panjang"), MONDAY)
    add_token(desk.store, "agen", ["proofs:write"], MONDAY)
    with desk.store.transaction() as db:
        files.keep(db, tmp_path / "files", files.PaperFile(b"%PDF-1.7 surat", "surat.pdf", "application/pdf"), MONDAY)
    desk.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.store.close()
    return desk


def says(path: Path) -> list[str] | None:
    """Everything the file says, table by table; None where SQLite cannot read it (the search index can be rebuilt).

    A search index says its terms with their places; a bit of its bytes that SQLite itself reads nothing from (that an
    entry replaces an older one, where there is none) says nothing.
    """
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:
            lines = [line for line in connection.iterdump() if not line.startswith(UNSAID)]
            for index in SEARCHES:
                connection.execute(f"CREATE VIRTUAL TABLE temp.{index}_terms USING fts5vocab(main, {index}, instance)")
                terms = connection.execute(f"SELECT * FROM temp.{index}_terms")
                lines += [f"{index} {term}" for term in terms]
            return sorted(lines)
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None


def test_X_AUD_a_flipped_bit_anywhere_in_the_database_is_found(full_desk: Desk) -> None:
    path = full_desk.store.path
    content, before = path.read_bytes(), says(path)
    chance = random.Random(7)
    changed, missed = 0, []
    for place in chance.sample([n for n, byte in enumerate(content) if byte and n >= 100], FLIPS):
        bit = 1 << chance.randrange(8)
        path.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
        if says(path) != before:
            changed += 1
            missed += [] if audit(full_desk) else [(place, bit)]
        full_desk.store.close()
    assert missed == []
    assert changed > FLIPS // 4


def test_X_AUD_any_flipped_bit_of_an_attachment_is_found(full_desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    paper = next(path for path in folder.rglob("*") if path.is_file())
    content = paper.read_bytes()
    assert audit(full_desk, folder) == []
    for bit in range(8 * len(content)):
        place, mask = divmod(bit, 8)
        paper.write_bytes(content[:place] + bytes([content[place] ^ 1 << mask]) + content[place + 1 :])
        assert len(files.faults(full_desk.store, folder)) == 1
    full_desk.store.close()


def without_triggers(desk: Desk) -> Iterator[str]:
    """What whoever owns the file can do first: take every trigger away; gives the statements that make them again."""
    rows = desk.store.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    for row in rows:
        desk.store.db.execute(f'DROP TRIGGER "{row["name"]}"')
    return (str(row["sql"]) for row in rows)


def sealed_anew(desk: Desk, triggers: Iterator[str]) -> None:
    """And last: the triggers again, and a true seal for every row as it stands now."""
    for sql in triggers:
        desk.store.db.execute(sql)
    with desk.store.transaction() as db:
        db.execute("DELETE FROM seals")
        seals.renew(db)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_X_AUD_a_column_of_a_chain_changed_with_true_seals_is_found_by_the_chain(
    full_desk: Desk, table: str, column: str
) -> None:
    key = CHAINED[table][0]
    triggers = without_triggers(full_desk)
    change = f"CASE typeof({column}) WHEN 'integer' THEN {column} + 1 ELSE coalesce({column}, '') || 'x' END"
    full_desk.store.db.execute(f"UPDATE {table} SET {column} = {change} WHERE {key} = (SELECT max({key}) FROM {table})")
    sealed_anew(full_desk, triggers)
    assert seals.faults(full_desk.store.db) == []
    assert audit(full_desk) != []
    full_desk.store.close()


def test_X_AUD_lines_cut_off_the_rights_journal_with_true_seals_are_found_by_what_they_told_of(full_desk: Desk) -> None:
    triggers = without_triggers(full_desk)
    full_desk.store.db.execute("DELETE FROM rights_journal WHERE seq > (SELECT max(seq) - 1 FROM rights_journal)")
    sealed_anew(full_desk, triggers)
    assert [line for line in audit(full_desk) if line.endswith("no line of the rights journal says so")]
    full_desk.store.close()


def test_X_AUD_an_account_slipped_in_and_sealed_is_found_by_the_rights_journal(full_desk: Desk) -> None:
    triggers = without_triggers(full_desk)
    row = {"login": "kadis2", "name": "Kepala Dinas", "password": "x", "created_at": "2026-11-23", "active": 1}
    full_desk.store.db.table("users").insert(row)
    sealed_anew(full_desk, triggers)
    assert audit(full_desk) == ["users [2]: is there, and no line of the rights journal says so"]
    full_desk.store.close()


@pytest.mark.parametrize(
    "table", ["contacts", "users", "files", "outbox", "api_tokens", "public_tokens", "rights_journal"]
)
def test_X_AUD_a_row_deleted_behind_the_trackers_back_is_found(full_desk: Desk, table: str) -> None:
    with closing(sqlite3.connect(full_desk.store.path)) as raw:
        # The tracker's functions stand in its triggers; whoever deletes behind its back brings some of his own.
        raw.create_function("key_of", -1, lambda *_: "")
        raw.create_function("seal_of", -1, lambda *_: "")
        raw.create_function("rights_entry", -1, lambda *_: FORGED)
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DROP TRIGGER rights_journal_no_delete")
        assert raw.execute(f"DELETE FROM {table}").rowcount > 0
        raw.commit()
    assert any(line.startswith(table) and line.endswith("is sealed and gone") for line in audit(full_desk))
    full_desk.store.close()


def test_X_AUD_another_column_keeps_true_seals_and_hides_no_fault(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    for login in ("kadis", "kabid"):
        add_user(desk.store, NewAccount(login, login, ("head_of_office",), "sandi-yang-panjang"), MONDAY)
    desk.store.db.execute("DROP TRIGGER seal_users_UPDATE")
    desk.store.db.execute("UPDATE users SET name = 'orang lain' WHERE login = 'kabid'")
    with desk.store.transaction() as db:
        db.execute("ALTER TABLE users ADD COLUMN room TEXT")
        seals.renew(db)
    assert seals.faults(desk.store.db) == ["users (2,): its content does not give its seal"]
    desk.store.close()
