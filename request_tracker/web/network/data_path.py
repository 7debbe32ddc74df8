"""The way of the data as a page: what ``lebarpita doctor`` found, the first fault and its cure first. Changes nothing.

A look shows the last run; a button begins another beside the server, and the page renews itself until that has ended.
"""

from datetime import timedelta

from flask import Response, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as Redirect

from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import Conduct, PageGroup, PageLimit

# A run asks every device: one person who presses again and again begins no more of them than a person needs.
pages = PageGroup("data_path", __name__, Conduct(limits=(PageLimit("20/minute", ("POST",)),)))
# How it was then says little of how it is now.
FRESH = timedelta(minutes=15)
# A run takes some seconds to three quarters of a minute; looking costs a page of some kilobytes.
LOOK_SECONDS = 3


@pages.get("/jalan-data")
@pages.menu(MenuGroup.INSPECTION, 60, ("Jalan data", "Data path"), "examine")
@needs("examine")
def page() -> Response:
    """What the last run found, with its age; renewed by itself while one is under way."""
    examination = office().examination
    last, running = examination.standing() if examination else (None, None)
    old = last is not None and now() - last.at > FRESH
    answer = make_response(
        render_template("data_path.html", last=last, running=running, old=old, offered=examination is not None)
    )
    if running is not None:
        answer.headers["Refresh"] = str(LOOK_SECONDS)
    return answer


@pages.post("/jalan-data")
@needs("examine")
def begin() -> Redirect:
    """Begin a run where none is under way; nothing is changed by it."""
    if (examination := office().examination) is not None:
        examination.begin()
    return redirect(url_for("data_path.page"))
