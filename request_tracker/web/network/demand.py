"""The need for bandwidth as a page (KTM-CT), and putting a request that was not met on the waiting list."""

import csv
from io import StringIO

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from request_tracker.capacity.demand import RateLack, lacks, needs_of
from request_tracker.capacity.waiting_list import ListChange, put_on_list, waiting_list
from request_tracker.cases import read_case
from request_tracker.evidence.use import WAYS
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import MAX_REASON
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.spreadsheet_text import guarded

pages = PageGroup("demand", __name__)
RATES = ("Diminta (Mbit/s)", "Dipegang (Mbit/s)", "Kurang (Mbit/s)")
COLUMNS = ("Kasus", "OPD", "Uplink", "Berakhir", "Tanggal", *RATES, *(f"Unggah: {name}" for name in RATES))


@pages.get("/kebutuhan")
@pages.menu(MenuGroup.NETWORK, 40, ("Kebutuhan bandwidth", "Need for bandwidth"), "see_capacity")
@needs("see_capacity")
def page() -> str:
    """What was asked for and not given, who waits, and what next year needs."""
    here, at = office(), now()
    waiting = waiting_list(here.desk, at)
    unmet = lacks(here.desk, waiting, at)
    forecasts = needs_of(here.desk, here.prometheus, unmet, at)
    return render_template("demand.html", unmet=unmet, waiting=waiting, forecasts=forecasts, at=at)


@pages.get("/kebutuhan.csv")
@needs("see_capacity")
def table() -> Response:
    """The register to take away."""
    here, out = office(), StringIO(newline="")
    lines = csv.writer(out, delimiter=";")
    lines.writerow((*COLUMNS, "Daftar tunggu sejak"))
    for lack in lacks(here.desk, waiting_list(here.desk, now()), now()):
        rates = (cell for way in WAYS for cell in _rates(lack.lacks.get(way)))
        days = [here.desk.calendar.local(at).strftime("%d-%m-%Y") for at in (lack.ended_at,)]
        since = here.desk.calendar.local(lack.waiting.since).strftime("%d-%m-%Y") if lack.waiting else ""
        row = (lack.number, lack.opd, lack.uplink, lack.ending.replace("_", " "), *days, *rates, since)
        lines.writerow([guarded(cell) for cell in row])
    head = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": 'attachment; filename="kebutuhan.csv"'}
    return make_response(out.getvalue().encode("utf-8-sig"), 200, head)


def _rates(lack: RateLack | None) -> tuple[str, ...]:
    """Wanted, held and lacking in Mbit/s; empty for a direction that the request did not name."""
    if lack is None:
        return ("",) * len(RATES)
    return tuple(f"{rate * 8 / 1e6:g}".replace(".", ",") for rate in (lack.wanted, lack.present, lack.lacking))


@pages.post("/kasus/<path:number>/daftar-tunggu")
@needs("keep_waiting_list")
def change(number: str) -> AnyResponse:
    """Put the case on the list, or take it off."""
    desk, listed = office().desk, request.form.get("act") == "add"
    put_on_list(
        desk, read_case(desk, number), ListChange(listed, request.form.get("reason", "")[:MAX_REASON]), me().who, now()
    )
    return redirect(url_for("cases.case", number=number, _anchor="daftar-tunggu"))
