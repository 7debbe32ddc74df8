"""The quarterly evaluation as pages: choose a quarter, read its figures, take PDF and spreadsheet by one click."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Response, make_response, render_template
from werkzeug.exceptions import NotFound

from request_tracker.custody.anchor import take_anchor
from request_tracker.errors import TrackerError
from request_tracker.letters.quarter.paper import quarter_pdf, quarter_sheet, tables
from request_tracker.notifications.evaluation_reminder import quarter_of
from request_tracker.reports.quarter import Evaluation, Quarter, evaluate, quarter
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("evaluation", __name__)
# Quarters to choose from: two years, so that each has the same one of the year before beside it.
SHOWN = 8


@pages.get("/evaluasi")
@pages.menu(MenuGroup.INSPECTION, 10, ("Evaluasi", "Evaluation"), "see_evaluation")
@needs("see_evaluation")
def listing() -> str:
    """The quarters to choose from, the newest first."""
    day, quarters = office().desk.calendar.local(now()).date(), list[Quarter]()
    for _ in range(SHOWN):
        quarters.append(quarter_of(day))
        day = quarters[-1].since - timedelta(days=1)
    return render_template("evaluations.html", quarters=quarters, today=office().desk.calendar.local(now()).date())


@pages.get("/evaluasi/<name>")
@needs("see_evaluation")
def page(name: str) -> str:
    """One quarter's figures as they stand now."""
    evaluation = _evaluation(name)
    return render_template(
        "evaluation.html", evaluation=evaluation, tables=[table for table in tables(evaluation) if len(table[1]) > 1]
    )


@pages.get("/evaluasi/<name>.zip")
@needs("see_evaluation")
def pack(name: str) -> Response:
    """PDF and spreadsheet together, from one reading of the events."""
    evaluation, config, made = _evaluation(name), office().config, BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as out:
        anchor = take_anchor(office().desk.store, now()).text
        out.writestr(f"evaluasi-{name}.pdf", quarter_pdf(evaluation, config.office, config.templates, anchor))
        out.writestr(f"evaluasi-{name}.xlsx", quarter_sheet(evaluation))
    headers = {"Content-Type": "application/zip", "Content-Disposition": f'attachment; filename="evaluasi-{name}.zip"'}
    return make_response(made.getvalue(), 200, headers)


def _evaluation(name: str) -> Evaluation:
    try:
        return evaluate(office().desk, quarter(name), now())
    except TrackerError as error:
        raise NotFound from error
