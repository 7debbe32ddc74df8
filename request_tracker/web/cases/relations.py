"""Linking a case to another from its page, by number; both pages then show the other."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from request_tracker.cases.relations import Relation, relate
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("relations", __name__)


@pages.post("/kasus/<path:number>/terkait")
@needs("relate")
def change(number: str) -> Response:
    """Link, or take a link away."""
    other = request.form.get("other", "").strip().upper()[:40]
    relate(office().desk, Relation(number, other, request.form.get("act") == "remove"), me().who, now())
    return redirect(url_for("cases.case", number=number, _anchor="terkait"))
