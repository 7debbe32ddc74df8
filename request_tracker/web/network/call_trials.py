"""Trials of the calls for outages as a page: who would be called, by which way, and who confirmed a trial when.

A button sends everybody one; the link in it confirms without a log-in (``acknowledge_link``).
"""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as Redirect

from request_tracker.outages.call_trials import CONFIRMED_FOR, begin_trial, call_people
from request_tracker.people.roles import ROLE_NAMES
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import Conduct, PageGroup, PageLimit

# Each press is a message on every telephone of the chain; a second one for who was away is enough.
pages = PageGroup("call_trials", __name__, Conduct(limits=(PageLimit("4/hour", ("POST",)),)))


@pages.get("/uji-panggilan")
@pages.menu(MenuGroup.INSPECTION, 61, ("Uji panggilan", "Trial calls"), "examine")
@needs("examine")
def listing() -> str:
    """Everybody whom an outage may call; red is who has confirmed no trial for a month."""
    people = call_people(office().desk.store, now())
    return render_template("call_trials.html", people=people, roles=ROLE_NAMES, days=CONFIRMED_FOR.days)


@pages.post("/uji-panggilan")
@needs("examine")
def begin() -> Redirect:
    """Send each of them a trial by the outbox, as a call for an outage goes."""
    begin_trial(office().desk, now())
    return redirect(url_for("call_trials.listing"))
