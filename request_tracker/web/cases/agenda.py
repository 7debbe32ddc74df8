"""The secretariat's pages: the register of letters in and out, and a blank one to print for days without power."""

from datetime import datetime

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import Refused
from request_tracker.letters.agenda import IN, OUT, Letter, Registration, letters, register_letter
from request_tracker.letters.registry import numberings
from request_tracker.people.roles import may
from request_tracker.reports.workload import appointments, loads
from request_tracker.web.cases.paper_dispositions import carried
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import MAX_LINE, MAX_SEARCH, when
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import query_number
from request_tracker.words.bilingual import Both

pages = PageGroup("agenda", __name__)
# Lines that a sheet of A4 takes at a height that is written in by hand.
BLANK_LINES = 18


@pages.get("/agenda")
@pages.menu(MenuGroup.WORK, 40, ("Agenda", "Letters"), "register_letter")
@pages.menu(MenuGroup.INSPECTION, 40, ("Agenda", "Letters"), "audit")
@needs("see_cases")
def listing() -> str:
    """Letters of one direction, the newest first."""
    direction = OUT if request.args.get("arah") == OUT else IN
    rows = letters(office().desk.store, direction, request.args.get("q", "")[:MAX_SEARCH])
    lying = carried(office().desk) if may(me().who.acting_roles, "record_disposition") else []
    return render_template("agenda.html", rows=rows, direction=direction, lying=lying, numbered=numberings())


@pages.post("/agenda")
@needs("register_letter")
def add() -> Response:
    """Write a letter down, with the moment it came or went where that was earlier."""
    typed = {key: request.form.get(key, "").strip()[:MAX_LINE] for key in Letter.__dataclass_fields__}
    case = typed.pop("case_number") or None
    letter = Letter(**typed, case_number=case)
    here, at = office(), when("occurred_at") or now()
    paper = request.form.get("paper", "") if letter.direction == OUT else ""
    if paper not in ("", *numberings()):
        hint = Both("pilih salah satu surat", "choose one of the papers")
        raise Refused("bad_field", field=Both("dicetak pada", "printed on"), reason=hint)
    registration = Registration(letter=letter, occurred_at=at, recorded_at=now(), paper=paper)
    register_letter(here.desk, here.config.office, registration, me().who)
    return redirect(url_for("agenda.listing", arah=letter.direction))


@pages.get("/agenda/penugasan")
@pages.menu(MenuGroup.MANAGE, 40, ("Penugasan", "Appointments"), "delegate")
@needs("see_cases")
def appointed() -> str:
    """Who was appointed to what this year (BTM-04), and how much each technician has to do."""
    desk = office().desk
    year = query_number("tahun") or desk.calendar.local(now()).year
    year = min(max(year, 2000), 9000)
    begins, ends = (datetime(of_year, 1, 1, tzinfo=desk.calendar.zone) for of_year in (year, year + 1))
    rows = appointments(desk.store, begins, ends)
    return render_template("appointments.html", rows=rows, year=year, technicians=loads(desk.store, now()))


@pages.get("/agenda/kosong")
@needs("see_cases")
def blank() -> str:
    """A blank register, printed before it is needed (BTM-CT1)."""
    return render_template("blank_register.html", lines=range(1, BLANK_LINES + 1))
