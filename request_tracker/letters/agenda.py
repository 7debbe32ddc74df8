"""The secretariat's agenda: letters in and out with their agenda numbers and the e-office's (SRIKANDI) own reference.

Numbers are per direction and year, without gaps. When a letter came or went and when it was written down are both
kept; an entry made later than its day is marked. The tracker refers to the e-office and never replaces it.

A letter that names a case is an event of that case: its numbers stand on the case's page and papers, and search finds
them. A letter out without a number gets one by the office's pattern.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from request_tracker.cases import Desk, Note, Who
from request_tracker.cases.commands import run_inside
from request_tracker.config import Office
from request_tracker.errors import Refused
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.store.search import INDEXED_LETTERS, phrase
from request_tracker.words.bilingual import Both, joined

IN, OUT = "masuk", "keluar"
# A letter that is written down later than this after it came is marked; the secretariat writes within the hour.
LATER_THAN = timedelta(hours=1)


@dataclass(frozen=True)
class Letter:
    """A line of the register; dates of letters are ISO days."""

    direction: str
    letter_number: str
    letter_date: str
    party: str
    subject: str
    eoffice_number: str = ""
    eoffice_link: str = ""
    case_number: str | None = None


@dataclass(frozen=True, kw_only=True)
class Registration:
    """The act of writing a letter down: when it came or went, when it is written down, what carries its number.

    ``paper``: the word of the numbering of a case's paper that the number of a letter out is printed on, if any.
    """

    letter: Letter
    occurred_at: datetime
    recorded_at: datetime
    paper: str = ""


def register_letter(desk: Desk, office: Office, registration: Registration, who: Who) -> int:
    """Write a letter down; its agenda number. Refused where something is missing or the case is not known."""
    letter, now = registration.letter, registration.recorded_at
    _check(registration)
    store, year = desk.store, desk.calendar.local(now).year
    with store.transaction() as db:
        if letter.case_number and not store.row("SELECT 1 FROM cases WHERE number = ?", [letter.case_number]):
            raise Refused("unknown_case", number=letter.case_number)
        last = store.value(
            "SELECT max(agenda) FROM letter_register WHERE direction = ? AND year = ?", [letter.direction, year]
        )
        agenda = int(last or 0) + 1
        if not letter.letter_number:
            letter = replace(letter, letter_number=number_of(office, agenda, year))
        row = {**asdict(letter), "year": year, "agenda": agenda, "recorded_by": who.person}
        times = {"occurred_at": stamp(registration.occurred_at), "recorded_at": stamp(now)}
        db.table("letter_register").insert({**row, **times})
        if letter.case_number:
            note = _note(replace(registration, letter=letter), agenda, year)
            run_inside(desk, db, letter.case_number, note, who, now)
    return agenda


def _check(registration: Registration) -> None:
    letter = registration.letter
    if letter.direction not in (IN, OUT):
        raise Refused("bad_field", field=Both("arah", "direction"), reason=Both("masuk atau keluar", "in or out"))
    missing = [
        name
        for name, value in (
            (Both("nomor surat", "letter number"), letter.letter_number),
            (Both("pihak", "party"), letter.party),
            (Both("hal", "subject"), letter.subject),
        )
        if not value.strip() and not (letter.direction == OUT and value is letter.letter_number)
    ]
    if missing:
        raise Refused("missing_here", fields=joined(missing))
    if letter.eoffice_link and not letter.eoffice_link.startswith("https://"):
        must = Both("harus dimulai dengan https://", "must begin with https://")
        raise Refused("bad_field", field=Both("tautan e-office", "e-office link"), reason=must)
    if registration.occurred_at > registration.recorded_at:
        future = Both("belum terjadi", "has not come yet")
        raise Refused("bad_field", field=Both("waktu kejadian", "time it happened"), reason=future)


def _note(registration: Registration, agenda: int, year: int) -> Note:
    """The event of the case that a letter names."""
    letter = registration.letter
    numbers = {"direction": letter.direction, "agenda": agenda, "year": year, "number": letter.letter_number}
    dates = {"date": letter.letter_date, "received_on": stamp(registration.occurred_at)}
    eoffice = {"eoffice": letter.eoffice_number, "eoffice_link": letter.eoffice_link}
    return Note("letter_registered", {**numbers, **dates, **eoffice, "paper": registration.paper})


def number_of(office: Office, agenda: int, year: int) -> str:
    """The number of a letter out by the office's own pattern. Refused where the pattern is none."""
    parts = {"classification": office.classification, "sequence": agenda, "unit": office.unit, "year": year}
    try:
        return office.letter_number.format(**parts)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        names = ", ".join(f"{{{key}}}" for key in parts)
        allowed = Both(f"hanya boleh memuat {names}", f"may only hold {names}")
        place = Both("pola nomor surat kantor (office.letter_number)", "the office's pattern (office.letter_number)")
        raise Refused("bad_field", field=place, reason=allowed) from error


def letters(store: Store, direction: str, text: str = "", limit: int = 100) -> list[Row]:
    """The newest letters of a direction; ``later`` marks what was written down afterwards."""
    condition, values = _matching(text)
    rows = store.rows(
        f"SELECT * FROM letter_register WHERE direction = ? AND {condition} ORDER BY id DESC LIMIT ?",
        [direction, *values, limit],
    )
    return [{**row, "later": _later(row)} for row in rows]


def _matching(text: str) -> tuple[str, list[str]]:
    """Which letters hold the text: pieces of three letters and more by the index, shorter ones by reading."""
    if len(text) >= INDEXED_LETTERS:
        return "id IN (SELECT rowid FROM letters_search WHERE letters_search MATCH ?)", [phrase(text)]
    like = f"%{text}%"
    return "(letter_number LIKE ? OR party LIKE ? OR subject LIKE ? OR eoffice_number LIKE ?)", [like] * 4


def _later(row: Row) -> bool:
    return datetime.fromisoformat(row["recorded_at"]) - datetime.fromisoformat(row["occurred_at"]) > LATER_THAN
