"""Files of forms that became no case: kept for the form, then removed; what a case or the inbox names stays."""

import hashlib
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from tracker_office import LETTER, MONDAY, REQUESTER, WANTED
from tracker_papers import PDF

from request_tracker.cases import Desk, Note, OpenCase, Who, open_case, run
from request_tracker.custody.upkeep import audit
from request_tracker.inbox.entries import hand_in
from request_tracker.inbox.entry import BY_STAFF
from request_tracker.inbox.sorting import EntryEnd, accept, end_entry
from request_tracker.store.document import Supplied
from request_tracker.store.files import PaperFile, keep, path_of
from request_tracker.store.parked_files import (
    BACKUP_TIME,
    ENDED_KEPT,
    GRACE,
    STAFF_KEPT,
    STRANGER_KEPT,
    is_kept,
    park,
    parked,
    remove_abandoned,
)

NAME = hashlib.sha256(PDF).hexdigest()
STRANGERS_END = MONDAY + STRANGER_KEPT + GRACE
STAFFS_END = MONDAY + STAFF_KEPT + GRACE
STEP = timedelta(seconds=1)


def arrive(desk: Desk, folder: Path, at: datetime = MONDAY, stranger: bool = True) -> Supplied:
    """A file as a form brings it."""
    with desk.store.transaction() as db:
        park(db, NAME, len(PDF), stranger, at)
        return keep(db, folder, PaperFile(PDF, "surat.pdf", "application/pdf"), at)


def wish(paper: Supplied) -> OpenCase:
    return OpenCase("PKL-BW", "uji", "dinkes", form=WANTED, documents={"surat": paper})


@pytest.mark.parametrize(("stranger", "end"), [(True, STRANGERS_END), (False, STAFFS_END)])
def test_a_file_that_no_form_took_up_is_removed_after_its_time(
    desk: Desk, tmp_path: Path, stranger: bool, end: datetime
) -> None:
    arrive(desk, tmp_path, stranger=stranger)
    assert remove_abandoned(desk.store, tmp_path, end - STEP) == [] and path_of(tmp_path, NAME).exists()
    assert is_kept(desk.store, NAME, end - GRACE - STEP) and not is_kept(desk.store, NAME, end - GRACE)
    assert remove_abandoned(desk.store, tmp_path, end) == [NAME[:12]]
    assert desk.store.value("SELECT count(*) FROM files") == 0 and not is_kept(desk.store, NAME, MONDAY)
    assert audit(desk, tmp_path) == []


def test_a_backup_that_has_copied_the_database_still_finds_the_file_for_a_day(desk: Desk, tmp_path: Path) -> None:
    arrive(desk, tmp_path)
    remove_abandoned(desk.store, tmp_path, STRANGERS_END)
    remove_abandoned(desk.store, tmp_path, STRANGERS_END + BACKUP_TIME)
    assert path_of(tmp_path, NAME).exists()
    remove_abandoned(desk.store, tmp_path, STRANGERS_END + BACKUP_TIME + STEP)
    assert not path_of(tmp_path, NAME).exists()
    assert desk.store.value("SELECT count(*) FROM parked_files") == 0


def test_the_same_file_sent_again_before_it_is_unlinked_stays(desk: Desk, tmp_path: Path) -> None:
    arrive(desk, tmp_path)
    remove_abandoned(desk.store, tmp_path, STRANGERS_END)
    again = STRANGERS_END + STEP
    open_case(desk, wish(arrive(desk, tmp_path, again)), REQUESTER, again)
    assert remove_abandoned(desk.store, tmp_path, again + STAFF_KEPT * 2) == []
    assert path_of(tmp_path, NAME).read_bytes() == PDF and audit(desk, tmp_path) == []


def test_what_a_case_names_is_parked_no_more_and_never_removed(desk: Desk, tmp_path: Path) -> None:
    open_case(desk, wish(arrive(desk, tmp_path)), REQUESTER, MONDAY)
    assert parked(desk.store) == {"strangers": (1, len(PDF)), "staff": (0, 0)}
    assert remove_abandoned(desk.store, tmp_path, STRANGERS_END + STAFF_KEPT) == []
    assert parked(desk.store)["strangers"] == (0, 0) and audit(desk, tmp_path) == []


def test_a_photograph_that_a_note_names_is_used(desk: Desk, tmp_path: Path) -> None:
    number = open_case(desk, wish(LETTER), REQUESTER, MONDAY).number
    arrive(desk, tmp_path, stranger=False)
    officer = Who("user:1", frozenset({"technician"}))
    run(desk, number, Note("internal_note", {"text": f"foto: /berkas/{NAME}"}), officer, MONDAY)
    assert remove_abandoned(desk.store, tmp_path, STAFFS_END) == []
    assert is_kept(desk.store, NAME, STAFFS_END)


def test_a_content_that_a_case_has_already_is_not_parked_by_whoever_sends_it_again(desk: Desk, tmp_path: Path) -> None:
    open_case(desk, wish(arrive(desk, tmp_path)), REQUESTER, MONDAY)
    remove_abandoned(desk.store, tmp_path, MONDAY + STEP)
    arrive(desk, tmp_path, MONDAY + timedelta(days=1))
    assert parked(desk.store)["strangers"] == (0, 0)


def test_an_open_entry_of_the_inbox_keeps_its_file_and_takes_it_into_its_case(desk: Desk, tmp_path: Path) -> None:
    hand_in(desk, wish(arrive(desk, tmp_path)), "request", MONDAY)
    assert remove_abandoned(desk.store, tmp_path, STRANGERS_END) == []
    accept(desk, 1, "user:1", STRANGERS_END)
    assert remove_abandoned(desk.store, tmp_path, STRANGERS_END + STAFF_KEPT) == []
    assert audit(desk, tmp_path) == [] and parked(desk.store)["strangers"] == (0, 0)


def test_the_file_of_spam_goes_a_month_after_it_was_ended(desk: Desk, tmp_path: Path) -> None:
    hand_in(desk, wish(arrive(desk, tmp_path)), "request", MONDAY)
    assert "spam" in BY_STAFF
    end_entry(desk, 1, EntryEnd("spam", "iklan"), "user:1", MONDAY)
    assert remove_abandoned(desk.store, tmp_path, MONDAY + ENDED_KEPT - STEP) == []
    assert remove_abandoned(desk.store, tmp_path, MONDAY + ENDED_KEPT) == [NAME[:12]]
    assert audit(desk, tmp_path) == []


def test_what_staff_send_again_lies_as_long_as_theirs(desk: Desk, tmp_path: Path) -> None:
    arrive(desk, tmp_path)
    arrive(desk, tmp_path, MONDAY + timedelta(days=1), stranger=False)
    assert remove_abandoned(desk.store, tmp_path, STRANGERS_END) == []
    assert parked(desk.store) == {"strangers": (0, 0), "staff": (1, len(PDF))}


def test_half_of_two_parked_files_is_removed(desk: Desk, tmp_path: Path) -> None:
    arrive(desk, tmp_path)
    with desk.store.transaction() as db:
        other = BytesIO(b"isi lain").read()
        park(db, hashlib.sha256(other).hexdigest(), len(other), True, STRANGERS_END)
        keep(db, tmp_path, PaperFile(other, "b.txt", "text/plain"), STRANGERS_END)
    assert remove_abandoned(desk.store, tmp_path, STRANGERS_END) == [NAME[:12]]
    assert [row["name"] for row in desk.store.rows("SELECT name FROM files")] == ["b.txt"]
