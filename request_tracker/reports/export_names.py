"""Names beside codes in the exports that people read: a desk in, what each code is called out.

A code stays, since it joins the tables with each other; the column after it says what a person calls it. The machine's
form (JSON) has codes alone.
"""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from inventory.titles import titles
from request_tracker.cases import Desk
from request_tracker.people.accounts import name_of
from request_tracker.sop.register import by_hash
from request_tracker.words.bilingual import Both
from request_tracker.words.spreadsheet_text import Cell

Naming = Callable[[Any], Cell]
PERSON, OPD, OPDS, LINE, STEP = "person", "opd", "opds", "line", "step"
# Which column holds codes of which kind, and what the column of their names is called.
_NAMED: dict[str, tuple[str, Both]] = {
    "opd": (OPD, Both("OPD", "Office")),
    "offices": (OPDS, Both("OPD terdampak", "Offices concerned")),
    "root": (LINE, Both("Nama tempat putus", "Name of the place")),
    "step": (STEP, Both("Nama langkah", "Name of the step")),
    "assignee": (PERSON, Both("Petugas", "Technician")),
    "actor": (PERSON, Both("Pelaku", "Actor")),
    "on_behalf_of": (PERSON, Both("Atas nama", "On behalf of")),
    "acknowledged_by": (PERSON, Both("Ditangani oleh", "Acknowledged by")),
    "recorded_by": (PERSON, Both("Dicatat oleh", "Recorded by")),
}
_OF_A_TABLE = {("rights", "subject"): (PERSON, Both("Perihal", "About"))}


def naming_of(table: str, column: str) -> tuple[str, Both] | None:
    """The kind of the codes in a column and the heading of their names; None where a column holds no codes."""
    return _OF_A_TABLE.get((table, column)) or _NAMED.get(column)


def export_names(desk: Desk) -> Mapping[str, Naming]:
    """What the codes of each kind are called; one without a name is called as it is written."""
    opds = {opd.code: opd.name for opd in desk.city.opds}
    lines, steps = titles(desk.city), _steps(desk)
    return {
        PERSON: functools.cache(lambda reference: name_of(desk.store, reference)),
        OPD: lambda code: opds.get(code, code),
        OPDS: functools.cache(lambda text: _listed(text, opds)),
        LINE: lambda key: lines.get(key, key),
        STEP: lambda step: steps.get(step, step),
    }


def _steps(desk: Desk) -> dict[str, str]:
    """Every step's text; of two revisions of one SOP the later one says."""
    rows = desk.store.rows("SELECT hash FROM sop_revisions ORDER BY code, revision")
    return {step.id: step.text for row in rows for step in by_hash(desk.store, row["hash"]).steps.values()}


def _listed(text: str, opds: Mapping[str, str]) -> str:
    try:
        codes = json.loads(text)
    except ValueError:
        return text
    return ", ".join(opds.get(code, str(code)) for code in codes) if isinstance(codes, list) else text
