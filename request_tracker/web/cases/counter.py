"""The counter: staff write down what came by letter, telephone, fax or in person, under any SOP in force.

The first step is done in the requester's name, and the case keeps who typed it and by which channel it came
(PKL-S-01, BTM-01, BTM-AL5, KTM-01).
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace

from flask import render_template, request, url_for

from request_tracker.cases import OpenCase, Supplied, open_case
from request_tracker.errors import Refused, WrongFields
from request_tracker.outages.reported import report
from request_tracker.sop import register
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import CHANNELS, OPENING, fields_of, personal_values, rates_of
from request_tracker.sop.model import Document, Sop
from request_tracker.web.cases.act_form import paper_fault
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, read_values, sent_text, shown
from request_tracker.web.shell.form_values import MAX_REASON, MAX_SUBJECT, offered
from request_tracker.web.shell.pages import Conduct, PageGroup
from request_tracker.web.shell.receipt import Receipt
from request_tracker.web.shell.uploads import uploaded
from request_tracker.words.bilingual import Both

pages = PageGroup("counter", __name__, Conduct(papers=True))
BY_HAND = tuple(channel for channel in CHANNELS if channel not in ("form", "alert"))
RECEIVED = (
    Field("channel", "Diterima lewat", "Came by", "choice", choices=BY_HAND),
    Field("occurred_at", "Waktu diterima", "When it came", "moment", required=False, past=True),
    Field("subject", "Hal", "Subject", required=False, longest=MAX_SUBJECT),
)
LATER = (
    Field("origin", "Nomor kasus asal", "Number of the case it comes from", required=False, longest=40),
    Field("note", "Catatan bila surat menyusul", "Note if the letter follows", required=False, longest=MAX_REASON),
)
# As the API's description has it: with the usual form of a request; an SOP with a form of its own asks that instead.
COUNTER = pages.declare(
    DeclaredForm(
        name="counter",
        address="/kasus/baru",
        title=Both("Catat surat di loket", "Write down what came at the counter"),
        fields=(*RECEIVED, *OPENING["request"], *LATER),
    )
)


@pages.route("/kasus/baru", methods=["GET", "POST"])
@needs("open_request")
def intake() -> str | tuple[str, int]:
    """Choose an SOP, then its form; the answer is the receipt with the requester's link."""
    desk = office().desk
    today = desk.calendar.local(now()).date()
    code = sent_text("sop", 20) or request.args.get("sop", "")[:20]
    if not code:
        return render_template("counter_choice.html", sops=register.all_in_force(desk.store, today))
    sop = register.in_force(desk.store, code, today)
    if request.method == "GET":
        return _page(sop, begin={"occurred_at": desk.calendar.local(now()).strftime("%Y-%m-%dT%H:%M")})
    try:
        command = _command(sop, _key())
        if sop.kind == "outage":
            opened = report(desk, command, me().who, command.occurred_at or now(), now())
        else:
            opened = open_case(desk, command, me().who, now())
    except Refused as error:
        return _page(sop, error), 422
    link = url_for("requester_page.page", token=opened.token) if opened.token else None
    case = url_for("cases.case", number=opened.number)
    rates = rates_of(opening_fields(sop), command.form)
    return render_template(
        "receipt.html", receipt=Receipt(kind=sop.kind, number=opened.number, rates=rates, case=case), link=link
    )


def opening_fields(sop: Sop) -> tuple[Field, ...]:
    """The form a case of this SOP begins with: its start step's own fields, else the usual ones of its kind."""
    own, usual = sop.step(sop.start).form, OPENING[sop.kind]
    if not own:
        return usual
    # Whom to reach and which office are asked under every SOP, whatever its own form has.
    return tuple(field for field in usual if field.personal or field.key == "opd") + fields_of(own, sop.forms)


def first_papers(sop: Sop) -> tuple[Document, ...]:
    """The papers that open a case of this SOP."""
    start = sop.step(sop.start)
    named = dict.fromkeys((*start.requires, *start.outputs))
    return tuple(sop.documents[key] for key in named if sop.documents[key].origin)


def _key() -> str:
    """The hidden key by which a form that comes twice is one; a new one where the form has none."""
    return sent_text("key", 64) or secrets.token_urlsafe(12)


def _form(sop: Sop) -> DeclaredForm:
    return replace(COUNTER, fields=(*RECEIVED, *offered(opening_fields(sop)), *LATER))


def _page(sop: Sop, error: Refused | None = None, begin: Mapping[str, str] | None = None) -> str:
    form = replace(shown(_form(sop), error, begin), key=_key())
    return render_template("counter.html", sop=sop, form=form, papers=first_papers(sop), after=LATER)


def _command(sop: Sop, key: str) -> OpenCase:
    """The form as a command. Raises WrongFields with every fault, of its papers too."""
    counter_form, papers = _form(sop), first_papers(sop)
    sent = read_values(counter_form)
    names = {f"document_{paper.key}": Both(paper.name, paper.name) for paper in papers}
    refusals = {name: fault for name in names if (fault := paper_fault(name)) is not None}
    if sent.faults or refusals:
        raise WrongFields({**sent.faults, **refusals}, {**counter_form.names, **names})
    form = {field.key: value for field in opening_fields(sop) if (value := sent.typed.get(field.key))}
    opd = form.get("opd")
    name = office().desk.city.opd(opd).name if opd else "pemohon tanpa OPD"
    note = sent.text("note") or "surat menyusul"
    return OpenCase(
        sop.code,
        sent.text("subject") or f"{sop.title} {name}",
        opd,
        form=form,
        contact=personal_values(opening_fields(sop), form),
        documents={paper.key: uploaded(f"document_{paper.key}") or Supplied(note=note) for paper in papers},
        channel=sent.text("channel"),
        origin=sent.text("origin") or None,
        idempotency_key=f"counter:{key}",
        occurred_at=sent.moment("occurred_at"),
    )
