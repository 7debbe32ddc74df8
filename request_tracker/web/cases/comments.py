"""Comments on a case: notes that stay inside, answers to its requester, and what the requester writes back.

All are kept as events. Of a complaint the first answer ends the three days for it (PKL-P).
"""

from collections.abc import Iterable

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from request_tracker.cases import Event, Note
from request_tracker.errors import Refused
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.form_values import MAX_NOTE
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.signing import SentForm, act_on
from request_tracker.words.bilingual import Both

pages = PageGroup("comments", __name__)
PUBLIC, INTERNAL = "public_comment", "internal_note"


@pages.post("/kasus/<path:number>/tanggapan")
@needs("answer")
def answer(number: str) -> Response:
    """Write to the requester, who is told and reads it by the secret link."""
    return _write(number, PUBLIC)


@pages.post("/kasus/<path:number>/catatan")
@needs("note")
def note(number: str) -> Response:
    """Write for colleagues and the auditor only; the supervisor comments so too (PKL-S-09)."""
    return _write(number, INTERNAL)


def comments(events: Iterable[Event], internal: bool) -> list[Event]:
    """What was written to and by the requester, oldest first; with the notes that stay inside where asked for."""
    kinds = {PUBLIC, INTERNAL} if internal else {PUBLIC}
    return [event for event in events if event.kind in kinds and event.data.get("text")]


def text_of(place: str) -> str:
    """What stands in the form. Raises Refused where it is empty."""
    text = request.form.get("text", "").strip()[:MAX_NOTE]
    if not text:
        raise Refused("missing_field", fields=Both("tulisan", "what you write"), step=place)
    return text


def _write(number: str, kind: str) -> Response:
    page = url_for("cases.case", number=number, _anchor="komentar")
    act_on(number, Note(kind, {"text": text_of(number)}), SentForm(leads_to=page))
    return redirect(page)
