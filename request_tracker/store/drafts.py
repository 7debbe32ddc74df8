"""Half-filled forms: what a person has typed into a step's form, kept until the step is signed (BTM-05, PKL-G-04).

A draft is nobody's act: it stands beside the case, not in its chain, and is gone once the step is signed or the case
ends.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from request_tracker.store.chain import canonical, stamp
from request_tracker.store.database import Store

MAX_TEXT = 4000  # A page of writing; the fields of the forms themselves take less.
Values = Mapping[str, str]


def keep(store: Store, place: tuple[str, str, str], values: Values, now: datetime) -> None:
    """Keep what was typed; ``place`` is case, step and person. Nothing typed is no draft."""
    typed = {key: value[:MAX_TEXT] for key, value in values.items() if value.strip()}
    number, step, person = place
    with store.transaction() as db:
        # Here, because whoever types is sure to come by: no job of its own for what an ended case left.
        db.execute("DELETE FROM drafts WHERE case_number IN (SELECT number FROM cases WHERE ending IS NOT NULL)")
        db.execute("DELETE FROM drafts WHERE case_number = ? AND step = ? AND person = ?", [number, step, person])
        if typed:
            row = {"case_number": number, "step": step, "person": person}
            db.table("drafts").insert({**row, "data": canonical(typed), "saved_at": stamp(now)})


def forget(db: Database, place: tuple[str, str, str]) -> None:
    """Inside the transaction that signs the step: its draft has done its work."""
    db.execute("DELETE FROM drafts WHERE case_number = ? AND step = ? AND person = ?", place)


def drafts_of(store: Store, number: str, person: str) -> dict[str, dict[str, str]]:
    """A person's drafts of a case, by step."""
    rows = store.rows("SELECT step, data FROM drafts WHERE case_number = ? AND person = ?", [number, person])
    return {row["step"]: json.loads(row["data"]) for row in rows}
