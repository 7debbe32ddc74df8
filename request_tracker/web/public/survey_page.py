"""The satisfaction survey behind the requester's secret link, once the case has ended."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from request_tracker.cases import read_case
from request_tracker.errors import Refused
from request_tracker.reports.survey import ANSWERS, ELEMENTS, SCALE, answer, answered
from request_tracker.web.public.link_places import case_of_link
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import FORM_LIMIT, Conduct, PageGroup

pages = PageGroup("survey", __name__, Conduct(limits=(FORM_LIMIT,)))


@pages.route("/lacak/<token>/survei", methods=["GET", "POST"])
@seen_by(Audience.LINK, "he rates the service, once", "the secret link of his receipt")
def form(token: str) -> str | Response:
    """Nine questions; nobody who handles cases sees who answered what."""
    desk = office().desk
    case = read_case(desk, case_of_link(token))
    if not case.ending:
        raise Refused("survey_too_early")
    if request.method == "GET":
        scale = list(zip(SCALE, ANSWERS, strict=True))
        done = answered(desk.store, case.number)
        return render_template("survey.html", case=case, token=token, elements=ELEMENTS, scale=scale, done=done)
    answer(desk.store, (case.number, case.sop), request.form, request.form.get("comment", "").strip(), now())
    return redirect(url_for("survey.form", token=token))
