"""The secretariat's pages: the register of letters in and out, and a blank one to print for days without power."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import NotStored, Refused
from request_tracker.letters.agenda import IN, OUT, Letter, Registration, letters, register_letter
from request_tracker.letters.registry import numberings
from request_tracker.people.roles import may
from request_tracker.reports.workload import appointments, loads
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import IS_EMPTY
from request_tracker.web.cases.paper_dispositions import carried
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import (
    DeclaredForm,
    FieldValues,
    asked_again,
    asked_status,
    read_values,
    shown,
)
from request_tracker.web.shell.form_values import MAX_LINE, MAX_SEARCH
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.bilingual import Both

pages = PageGroup("agenda", __name__)
# Lines that a sheet of A4 takes at a height that is written in by hand.
BLANK_LINES = 18


def _letter_sense(clean: Mapping[str, Any]) -> Mapping[str, Both]:
    """A letter that comes has its number; the e-office is reached over TLS; a case that is named is one of ours."""
    faults = {}
    if clean.get("direction") == IN and not clean.get("letter_number"):
        faults["letter_number"] = IS_EMPTY
    if not clean.get("eoffice_link", "https://").startswith("https://"):
        faults["eoffice_link"] = Both("harus dimulai dengan https://", "must begin with https://")
    case = clean.get("case_number")
    if case and not office().desk.store.row("SELECT 1 FROM cases WHERE number = ?", [case]):
        faults["case_number"] = Both("tidak ada kasus dengan nomor ini", "there is no case of this number")
    return faults


LETTER = pages.declare(
    DeclaredForm(
        name="letter",
        address="/agenda",
        title=Both("Catat surat", "Register a letter"),
        fields=(
            Field("direction", "Arah", "Direction", "choice", choices=(IN, OUT)),
            Field(
                "letter_number",
                "Nomor surat",
                "Letter number",
                required=False,
                longest=MAX_LINE,
                hint=Both(
                    "Surat keluar: kosongkan untuk nomor otomatis menurut pola kantor.",
                    "A letter out: leave empty for a number by the office's pattern.",
                ),
            ),
            Field("letter_date", "Tanggal surat", "Letter date", "date", required=False, past=True),
            Field("party", "Dari atau kepada", "From or to", longest=MAX_LINE),
            Field("subject", "Hal", "Subject", longest=MAX_LINE),
            Field(
                "eoffice_number",
                "Nomor SRIKANDI / e-office",
                "SRIKANDI / e-office number",
                required=False,
                longest=MAX_LINE,
            ),
            Field(
                "eoffice_link",
                "Tautan SRIKANDI / e-office",
                "SRIKANDI / e-office link",
                required=False,
                longest=MAX_LINE,
            ),
            Field("case_number", "Nomor kasus", "Case number", required=False, longest=MAX_LINE),
            Field(
                "occurred_at",
                "Waktu kejadian (bila dicatat susulan)",
                "Time it happened (if written down later)",
                "moment",
                required=False,
                past=True,
                after="letter_date",
            ),
            Field("paper", "Nomor ini dicetak pada", "This number is printed on", "pick", required=False),
        ),
        sense=_letter_sense,
    )
)


REGISTER = pages.declare(
    DeclaredForm(
        name="letter_search",
        address="/agenda",
        title=Both("Cari surat", "Search letters"),
        fields=(
            Field("arah", "Arah", "Direction", "choice", required=False, choices=(IN, OUT)),
            Field("q", "Nomor, hal, atau nama", "Number, subject or name", required=False, longest=MAX_SEARCH),
        ),
        in_address=True,
    )
)
YEAR = pages.declare(
    DeclaredForm(
        name="appointments_year",
        address="/agenda/penugasan",
        title=Both("Penugasan satu tahun", "Appointments of a year"),
        # The network of a city is younger than 2000; a calendar of ours ends before 9000.
        fields=(Field("tahun", "Tahun", "Year", "number", required=False, least=2000, most=9000),),
        in_address=True,
    )
)


@pages.get("/agenda")
@pages.menu(MenuGroup.WORK, 40, ("Agenda", "Letters"), "register_letter")
@pages.menu(MenuGroup.INSPECTION, 40, ("Agenda", "Letters"), "audit")
@needs("see_cases")
def listing() -> tuple[str, int]:
    """Letters of one direction, the newest first."""
    query = read_values(REGISTER, {"arah": IN})
    return _page(query), asked_status(query)


@pages.post("/agenda")
@needs("register_letter")
def add() -> Response | tuple[str, int]:
    """Write a letter down, with the moment it came or went where that was earlier."""
    here, sent = office(), read_values(_form(OUT))
    direction = OUT if sent.typed["direction"] == OUT else IN
    try:
        sent.sound()
        letter = Letter(**{key: sent.text(key) for key in Letter.__dataclass_fields__})
        registration = Registration(
            letter=replace(letter, case_number=letter.case_number or None),
            occurred_at=sent.moment("occurred_at") or now(),
            recorded_at=now(),
            paper=sent.text("paper") if direction == OUT else "",
        )
        register_letter(here.desk, here.config.office, registration, me().who)
    except NotStored:
        raise
    except Refused as error:
        return _page(read_values(REGISTER, {"arah": direction}), error), error.form_status
    return redirect(url_for("agenda.listing", arah=direction))


def _page(query: FieldValues, error: Refused | None = None) -> str:
    direction = query.text("arah") or IN
    rows = letters(office().desk.store, direction, query.text("q"))
    lying = carried(office().desk) if may(me().who.acting_roles, "record_disposition") else []
    form = shown(_form(direction), error, request.args.to_dict())
    shown_forms = {"form": form, "search": asked_again(query)}
    return render_template("agenda.html", rows=rows, direction=direction, lying=lying, **shown_forms)


def _form(direction: str) -> DeclaredForm:
    """The form of one direction's page: a letter that comes is from somebody, and its number is on no paper of ours."""
    comes = direction == IN
    party = Both("Dari", "From") if comes else Both("Kepada", "To")
    wording: dict[str, dict[str, Any]] = {"party": {"indonesian": party.indonesian, "english": party.english}}
    if comes:
        wording["letter_number"] = {"required": True, "hint": None}
    fields = tuple(replace(field, **wording.get(field.key, {})) for field in LETTER.fields)
    papers = {key: Both(*name).said(g.language) for key, name in numberings().items()}
    return replace(LETTER, fields=fields).offering({"paper": papers})


@pages.get("/agenda/penugasan")
@pages.menu(MenuGroup.MANAGE, 40, ("Penugasan", "Appointments"), "delegate")
@needs("see_cases")
def appointed() -> tuple[str, int]:
    """Who was appointed to what this year (BTM-04), and how much each technician has to do."""
    desk, query = office().desk, read_values(YEAR)
    year = query.number("tahun") or desk.calendar.local(now()).year
    begins, ends = (datetime(of_year, 1, 1, tzinfo=desk.calendar.zone) for of_year in (year, year + 1))
    rows = appointments(desk.store, begins, ends)
    shown_form = {"form": asked_again(query), "technicians": loads(desk.store, now())}
    return render_template("appointments.html", rows=rows, year=year, **shown_form), asked_status(query)


@pages.get("/agenda/kosong")
@needs("see_cases")
def blank() -> str:
    """A blank register, printed before it is needed (BTM-CT1)."""
    return render_template("blank_register.html", lines=range(1, BLANK_LINES + 1))
