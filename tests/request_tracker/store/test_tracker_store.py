"""Nothing acknowledged is lost, nothing is half written, and a flipped bit is found."""

import os
import sqlite3
import subprocess
import sys
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from children import PATIENCE_SECONDS, child
from tracker_office import HEAD, MONDAY, applied, new_desk, request, to_technician
from tree import ROOT, TESTS

from request_tracker.cases import Desk, Sign, read_case, run
from request_tracker.custody.upkeep import audit, rebuild
from request_tracker.errors import NotStored, TrackerError
from request_tracker.store.database import DatabaseError

ROOM = ROOT / "request_tracker"
HERE = TESTS / "request_tracker"
WRITER = """
import sys
from pathlib import Path
from tracker_office import CALENDAR, CITY, request
from request_tracker.cases import Desk
from request_tracker.store.database import Store
desk = Desk(Store(Path(sys.argv[1])), CALENDAR, CITY)
for _ in range(int(sys.argv[2])):
    print(request(desk), flush=True)
"""


def writer(desk: Desk, count: int) -> "AbstractContextManager[subprocess.Popen[str]]":
    environment = {**os.environ, "PYTHONPATH": f"{HERE}:{TESTS}:{ROOM.parent}"}
    command = [sys.executable, "-c", WRITER, str(desk.store.path), str(count)]
    return child(command, stdout=subprocess.PIPE, text=True, env=environment)


def said(started: "subprocess.Popen[str]") -> list[str]:
    out, _ = started.communicate(timeout=PATIENCE_SECONDS)
    return out.split()


def test_X_NUM_four_writers_at_once_lose_nothing_and_leave_no_gap(desk: Desk) -> None:
    with ExitStack() as all_of_them:
        writers = [all_of_them.enter_context(writer(desk, 10)) for _ in range(4)]
        told = sorted(number for started in writers for number in said(started))
    assert told == [f"PKL-BW/2026/{n:06d}" for n in range(1, 41)]
    assert audit(desk) == []


def test_a_command_that_fails_half_way_leaves_nothing(desk: Desk) -> None:
    number = request(desk)
    with pytest.raises(DatabaseError), desk.store.transaction() as db:
        db.execute("INSERT INTO settings VALUES ('a', 'b', 'c')")
        db.execute("DELETE FROM events")
    assert desk.store.value("SELECT count(*) FROM settings") == 0
    assert read_case(desk, number).main_step


def test_commands_do_not_nest(desk: Desk) -> None:
    with desk.store.transaction(), pytest.raises(TrackerError, match="do not nest"), desk.store.transaction():
        pass


def test_a_locked_database_is_told_and_nothing_is_acknowledged(desk: Desk) -> None:
    number = request(desk)
    desk.store.db.execute("PRAGMA busy_timeout=50")
    other = sqlite3.connect(desk.store.path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(TrackerError, match="cannot write now"):
        run(desk, number, Sign("PKL-B-02"), HEAD, MONDAY)
    other.rollback()
    other.close()
    step = run(desk, number, Sign("PKL-B-02"), HEAD, MONDAY).main_step
    assert step is not None
    assert step.id == "PKL-B-03"


def test_a_full_disk_is_told_and_the_case_stays_as_it_was(desk: Desk) -> None:
    number = request(desk)
    pages = desk.store.value("PRAGMA page_count")
    desk.store.db.execute(f"PRAGMA max_page_count={pages}")
    version = read_case(desk, number).version
    with pytest.raises(NotStored, match="full"):
        run(desk, number, Sign("PKL-B-02", note="x" * 100_000), HEAD, MONDAY)
    assert read_case(desk, number).version == version


def test_the_store_pays_for_durability(desk: Desk) -> None:
    pragmas = {name: desk.store.value(f"PRAGMA {name}") for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def tamper(desk: Desk, statement: str) -> None:
    """What somebody with the file and no respect would do."""
    desk.store.close()
    raw = sqlite3.connect(desk.store.path)
    names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in names:
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(statement)
    raw.commit()
    raw.close()


TAMPERINGS = [
    "UPDATE events SET data = replace(data, 'proses', 'prosez') WHERE kind = 'signed' AND seq = 8",
    "UPDATE events SET actor = 'user:9' WHERE seq = 8",
    "UPDATE events SET occurred_at = replace(occurred_at, '02:01', '02:02')",
    "DELETE FROM events WHERE seq = 8",
    "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)",
    "UPDATE ledger SET receive_ceiling = receive_ceiling + 1 WHERE id = 3",
    "DELETE FROM ledger WHERE id = 3",
    "UPDATE cases SET ending = 'selesai'",
    "DELETE FROM waiting",
    "UPDATE sop_revisions SET text = text || ' '",
    "UPDATE numbers SET value = value + 1",
]


@pytest.mark.parametrize("statement", TAMPERINGS)
def test_X_AUD_the_audit_finds_a_changed_record(desk: Desk, statement: str) -> None:
    number = request(desk)
    to_technician(desk, number)
    assert audit(desk) == []
    tamper(desk, statement)
    assert audit(desk) != []


def test_X_AUD_one_flipped_bit_in_the_history_is_found(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    to_technician(desk, request(desk))
    desk.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.store.close()
    content = bytearray(desk.store.path.read_bytes())
    content[content.index(b"tindak lanjuti")] ^= 1
    desk.store.path.write_bytes(content)
    assert audit(desk) != []
    desk.store.close()


def test_rebuilding_from_the_events_gives_what_was_shown(desk: Desk) -> None:
    to_technician(desk, request(desk))
    applied(desk, "PKL-BW/2026/000001", "PKL-B-04")
    request(desk)
    before = [desk.store.rows(f"SELECT * FROM {table}") for table in ("cases", "waiting")]
    with desk.store.transaction() as db:
        db.execute("DELETE FROM waiting")
        db.execute("UPDATE cases SET step = NULL, ending = 'selesai', version = 0")
    assert rebuild(desk) == 2
    assert [desk.store.rows(f"SELECT * FROM {table}") for table in ("cases", "waiting")] == before


def test_a_clock_that_jumps_back_breaks_no_chain(desk: Desk) -> None:
    number = request(desk)
    run(desk, number, Sign("PKL-B-02"), HEAD, MONDAY - timedelta(days=3))
    assert audit(desk) == []


def test_only_the_store_speaks_with_sqlite_and_nobody_nests_its_blocks() -> None:
    for path in ROOM.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert ".atomic(" not in text, f"{path}: use Store.transaction(), which begins IMMEDIATE"
        allowed = path.parent == ROOM / "store" and path.name in ("database.py", "full_text.py")
        assert allowed or "import sqlite3" not in text, f"{path}: go through store.database"
