"""The page behind a page's link: one look shows what is down, one button takes it. No log-in (REFERENCE 6.7)."""

import json

from flask import current_app, render_template

from request_tracker.errors import Refused
from request_tracker.outages.answer_links import TRIAL, read_link, use_link
from request_tracker.outages.tickets import ticket
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import FORM_LIMIT, Conduct, PageGroup

pages = PageGroup("acknowledge_link", __name__, Conduct(limits=(FORM_LIMIT,)))


@pages.get("/tanggap/<token>")
@seen_by(Audience.LINK, "what is down, for who is called", "the link of his call")
def look(token: str) -> str:
    """What is down. Looking takes nothing: previews and scanners look too."""
    answer, _ = read_link(office().desk, _key(), token, now())
    return _page(answer.number)


@pages.post("/tanggap/<token>")
@seen_by(Audience.LINK, "he takes the outage, once", "the link of his call")
def take(token: str) -> str:
    """Take it."""
    answer, _ = read_link(office().desk, _key(), token, now())
    first = use_link(office().desk, _key(), token, now())
    return _page(answer.number, first)


def _key() -> bytes:
    return bytes(current_app.config["SECRET_KEY"])


def _page(number: str, first: bool | None = None) -> str:
    if number == TRIAL:
        return render_template("call_trial_link.html", confirmed=first)
    row = ticket(office().desk, number)
    if row is None:
        raise Refused("unknown_case", number=number)
    return render_template(
        "acknowledge_link.html", ticket=row, offices=json.loads(row["offices"]), first=first, at=now()
    )
