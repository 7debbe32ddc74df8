"""What an office tells without an account: an outage (what is already known comes first) and a complaint."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from flask import render_template, request

from request_tracker.cases import OpenCase, Supplied, open_case, read_case
from request_tracker.cases.acts import Opened
from request_tracker.cases.model import Who
from request_tracker.errors import Refused
from request_tracker.outages.reported import FurtherReport, join, report
from request_tracker.outages.tickets import known_for
from request_tracker.web.public.link_places import case_of_link
from request_tracker.web.public.public_form import COMPLAINT, OUTAGE, FormReading, form_page, read_form
from request_tracker.web.public.published import published_tickets
from request_tracker.web.public.taking_in import Answer, PublicForm, answered, take_in, to_receipt
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import chosen_act, typed_over_address
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import FORM_LIMIT, Conduct, PageGroup
from request_tracker.words.bilingual import Both

pages = PageGroup("reports", __name__, Conduct(limits=(FORM_LIMIT,), papers=True))
pages.declare(OUTAGE.declared)
pages.declare(COMPLAINT.declared)
# A secret link's token, with some room.
MAX_TOKEN = 80
PUBLIC = Who("public:form", frozenset({"requester"}))


@pages.route("/lapor", methods=["GET", "POST"])
@seen_by(Audience.EVERYBODY, "reporting an outage needs no account; what is known follows status_page")
@pages.menu(MenuGroup.VISITORS, 20, ("Lapor gangguan", "Report an outage"))
def outage() -> Answer:
    """Report an outage (PKL-G-01); where one of that office is known, the report joins it."""
    desk = office().desk
    chosen = typed_over_address().get("opd", "")
    lasting = known_for(desk, chosen) if chosen else []
    if request.method == "GET" or chosen_act() == "look":
        return _outage_page(lasting)
    reading = read_form(OUTAGE)
    return answered(reading, partial(_outage_page, lasting), lambda: _keep_outage(reading, lasting))


def _keep_outage(reading: FormReading, lasting: list[dict[str, Any]]) -> Answer:
    """Join what lasts, or open a case at once; a separate one of the same office waits in the inbox."""
    command, began = _outage(reading), reading.values.moment("since") or now()
    straight = partial(_open_outage, began)
    if lasting and chosen_act() == "another":
        return take_in(PublicForm(command=command, kind=OUTAGE.kind, straight=straight, word=reading.word, began=began))
    if lasting:
        opened = join(office().desk, lasting[0]["number"], _further(reading), PUBLIC, now())
    else:
        opened = straight(command, PUBLIC)
    return to_receipt(reading.word, opened.number, opened.token)


def _open_outage(began: datetime, command: OpenCase, who: Who) -> Opened:
    return report(office().desk, command, who, began, now())


@pages.route("/pengaduan", methods=["GET", "POST"])
@seen_by(Audience.EVERYBODY, "a complaint needs no account (PKL-S-06)")
@pages.menu(MenuGroup.VISITORS, 30, ("Pengaduan", "Complaint"))
def complaint() -> Answer:
    """A complaint (PKL-S-06), a case of PKL-PG of its own; from a progress page it names the case it is about."""
    token = typed_over_address().get("dari", "")[:MAX_TOKEN]
    about = case_of_link(token) if token else None
    if request.method == "GET":
        return _complaint_page(about, token)
    reading = read_form(COMPLAINT)
    return answered(reading, partial(_complaint_page, about, token), lambda: _keep_complaint(reading, about))


def _keep_complaint(reading: FormReading, about: str | None) -> Answer:
    form = PublicForm(
        command=_complaint(reading, about), kind=COMPLAINT.kind, straight=_open_complaint, word=reading.word
    )
    return take_in(form)


def _open_complaint(command: OpenCase, who: Who) -> Opened:
    return open_case(office().desk, command, who, now())


def _outage_page(
    lasting: list[dict[str, Any]], faults: Mapping[str, Both] | None = None, problem: Refused | None = None
) -> str:
    # A report joins the outage of its office all the same; its reader is told what the office publishes.
    facts = office().config.status_page
    return render_template(
        "report.html",
        form=form_page(OUTAGE, faults, problem),
        running=published_tickets(),
        facts=facts,
        lasting=lasting if "offices" in facts else [],
    )


def _complaint_page(
    about: str | None, token: str, faults: Mapping[str, Both] | None = None, problem: Refused | None = None
) -> str:
    return render_template("complaint.html", form=form_page(COMPLAINT, faults, problem), about=about, token=token)


def _outage(reading: FormReading) -> OpenCase:
    opd = reading.typed["opd"]
    return OpenCase(
        "PKL-GG",
        f"Gangguan jaringan {office().desk.city.opd(opd).name}",
        opd,
        form=reading.typed,
        contact=reading.contact,
        documents={"surat": reading.letter or Supplied(note="laporan lewat formulir; surat menyusul")},
        idempotency_key=f"form:{reading.key}",
    )


def _further(reading: FormReading) -> FurtherReport:
    what = (reading.typed["opd"], reading.clean["description"], reading.clean.get("since"))
    return FurtherReport(*what, reading.contact, reading.letter, f"form:{reading.key}")


def _complaint(reading: FormReading, about: str | None) -> OpenCase:
    number = read_case(office().desk, about).number if about else None
    return OpenCase(
        "PKL-PG",
        f"Pengaduan tentang {number}" if number else "Pengaduan layanan",
        reading.typed.get("opd"),
        form=reading.typed,
        contact=reading.contact,
        origin=number,
        idempotency_key=f"form:{reading.key}",
    )
