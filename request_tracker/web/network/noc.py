"""The NOC's list: open outage tickets on one dark page that renews itself, by age or by lateness. Changes nothing."""

import json
from datetime import datetime
from typing import Any

from flask import Response, make_response, render_template, request

from request_tracker.outages.tickets import open_tickets
from request_tracker.store.database import Row
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("noc", __name__)
# Half of the minute within which the worker reconciles tickets, so that the page adds little to its delay.
RENEW_SECONDS = 30
LATENESS, AGE = "terlambat", "umur"


@pages.get("/noc")
@pages.menu(MenuGroup.NETWORK, 10, ("Daftar NOC", "NOC list"))
@needs("see_cases")
def listing() -> Response:
    """Tickets whose case is open; ``?urut=umur`` puts the oldest first, else the latest; ``?diam=1`` holds still."""
    order = AGE if request.args.get("urut") == AGE else LATENESS
    at = now()
    rows = in_order([line(row, at) for row in open_tickets(office().desk)], order)
    renew = 0 if "diam" in request.args else RENEW_SECONDS
    page = make_response(render_template("noc.html", rows=rows, order=order, at=at, renew=renew))
    if renew:
        page.headers["Refresh"] = str(renew)
    return page


def line(row: Row, at: datetime) -> dict[str, Any]:
    """A ticket with its age and how late its step is, in seconds; ``late`` is negative before the deadline."""
    due = datetime.fromisoformat(row["due_at"]) if row["due_at"] else None
    late = (at - due).total_seconds() if due else None
    age = (row["ended_at"] or at.timestamp()) - row["started_at"]
    return {**row, "offices": json.loads(row["offices"]), "age": age, "late": late}


def in_order(rows: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    """Lines still down before restored ones; then the oldest, or the latest, first."""
    key = "age" if order == AGE else "late"
    return sorted(rows, key=lambda row: (row["ended_at"] is not None, row[key] is None, -(row[key] or 0)))
