"""Answers to the person behind a case: written by staff, kept as events, shown on the person's own page."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from request_tracker.cases import Event, Note, run
from request_tracker.errors import Refused
from request_tracker.web.access import me, needs
from request_tracker.web.office import now, office

pages = Blueprint("answers", __name__)
MAX_TEXT = 4000


@pages.post("/kasus/<path:number>/tanggapan")
@needs("answer")
def answer(number: str) -> Response:
    """Write to the requester; of a complaint the first answer ends the three days for it (PKL-P)."""
    text = request.form.get("text", "").strip()[:MAX_TEXT]
    if not text:
        raise Refused("missing_field", fields="tanggapan", step=number)
    run(office().desk, number, Note("public_comment", {"text": text}), me().who, now())
    return redirect(url_for("cases.case", number=number))


def answers(events: list[Event]) -> list[Event]:
    """What was answered, oldest first."""
    return [event for event in events if event.kind == "public_comment" and event.data.get("text")]
