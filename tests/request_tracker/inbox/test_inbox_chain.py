"""The inbox's chain: every act on an entry is in it, what is written by hand is found, an older inbox gets one."""

from datetime import timedelta
from pathlib import Path

import pytest
from tracker_office import MONDAY

from request_tracker.cases import Desk, OpenCase, Supplied
from request_tracker.custody.anchor import anchor_faults, read_anchor, take_anchor
from request_tracker.custody.upkeep import audit
from request_tracker.inbox.entries import hand_in
from request_tracker.inbox.sorting import EntryEnd, accept, ask_back, end_entry, reply
from request_tracker.people.inbox_privacy import entries_of_contact, erase_receipt, export_receipt
from request_tracker.store import seals
from request_tracker.store.database import Store, migrate
from request_tracker.store.inbox_chain import inbox_faults
from request_tracker.store.migrations.inbox import migrations

SECRETARY = "user:7"
HOUR = timedelta(hours=1)


def sent(desk: Desk, key: str = "form:k") -> int:
    """A request of an office, by the public form."""
    command = OpenCase(
        "PKL-BW",
        "Penambahan bandwidth",
        "dinkes",
        form={"opd": "dinkes", "wanted_receive": "50", "purpose": "uji"},
        contact={"name": "Operator", "phone": "0285 000", "email": "a@b.id", "channel": "email"},
        documents={"surat": Supplied(note="surat menyusul")},
        idempotency_key=key,
    )
    return int(hand_in(desk, command, "request", MONDAY).receipt.removeprefix("TT-"))


def sorted_inbox(desk: Desk) -> None:
    """One accepted after a question, one ended, one that waits for its sender, one that waits for the office."""
    first, second, third, _ = (sent(desk, f"form:{key}") for key in range(4))
    ask_back(desk, first, "Untuk apa?", SECRETARY, MONDAY + HOUR)
    reply(desk, first, "SIMRS", MONDAY + 2 * HOUR)
    accept(desk, first, SECRETARY, MONDAY + 3 * HOUR)
    end_entry(desk, second, EntryEnd("spam", "iklan"), SECRETARY, MONDAY + 4 * HOUR)
    ask_back(desk, third, "Siapa?", SECRETARY, MONDAY + 4 * HOUR)


def forge(desk: Desk, statement: str) -> list[str]:
    """Write by hand as whoever owns the database does: past the triggers, with true seals; what the audit says."""
    with desk.store.transaction() as db:
        db.execute("DROP TRIGGER IF EXISTS inbox_acts_no_update")
        db.execute("DROP TRIGGER IF EXISTS inbox_acts_no_delete")
        db.execute(statement)
        seals.renew(db)
    return audit(desk)


def test_a_sorted_inbox_verifies(desk: Desk) -> None:
    sorted_inbox(desk)
    assert audit(desk) == []
    assert desk.store.value("SELECT count(DISTINCT hash) FROM inbox_acts") == 9


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE inbox_acts SET text = 'lain' WHERE kind = 'ended'", "its content does not give its hash"),
        ("UPDATE inbox_acts SET data = '{ }' WHERE kind = 'asked'", "its content does not give its hash"),
        ("UPDATE inbox_acts SET data = '{' WHERE id = 1", "its content does not give its hash"),
        ("DELETE FROM inbox_acts WHERE id = 2", "does not follow the act before it"),
        ("UPDATE inbox SET outcome = 'uji_coba' WHERE id = 2", "TT-2: outcome is 'uji_coba', its acts say 'spam'"),
        ("UPDATE inbox SET sending = replace(sending, '50', '90')", "TT-1: it is not what was sent"),
        ("UPDATE inbox SET state = 'ended' WHERE id = 4", "TT-4: state is 'ended', its acts say 'waiting'"),
        ("UPDATE inbox SET complete_at = arrived_at WHERE id = 1", "TT-1: complete_at is"),
        (
            "INSERT INTO inbox SELECT 9, 'x', 'y', sop, kind, opd, subject, sending, contact, arrived_at, complete_at,"
            " state, outcome, ended_at, case_number FROM inbox WHERE id = 4",
            "TT-9: is there, and no act says so",
        ),
    ],
)
def test_what_is_written_by_hand_is_found(desk: Desk, statement: str, fault: str) -> None:
    sorted_inbox(desk)
    assert any(fault in line for line in forge(desk, statement))


def test_an_act_cut_off_at_the_end_differs_from_its_entry(desk: Desk) -> None:
    sorted_inbox(desk)
    assert any("TT-3: state" in line for line in forge(desk, "DELETE FROM inbox_acts WHERE id = 9"))


def test_the_times_of_acts_do_not_run_backwards(desk: Desk) -> None:
    id_ = sent(desk)
    ask_back(desk, id_, "Siapa?", SECRETARY, MONDAY - HOUR)
    reply(desk, id_, "Saya", MONDAY - HOUR + timedelta(minutes=1))
    times = [row["at"] for row in desk.store.rows("SELECT at FROM inbox_acts ORDER BY id")]
    assert times == sorted(times) and audit(desk) == []
    assert desk.store.value("SELECT count(*) FROM rights_journal WHERE kind = 'clock_set_back'") == 1


def test_an_anchor_holds_the_inbox_and_an_older_one_without_it_is_still_read(desk: Desk) -> None:
    sorted_inbox(desk)
    anchor = take_anchor(desk.store, MONDAY)
    older = "\n".join(line for line in anchor.text.splitlines() if not line.startswith("inbox"))
    assert anchor_faults(desk.store, read_anchor(anchor.text, "a")) == []
    assert anchor_faults(desk.store, read_anchor(older, "b")) == []
    forge(desk, "UPDATE inbox_acts SET hash = 'x' WHERE id = 9")
    assert any(line.startswith("inbox: ") for line in anchor_faults(desk.store, anchor))


def test_an_inbox_of_before_gets_its_chain_and_what_was_changed_in_it_stays_a_fault(desk: Desk, tmp_path: Path) -> None:
    sorted_inbox(desk)
    with desk.store.transaction() as db:
        db.execute("DROP TRIGGER inbox_acts_no_update")
        for act in ("INSERT", "UPDATE", "DELETE"):
            db.execute(f"DROP TRIGGER seal_inbox_acts_{act}")
        for column in ("data", "previous_hash", "hash"):
            db.execute(f"ALTER TABLE inbox_acts DROP COLUMN {column}")
        db.execute("DELETE FROM seals WHERE name = 'inbox_acts' OR (name, key) = ('', 'inbox_acts')")
        seals.renew(db)
        db.execute("DELETE FROM _sqlite_migrations WHERE migration_set = ? AND name = 'acts_in_a_chain'", ["inbox"])
        # Changed by hand before the upgrade, without its seal.
        db.execute("DROP TRIGGER seal_inbox_acts_UPDATE")
        db.execute("UPDATE inbox_acts SET actor = 'user:8' WHERE id = 9")
    desk.store.close()
    older = Store(desk.store.path)
    assert migrations.name == "inbox" and migrate(older) == ["acts_in_a_chain"]
    assert inbox_faults(older) == []
    assert [line for line in audit(Desk(older, desk.calendar, desk.city)) if "inbox_acts" in line] == [
        "inbox_acts (9,): its content does not give its seal"
    ]
    older.close()


def test_a_person_is_given_all_that_he_sent_and_is_erased_by_his_receipt(desk: Desk) -> None:
    sorted_inbox(desk)
    export = export_receipt(desk.store, "TT-2")
    assert export["contact"]["phone"] == "0285 000"
    assert [entry["receipt"] for entry in export["inbox"]] == ["TT-1", "TT-2", "TT-3", "TT-4"]
    assert export["inbox"][1]["outcome"] == "spam" and export["inbox"][0]["acts"][2]["text"] == "SIMRS"
    erase_receipt(desk.store, "TT-2", MONDAY + HOUR)
    contact = export_receipt(desk.store, "TT-2")["contact"]
    assert contact["phone"] is None and contact["masked_at"]
    assert [entry["receipt"] for entry in entries_of_contact(desk.store, contact["id"])] == ["TT-2"]
    assert audit(desk) == []
