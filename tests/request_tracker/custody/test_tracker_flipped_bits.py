"""One flipped bit anywhere: whatever changes what the database or an attachment says, the audit finds."""

import random
import sqlite3
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

FLIPS = 150


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
    """Everything the file says, table by table; None where SQLite cannot read it (the search index can be rebuilt)."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:
            return sorted(line for line in connection.iterdump() if not line.startswith('INSERT INTO "seals"'))
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


@pytest.mark.parametrize("table", ["contacts", "users", "files", "outbox", "api_tokens", "public_tokens"])
def test_X_AUD_a_row_deleted_behind_the_trackers_back_is_found(full_desk: Desk, table: str) -> None:
    with closing(sqlite3.connect(full_desk.store.path)) as raw:
        raw.create_function("key_of", -1, lambda *_: "")
        raw.execute("PRAGMA foreign_keys=OFF")
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
