"""The quarterly evaluation as pages: choose a quarter, read its figures, take PDF and spreadsheet by one click."""

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Response, g, make_response, render_template
from werkzeug.exceptions import NotFound

from request_tracker.custody.anchor import take_anchor
from request_tracker.errors import TrackerError
from request_tracker.letters.quarter.cells import cell_text
from request_tracker.letters.quarter.paper import quarter_pdf, summary
from request_tracker.letters.quarter.sheet import quarter_sheet
from request_tracker.letters.quarter.tables import CASE_LIST, OUTAGE_LIST, filled_only, tables
from request_tracker.notifications.evaluation_reminder import quarter_of
from request_tracker.reports.periods import Period, quarter
from request_tracker.reports.quarter import Evaluation, evaluate
from request_tracker.reports.uplink_months import uplink_years
from request_tracker.web.audit.quarter_charts import quarter_charts
from request_tracker.web.audit.uplink_charts import uplink_chart
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("evaluation", __name__)
# Quarters to choose from: two years, so that each has the same one of the year before beside it.
SHOWN = 8
_LISTS = (CASE_LIST, OUTAGE_LIST)


@pages.get("/evaluasi")
@pages.menu(MenuGroup.INSPECTION, 10, ("Evaluasi", "Evaluation"), "see_evaluation")
@needs("see_evaluation")
def listing() -> str:
    """The quarters to choose from, the newest first; the year of every uplink as a chart."""
    day, quarters = office().desk.calendar.local(now()).date(), list[Period]()
    for _ in range(SHOWN):
        quarters.append(quarter_of(day))
        day = quarters[-1].since - timedelta(days=1)
    today = office().desk.calendar.local(now()).date()
    last_month = (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    here = office()
    least = here.config.evidence.least_measured_percent / 100
    charts = [uplink_chart(year, least, g.language) for year in uplink_years(here.desk, now())]
    shown = {"quarters": quarters, "last_day": _last_day, "today": today, "last_month": last_month, "charts": charts}
    return render_template("evaluations.html", **shown)


@pages.get("/evaluasi/<name>")
@needs("see_evaluation")
def page(name: str) -> str:
    """One quarter's figures as they stand now."""
    evaluation = _evaluation(name)
    # Lists of single cases and outages are the spreadsheet's.
    shown = [table for table in filled_only(tables(evaluation)) if table.title not in _LISTS]
    lines = [(title.said(g.language), text.said(g.language)) for title, text in summary(evaluation)]
    printed = [
        (
            table.title.said(g.language),
            [text.said(g.language) for text in table.head],
            [[cell_text(value, g.language) for value in row] for row in table.rows],
        )
        for table in shown
    ]
    charts = quarter_charts(evaluation, g.language)
    return render_template("evaluation.html", evaluation=evaluation, lines=lines, charts=charts, tables=printed)


@pages.get("/evaluasi/<name>.zip")
@needs("see_evaluation")
def pack(name: str) -> Response:
    """PDF, spreadsheet and data together, from one reading of the events."""
    evaluation, config, made = _evaluation(name), office().config, BytesIO()
    of, language = evaluation.quarter.name, g.language
    with ZipFile(made, "w", ZIP_DEFLATED) as out:
        anchor = take_anchor(office().desk.store, now()).text
        printed = quarter_pdf(evaluation, config.office, config.templates, anchor, language)
        out.writestr(f"evaluasi-{of}.pdf", printed)
        out.writestr(f"evaluasi-{of}.xlsx", quarter_sheet(evaluation, language))
        out.writestr(f"evaluasi-{of}.json", evaluation.text())
    headers = {"Content-Type": "application/zip", "Content-Disposition": f'attachment; filename="evaluasi-{of}.zip"'}
    return make_response(made.getvalue(), 200, headers)


def _last_day(of: Period) -> date:
    return of.until - timedelta(days=1)


def _evaluation(name: str) -> Evaluation:
    here = office()
    try:
        return evaluate(here.desk, quarter(name), now(), here.prometheus, here.config.evidence)
    except TrackerError as error:
        raise NotFound from error
