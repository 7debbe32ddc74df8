"""What forms have done: forms that were answered and the database afterwards in, right and wrong ones out.

An answer proves nothing: a form counts as done only where what it was for stands in the database, exactly once, and its
paper on the disk. More new cases than forms that asked for one is a form that was done twice.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from request_tracker.bench.forms import KINDS
from request_tracker.bench.people import PageTimes, SentErrand, line_of
from request_tracker.errors import TrackerError
from request_tracker.store import files
from request_tracker.store.database import Store


def checked(store: Store, folder: Path, sent: Sequence[SentErrand]) -> list[SentErrand]:
    """The same with ``right`` only where the database says so too."""
    return [form if not form.right else replace(form, right=_took_effect(store, folder, form)) for form in sent]


def form_lines(sent: Sequence[SentErrand]) -> list[PageTimes]:
    """One line for each kind of form that was sent."""
    by_kind = {kind: [form for form in sent if form.errand.form == kind] for kind in KINDS}
    return [
        line_of(kind, [(form.milliseconds, form.right) for form in forms], form=True)
        for kind, forms in by_kind.items()
        if forms
    ]


def doubled(store: Store, before: int, sent: Sequence[SentErrand]) -> int:
    """How many entries the inbox has since ``before`` (the last one's number in the table) that no form asked for."""
    new = int(store.value("SELECT count(*) FROM inbox WHERE id > ?", [before]))
    return max(0, new - len({form.key for form in sent if form.key}))


def _took_effect(store: Store, folder: Path, form: SentErrand) -> bool:
    values: dict[str, Any] = {"key": form.key, **form.errand.values, **form.errand.facts}
    # Named values and not a list: each statement takes those it needs.
    (count,) = store.db.conn.execute(form.errand.effect, values).fetchone()
    return count == 1 and (form.errand.file is None or _lies(store, folder, form.errand.file.name))


def _lies(store: Store, folder: Path, name: str) -> bool:
    """Whether the paper of that name can be read and gives its hash."""
    sha256 = store.value("SELECT sha256 FROM files WHERE name = ?", [name])
    try:
        return sha256 is not None and bool(files.read(folder, sha256))
    except TrackerError:
        return False
