"""Pages without a log-in: the start, the request form, the public status."""

from collections.abc import Mapping, Sequence

from flask import render_template, request

from request_tracker.cases import OpenCase, Supplied, Who, open_case
from request_tracker.cases.acts import Opened
from request_tracker.cases.advice import Advice, on_request
from request_tracker.errors import Refused
from request_tracker.inbox.open_requests import open_requests
from request_tracker.ledger.allocations import allocation_of
from request_tracker.outages.follow import estimated_recovery
from request_tracker.outages.maintenance import windows
from request_tracker.sop import register
from request_tracker.sop.forms import BANDWIDTH_REQUEST
from request_tracker.web.public.public_form import REQUEST, FormReading, chosen_opd, form_page, read_form
from request_tracker.web.public.published import published_tickets
from request_tracker.web.public.taking_in import Answer, PublicForm, answered, take_in
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import chosen_act, sent_text
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import FORM_LIMIT, Conduct, PageGroup
from request_tracker.words.bilingual import Both

pages = PageGroup("public", __name__, Conduct(limits=(FORM_LIMIT,), papers=True))
pages.declare(REQUEST.declared)
SOP = "PKL-BW"
# The hidden field of a form that has been warned of, and the status of a page that warns: nothing was stored.
WARNED, WARNS = "warned", 422
URGENCY = next(field for field in BANDWIDTH_REQUEST if field.key == "urgency_reason")


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
def request_form() -> Answer:
    """The request of PKL-B-01: five fields and a letter, free of charge (PKL-S-04), at any hour (PKL-S-03)."""
    if request.method == "GET" or chosen_act() == "look":
        return _form()
    reading = read_form(REQUEST)
    return answered(reading, _form, lambda: _keep(reading))


def _keep(reading: FormReading) -> Answer:
    advice = _advice(reading)
    if advice and not sent_text(WARNED, 1):
        return _form(advice=advice), WARNS
    return take_in(PublicForm(command=_command(reading), kind=REQUEST.kind, straight=_open, word=reading.word))


def _open(command: OpenCase, who: Who) -> Opened:
    return open_case(office().desk, command, who, now())


def _advice(reading: FormReading) -> list[Advice]:
    """What is told before the request is sent: the start is too near (PKL-S-03)."""
    sop = register.in_force(office().desk.store, SOP, office().desk.calendar.local(now()).date())
    return on_request(sop, reading.clean, now(), office().desk.calendar)


def _form(
    faults: Mapping[str, Both] | None = None, problem: Refused | None = None, advice: Sequence[Advice] = ()
) -> str:
    """The form, with what is known of the office that is chosen in it: what it has, what it waits for already."""
    desk, opd = office().desk, chosen_opd()
    return render_template(
        "request.html",
        form=form_page(REQUEST, faults, problem),
        advice=advice,
        urgency=URGENCY,
        warned=WARNED,
        opd=opd,
        others=open_requests(desk, opd.code) if opd else [],
        present=allocation_of(desk.store, opd.code, now()) if opd else None,
    )


def _command(reading: FormReading) -> OpenCase:
    """The form as a command. A request without a letter is a notice (PKL-S-01); the letter may follow."""
    opd = reading.typed["opd"]
    return OpenCase(
        SOP,
        f"Penambahan bandwidth {office().desk.city.opd(opd).name}",
        opd,
        form=reading.typed,
        contact=reading.contact,
        documents={"surat": reading.letter or Supplied(note="pemberitahuan tanpa surat; surat menyusul")},
        idempotency_key=f"form:{reading.key}",
    )
