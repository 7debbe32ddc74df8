"""Pages without a log-in: the start, the request form, the public status."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, render_template, request
from werkzeug.wrappers import Response

from request_tracker.cases import OpenCase, Supplied, Who, open_case
from request_tracker.cases.acts import Opened
from request_tracker.cases.advice import Advice, on_request
from request_tracker.errors import Refused
from request_tracker.outages.follow import estimated_recovery
from request_tracker.outages.maintenance import windows
from request_tracker.sop import register
from request_tracker.sop.forms import BANDWIDTH_REQUEST, check_values, personal_values, rates_of
from request_tracker.web.public.published import published_tickets
from request_tracker.web.public.taking_in import PublicForm, take_in
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import FormPage, offered
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import FORM_LIMIT, Conduct, PageGroup
from request_tracker.web.shell.uploads import uploaded

pages = PageGroup("public", __name__, Conduct(limits=(FORM_LIMIT,), papers=True))
SOP = "PKL-BW"
# The hidden field of a form that has been warned of, and the status of a page that warns: nothing was stored.
WARNED, WARNS = "warned", 422
STARTS_ON, URGENCY = (field for field in BANDWIDTH_REQUEST if field.key in ("starts_on", "urgency_reason"))


@pages.get("/")
@seen_by(Audience.EVERYBODY, "where people begin")
def start() -> str:
    """Where people begin."""
    return render_template("start.html", outages=[row for row in published_tickets() if row["ended_at"] is None])


@pages.get("/status")
@seen_by(Audience.EVERYBODY, "the facts of outages that the office publishes (status_page)")
@pages.menu(MenuGroup.VISITORS, 40, ("Status", "Status"))
def status() -> str:
    """What is known to be out, without names of people."""
    return render_template(
        "status.html",
        tickets=published_tickets(),
        facts=office().config.status_page,
        at=now(),
        work=windows(office().desk.store, now()) if "maintenance" in office().config.status_page else [],
        estimate=lambda number: estimated_recovery(office().desk, number),
    )


@pages.route("/permohonan", methods=["GET", "POST"])
@seen_by(Audience.EVERYBODY, "asking for bandwidth needs no account (PKL-S-04)")
@pages.menu(MenuGroup.VISITORS, 10, ("Permohonan", "Request"))
def request_form() -> str | Response | tuple[str, int]:
    """The request of PKL-B-01: five fields and a letter, free of charge (PKL-S-04), at any hour (PKL-S-03)."""
    if request.method == "GET":
        return _form({}, secrets.token_urlsafe(12))
    key = request.form.get("key", "")[:64] or secrets.token_urlsafe(12)
    try:
        letter = uploaded("letter")
        command = _command(key, letter)
        advice = _advice(command.form)
        if advice and not request.form.get(WARNED):
            return _form(request.form, key, advice=advice), WARNS
        rates = rates_of(BANDWIDTH_REQUEST, command.form)
        return take_in(PublicForm(command=command, kind="request", straight=_open, advice=advice, rates=rates))
    except Refused as error:
        return _form(request.form, key, error.text(g.language)), error.form_status


def _open(command: OpenCase, who: Who) -> Opened:
    return open_case(office().desk, command, who, now())


def _advice(form: Mapping[str, Any]) -> list[Advice]:
    """What is told before the request is sent: the start is too near (PKL-S-03). Refused for a date that is none."""
    checked = check_values((STARTS_ON, URGENCY), form, complete=False)
    sop = register.in_force(office().desk.store, SOP, office().desk.calendar.local(now()).date())
    return on_request(sop, checked, now(), office().desk.calendar)


def _form(values: Any, key: str, problem: str | None = None, advice: Sequence[Advice] = ()) -> str:
    form = FormPage(
        fields=offered(BANDWIDTH_REQUEST), values=values, key=key, problem=problem, opds=office().desk.city.opds
    )
    return render_template("request.html", form=form, advice=advice, urgency=URGENCY, warned=WARNED)


def _command(key: str, letter: Supplied | None) -> OpenCase:
    """The form as a command. A request without a letter is a notice (PKL-S-01); the letter may follow."""
    typed = {field.key: request.form.get(field.key, "").strip() for field in BANDWIDTH_REQUEST}
    opd = typed["opd"]
    if opd not in {city_opd.code for city_opd in office().desk.city.opds}:
        raise Refused("no_such_opd")
    for field in BANDWIDTH_REQUEST:
        if field.required and not typed[field.key]:
            raise Refused("missing_here", fields=field.name)
    contact = personal_values(BANDWIDTH_REQUEST, typed)
    paper = letter or Supplied(note="pemberitahuan tanpa surat; surat menyusul")
    form = {key: value for key, value in typed.items() if value}
    subject = f"Penambahan bandwidth {office().desk.city.opd(opd).name}"
    return OpenCase(
        SOP, subject, opd, form=form, contact=contact, documents={"surat": paper}, idempotency_key=f"form:{key}"
    )
