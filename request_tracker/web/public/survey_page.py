"""The satisfaction survey behind the requester's secret link, once the case has ended."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from request_tracker.cases import Case, read_case
from request_tracker.errors import NotStored, Refused
from request_tracker.reports.survey import ANSWERS, ELEMENTS, MARKS, MAX_COMMENT, SCALE, answer, answered
from request_tracker.sop.fields import Field
from request_tracker.web.public.link_places import case_of_link
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, read_values, shown
from request_tracker.web.shell.pages import FORM_LIMIT, Conduct, PageGroup
from request_tracker.words.bilingual import Both

pages = PageGroup("survey", __name__, Conduct(limits=(FORM_LIMIT,)))
COMMENT = Field("comment", "Saran", "Suggestions", "long", required=False, longest=MAX_COMMENT)
SURVEY = pages.declare(
    DeclaredForm(
        name="survey",
        address="/lacak/<token>/survei",
        title=Both("Survei kepuasan", "Satisfaction survey"),
        fields=(*(Field(key, *names, "choice", choices=MARKS) for key, names in ELEMENTS.items()), COMMENT),
    )
)


@pages.route("/lacak/<token>/survei", methods=["GET"])
@seen_by(Audience.LINK, "he rates the service, once", "the secret link of his receipt")
def form(token: str) -> str:
    """Nine questions; nobody who handles cases sees who answered what."""
    return _page(token, _ended(token))


@pages.post("/lacak/<token>/survei")
@seen_by(Audience.LINK, "he rates the service, once", "the secret link of his receipt")
def send(token: str) -> Response | tuple[str, int]:
    """Keep the answers; a question that was left out is told at its place."""
    case = _ended(token)
    try:
        values = read_values(SURVEY).sound()
        answer(office().desk.store, (case.number, case.sop), values.typed, values.text("comment"), now())
    except NotStored:
        raise
    except Refused as error:
        return _page(token, case, error), error.form_status
    return redirect(url_for("survey.form", token=token))


def _ended(token: str) -> Case:
    case = read_case(office().desk, case_of_link(token))
    if not case.ending:
        raise Refused("survey_too_early")
    return case


def _page(token: str, case: Case, error: Refused | None = None) -> str:
    return render_template(
        "survey.html",
        case=case,
        token=token,
        form=shown(SURVEY, error),
        comment=COMMENT,
        scale=list(zip(SCALE, ANSWERS, strict=True)),
        done=answered(office().desk.store, case.number),
    )
