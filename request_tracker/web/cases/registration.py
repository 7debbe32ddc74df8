"""The case page's word on the monitoring (BTM-08b): going on without what it scrapes, with a reason."""

from request_tracker.capacity.registration import Overruling, register_anyway
from request_tracker.web.cases.case_pages import Answer, on_the_case
from request_tracker.web.cases.official_forms import ANYWAY
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import read_values
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("registration", __name__)
pages.declare(ANYWAY)


@pages.post("/kasus/<path:number>/pemantauan")
@needs("register_anyway")
def anyway(number: str) -> Answer:
    """End the step although the monitoring has not the new limit yet."""
    return on_the_case(number, ANYWAY, lambda: _anyway(number))


def _anyway(number: str) -> None:
    here, reason = office(), read_values(ANYWAY).sound().text("reason")
    register_anyway(here.desk, here.prometheus, Overruling(number, reason, me().who), now())
