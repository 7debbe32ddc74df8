"""The outlook as a page: when each uplink is full, what pending requests do to it, what 100 Mbit/s more would buy."""

from flask import render_template

from request_tracker.capacity.outlook import outlooks
from request_tracker.capacity.waiting_list import waiting_list
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("outlook", __name__)


@pages.get("/prospek")
@pages.menu(MenuGroup.NETWORK, 45, ("Prospek uplink", "Outlook of the uplinks"), "see_capacity")
@needs("see_capacity")
def page() -> str:
    """Every direction of every uplink."""
    here, at = office(), now()
    lines = outlooks(here.desk, here.prometheus, waiting_list(here.desk, at), at)
    return render_template("outlook.html", lines=lines, at=at, today=here.desk.calendar.local(at).date())
