"""Opening an ended case again, from its page: an official's act outside the SOP's steps.

Only the requester takes a request back, by the secret link; for staff there is no such form.
"""

from datetime import datetime

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from request_tracker.cases import Case, Reopen, Who
from request_tracker.cases.decide import REOPEN_WITHIN, REOPENS
from request_tracker.sop.model import Sop, Step
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on

pages = PageGroup("reopen", __name__)
# Characters of a step's name (the longest of ours has 8) and of the reason, as its field on the page says.
MAX_STEP, MAX_NOTE = 40, 1000


def steps_to_reopen(case: Case, sop: Sop, who: Who, at: datetime) -> tuple[Step, ...]:
    """The steps at which this person may open the ended case again, the last one first; empty where he may not."""
    return reopenable(case, sop, at) if who.acting_roles & (REOPENS - {"requester"}) else ()


def reopenable(case: Case, sop: Sop, at: datetime) -> tuple[Step, ...]:
    """The steps of a case that ended less than seven days ago, the last one first."""
    if case.ended_at is None or at - case.ended_at > REOPEN_WITHIN:
        return ()
    return tuple(sop.step(name) for name in reversed(dict.fromkeys(case.visited)) if name in sop.steps)


@pages.post("/kasus/<path:number>/buka")
@needs("see_cases")
def reopen(number: str) -> Response:
    """Open an ended case again at one of its steps, with the reason."""
    command = Reopen(request.form.get("step", "")[:MAX_STEP], request.form.get("note", "").strip()[:MAX_NOTE])
    page = url_for("cases.case", number=number)
    act_on(number, command, SentForm(form_number("version"), leads_to=page))
    return redirect(page)
