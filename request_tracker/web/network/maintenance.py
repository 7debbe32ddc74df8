"""Announcing maintenance: who works on what and when; the public status page tells it, paging is silent meanwhile."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import BadForm
from request_tracker.outages.maintenance import announce, finish, windows
from request_tracker.outages.weekly_work import end_weekly
from request_tracker.outages.work_scope import scopes
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import when, when_day
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number

pages = PageGroup("maintenance", __name__)


@pages.get("/pemeliharaan")
@pages.menu(MenuGroup.NETWORK, 50, ("Pemeliharaan", "Maintenance"))
@needs("see_cases")
def listing() -> str:
    """Windows that run or are to come."""
    roots = scopes(office().desk.city)
    return render_template("maintenance.html", rows=windows(office().desk.store, now()), roots=roots)


@pages.post("/pemeliharaan")
@needs("announce_maintenance")
def change() -> Response:
    """Announce a window, or end one early."""
    desk = office().desk
    if series := form_number("once"):
        end_weekly(desk.store, series)
        return redirect(url_for("maintenance.listing"))
    over = form_number("finish")
    if over:
        finish(desk.store, over, now())
        return redirect(url_for("maintenance.listing"))
    starts, ends = when("starts"), when("ends")
    root = request.form.get("root", "")
    if root not in scopes(desk.city):
        raise BadForm("unknown_root", root=repr(root))
    if starts is None or ends is None:
        raise BadForm("no_hours")
    last = when_day("weekly_until")
    announce(desk.store, root, (starts, ends), request.form.get("reason", ""), me().named(), last)
    office().hurry()
    return redirect(url_for("maintenance.listing"))
