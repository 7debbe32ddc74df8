"""Who a reference is on an official paper: name, position, rank and NIP of an account, name and position of a contact.

Personal data (UU 27/2022): read where a paper is made, never put into an event. What is not known stays empty.
"""

from dataclasses import dataclass

from request_tracker.errors import BadForm
from request_tracker.people.accounts import name_of
from request_tracker.store.database import Store

LONGEST = 120  # One line under a signature.
NIP_DIGITS = 18  # Date of birth (8), month of appointment (6), sex (1) and a running number (3).


@dataclass(frozen=True)
class PrintedPerson:
    """A person as a paper prints him."""

    name: str
    position: str = ""
    rank: str = ""
    nip: str = ""


def named(store: Store, reference: str | None) -> PrintedPerson:
    """The person behind ``user:N`` or ``contact:N``; an erased contact is ``Pemohon`` again."""
    kind, _, number = (reference or "").partition(":")
    if kind == "user" and number.isdecimal():
        row = store.row("SELECT position, rank, nip FROM official_details WHERE user_id = ?", [int(number)]) or {}
        return PrintedPerson(name_of(store, reference), *(row.get(key) or "" for key in ("position", "rank", "nip")))
    if kind == "contact" and number.isdecimal():
        row = store.row("SELECT name, position FROM contacts WHERE id = ?", [int(number)]) or {}
        return PrintedPerson(row.get("name") or name_of(store, reference), row.get("position") or "")
    return PrintedPerson(name_of(store, reference))


def put_details(store: Store, user: int, position: str, rank: str, nip: str) -> None:
    """Keep what an account's papers print. Raises BadForm for a NIP that is none."""
    digits = nip.replace(" ", "")
    if digits and (not digits.isdecimal() or len(digits) != NIP_DIGITS):
        raise BadForm("bad_nip", nip=repr(nip[:40]), digits=NIP_DIGITS)
    row = {"user_id": user, "position": position.strip()[:LONGEST], "rank": rank.strip()[:LONGEST], "nip": digits}
    with store.transaction() as db:
        db.table("official_details").upsert(row, pk="user_id")
