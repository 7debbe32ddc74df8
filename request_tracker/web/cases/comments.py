"""Comments on a case: notes that stay inside, answers to its requester, and what the requester writes back.

All are kept as events. Of a complaint the first answer ends the three days for it (PKL-P).
"""

from flask import url_for

from request_tracker.cases import Note
from request_tracker.web.cases.case_pages import Answer, on_the_case
from request_tracker.web.cases.comment_list import INTERNAL, PUBLIC
from request_tracker.web.cases.official_forms import ANSWER, INTERNAL_NOTE
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.declared_forms import DeclaredForm, read_values
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.signing import SentForm, act_on

pages = PageGroup("comments", __name__)
pages.declare(ANSWER)
pages.declare(INTERNAL_NOTE)


@pages.post("/kasus/<path:number>/tanggapan")
@needs("answer")
def answer(number: str) -> Answer:
    """Write to the requester, who is told and reads it by the secret link."""
    return on_the_case(number, ANSWER, lambda: _write(number, PUBLIC, ANSWER), "komentar")


@pages.post("/kasus/<path:number>/catatan")
@needs("note")
def note(number: str) -> Answer:
    """Write for colleagues and the auditor only; the supervisor comments so too (PKL-S-09)."""
    return on_the_case(number, INTERNAL_NOTE, lambda: _write(number, INTERNAL, INTERNAL_NOTE), "komentar")


def _write(number: str, kind: str, form: DeclaredForm) -> None:
    text = read_values(form).sound().text("text")
    page = url_for("cases.case", number=number, _anchor="komentar")
    act_on(number, Note(kind, {"text": text}), SentForm(leads_to=page))
