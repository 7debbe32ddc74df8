"""The need for bandwidth as a page (KTM-CT), and putting a request that was not met on the waiting list."""

from collections.abc import Mapping
from datetime import date, datetime

from flask import Response, g, make_response, render_template

from inventory.titles import titles
from request_tracker.capacity.demand import RateLack, UnmetWish, lacks, needs_of
from request_tracker.capacity.waiting_list import ListChange, put_on_list, waiting_list
from request_tracker.cases import read_case
from request_tracker.evidence.use import WAYS
from request_tracker.web.cases.case_pages import Answer, on_the_case
from request_tracker.web.cases.official_forms import WAITING
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import chosen_act, read_values
from request_tracker.web.shell.downloads import TABLE_TYPES
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.bilingual import Both
from request_tracker.words.labels import phrase
from request_tracker.words.spreadsheet_text import Cell, SheetTable, csv_bytes, xlsx_bytes

pages = PageGroup("demand", __name__)
pages.declare(WAITING)
COLUMNS = (
    Both("Kasus", "Case"),
    Both("OPD", "Office"),
    Both("Uplink", "Uplink"),
    Both("Berakhir", "Ending"),
    Both("Tanggal", "Date"),
    Both("Diminta (Mbit/s)", "Asked for (Mbit/s)"),
    Both("Dipegang (Mbit/s)", "Held (Mbit/s)"),
    Both("Kurang (Mbit/s)", "Lacking (Mbit/s)"),
    Both("Unggah: Diminta (Mbit/s)", "Upload: Asked for (Mbit/s)"),
    Both("Unggah: Dipegang (Mbit/s)", "Upload: Held (Mbit/s)"),
    Both("Unggah: Kurang (Mbit/s)", "Upload: Lacking (Mbit/s)"),
    Both("Daftar tunggu sejak", "On the waiting list since"),
)


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


@pages.get("/kebutuhan.<any(csv, xlsx):form>")
@needs("see_capacity")
def table(form: str) -> Response:
    """The register to take away."""
    desk, at = office().desk, now()
    lines, offices = titles(desk.city), {opd.code: opd.name for opd in desk.city.opds}
    rows = [_register_row(lack, lines, offices) for lack in lacks(desk, waiting_list(desk, at), at)]
    register = SheetTable(Both("Kebutuhan", "Need"), COLUMNS, rows)
    mark = office().made_up
    body = csv_bytes(register, g.language, mark) if form == "csv" else xlsx_bytes([register], g.language, mark)
    head = {"Content-Type": TABLE_TYPES[form], "Content-Disposition": f'attachment; filename="kebutuhan.{form}"'}
    return make_response(body, 200, head)


def _register_row(lack: UnmetWish, lines: Mapping[str, str], offices: Mapping[str, str]) -> list[Cell]:
    rates = (cell for way in WAYS for cell in _rates(lack.lacks.get(way)))
    since = _day(lack.waiting.since) if lack.waiting else None
    opd, uplink = offices.get(lack.opd, lack.opd), lines.get(lack.uplink, lack.uplink)
    return [lack.number, opd, uplink, phrase(lack.ending), _day(lack.ended_at), *rates, since]


def _day(at: datetime) -> date:
    return office().desk.calendar.local(at).date()


def _rates(lack: RateLack | None) -> tuple[float | None, ...]:
    """Wanted, held and lacking in Mbit/s; empty for a direction that the request did not name."""
    if lack is None:
        return (None, None, None)
    return tuple(rate * 8 / 1e6 for rate in (lack.wanted, lack.present, lack.lacking))


@pages.post("/kasus/<path:number>/daftar-tunggu")
@needs("keep_waiting_list")
def change(number: str) -> Answer:
    """Put the case on the list, or take it off."""
    return on_the_case(number, WAITING, lambda: _change(number), "daftar-tunggu")


def _change(number: str) -> None:
    desk, listed = office().desk, chosen_act() == "add"
    reason = read_values(WAITING).sound().text("reason")
    put_on_list(desk, read_case(desk, number), ListChange(listed, reason), me().who, now())
