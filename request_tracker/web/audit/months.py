"""A month of one OPD or one uplink as a page and as a paper: what an office asks, "apa yang kami dapat?"."""

from datetime import date, timedelta

from flask import Response, g, make_response, render_template
from werkzeug.exceptions import NotFound

from inventory.titles import titles
from request_tracker.errors import TrackerError
from request_tracker.letters.quarter.cells import cell_text
from request_tracker.letters.quarter.month_paper import (
    has_use,
    month_graph,
    month_lines,
    month_pdf,
    month_tables,
    month_text,
)
from request_tracker.reports.months import MonthFigures, month_of
from request_tracker.reports.periods import Period, month
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.graph_sizes import drawing_asked
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("months", __name__)


@pages.get("/bulanan/<name>")
@needs("see_evaluation")
def listing(name: str) -> str:
    """Every uplink and every office, to choose from; the month before and after it."""
    period, names = _month(name), titles(office().desk.city)
    return render_template(
        "months.html",
        month=period,
        before=(period.since - timedelta(days=1)).strftime("%Y-%m"),
        after=period.until.strftime("%Y-%m") if period.until <= _today() else None,
        uplinks=[(uplink.name, names[uplink.name]) for uplink in office().desk.city.uplinks],
        opds=sorted(((opd.code, opd.name) for opd in office().desk.city.opds), key=lambda opd: opd[1]),
    )


@pages.get("/bulanan/<name>/<any(opd, uplink):kind>/<key>")
@needs("see_evaluation")
def page(name: str, kind: str, key: str) -> str:
    """One month of one of them."""
    figures, language = _figures(name, kind, key), g.language
    tables = [
        (
            table.title.said(language),
            [text.said(language) for text in table.head],
            [[cell_text(value, language) for value in row] for row in table.rows],
        )
        for table in month_tables(figures)
        if table.rows
    ]
    lines = [(title.said(language), text.said(language)) for title, text in month_lines(figures)]
    shown = {
        "figures": figures,
        "said_month": month_text(figures, language),
        "measured": has_use(figures),
        "lines": lines,
        "tables": tables,
    }
    return render_template("month.html", **shown)


@pages.get("/bulanan/<name>/<any(opd, uplink):kind>/<key>.<any(pdf, svg):form>")
@needs("see_evaluation")
def paper(name: str, kind: str, key: str, form: str) -> Response:
    """The paper, or its picture alone."""
    figures, here = _figures(name, kind, key), office()
    local = here.desk.calendar.local
    if form == "svg":
        drawn = month_graph(figures, here.config.office, local, g.language, drawing_asked())
        return make_response(drawn, 200, {"Content-Type": "image/svg+xml"})
    content = month_pdf(figures, here.config.office, local, here.config.templates, g.language)
    file = f'inline; filename="bulanan-{key}-{figures.month.name}.pdf"'
    return make_response(content, 200, {"Content-Type": "application/pdf", "Content-Disposition": file})


def _figures(name: str, kind: str, key: str) -> MonthFigures:
    here = office()
    try:
        return month_of(here.desk, (kind, key, _month(name)), now(), here.prometheus, here.config.evidence)
    except TrackerError as error:
        raise NotFound from error


def _month(name: str) -> Period:
    try:
        return month(name)
    except TrackerError as error:
        raise NotFound from error


def _today() -> date:
    return office().desk.calendar.local(now()).date()
