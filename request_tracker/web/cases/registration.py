"""The case page's word on the monitoring (BTM-08b): what is scraped now, and going on without it with a reason."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from request_tracker.capacity.registration import Overruling, register_anyway
from request_tracker.cases import Case
from request_tracker.evidence.limit import ScrapedLimits, scraped
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("registration", __name__)
# Characters, as the field on the page says.
MAX_REASON = 1000


@pages.post("/kasus/<path:number>/pemantauan")
@needs("register_anyway")
def anyway(number: str) -> Response:
    """End the step although the monitoring has not the new limit yet."""
    here, reason = office(), request.form.get("reason", "").strip()[:MAX_REASON]
    register_anyway(here.desk, here.prometheus, Overruling(number, reason, me().who), now())
    return redirect(url_for("cases.case", number=number))


def scraped_now(case: Case) -> ScrapedLimits | None:
    """What the monitoring holds for a case whose proven allocation waits for it; None where nothing waits."""
    if case.awaiting is None or case.verified != case.awaiting:
        return None
    return scraped(office().prometheus, office().desk.store, str(case.opd), now())
