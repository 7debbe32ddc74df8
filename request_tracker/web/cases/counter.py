"""The counter: staff write down what came by letter, telephone, fax or in person, under any SOP in force.

The first step is done in the requester's name, and the case keeps who typed it and by which channel it came
(PKL-S-01, BTM-01, BTM-AL5, KTM-01).
"""

import secrets
from typing import Any

from flask import g, render_template, request, url_for

from request_tracker.cases import OpenCase, Supplied, open_case
from request_tracker.errors import Refused
from request_tracker.outages.reported import report
from request_tracker.sop import register
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import CHANNELS, OPENING, fields_of, personal_values, rates_of
from request_tracker.sop.model import Document, Sop
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import MAX_NOTE, MAX_REASON, MAX_SUBJECT, FormPage, offered, when
from request_tracker.web.shell.pages import Conduct, PageGroup
from request_tracker.web.shell.receipt import Receipt
from request_tracker.web.shell.uploads import uploaded
from request_tracker.words.bilingual import Both

pages = PageGroup("counter", __name__, Conduct(papers=True))
BY_HAND = tuple(channel for channel in CHANNELS if channel not in ("form", "alert"))


@pages.route("/kasus/baru", methods=["GET", "POST"])
@needs("open_request")
def intake() -> str | tuple[str, int]:
    """Choose an SOP, then its form; the answer is the receipt with the requester's link."""
    desk = office().desk
    today = desk.calendar.local(now()).date()
    code = request.values.get("sop", "")[:20]
    if not code:
        return render_template("counter_choice.html", sops=register.all_in_force(desk.store, today))
    sop = register.in_force(desk.store, code, today)
    key = request.form.get("key", "")[:64] or secrets.token_urlsafe(12)
    if request.method == "GET":
        return _page(sop, {"occurred_at": desk.calendar.local(now()).strftime("%Y-%m-%dT%H:%M")}, key)
    try:
        command = _command(sop, key)
        if sop.kind == "outage":
            opened = report(desk, command, me().who, command.occurred_at or now(), now())
        else:
            opened = open_case(desk, command, me().who, now())
    except Refused as error:
        return _page(sop, request.form, key, error.text(g.language)), 422
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


def _page(sop: Sop, values: Any, key: str, problem: str | None = None) -> str:
    form = FormPage(
        fields=offered(opening_fields(sop)), values=values, key=key, problem=problem, opds=office().desk.city.opds
    )
    return render_template("counter.html", sop=sop, form=form, papers=first_papers(sop), channels=BY_HAND)


def _command(sop: Sop, key: str) -> OpenCase:
    form = _form_values(opening_fields(sop))
    channel = request.form.get("channel", "")
    if channel not in BY_HAND:
        hint = Both("pilih salah satu saluran", "choose one of the channels")
        raise Refused("bad_field", field=Both("Diterima lewat", "Received by"), reason=hint)
    opd = form.get("opd")
    name = office().desk.city.opd(opd).name if opd else "pemohon tanpa OPD"
    subject = request.form.get("subject", "").strip()[:MAX_SUBJECT] or f"{sop.title} {name}"
    contact = personal_values(opening_fields(sop), form)
    note = request.form.get("note", "").strip()[:MAX_REASON] or "surat menyusul"
    papers = {paper.key: uploaded(f"document_{paper.key}") or Supplied(note=note) for paper in first_papers(sop)}
    origin = request.form.get("origin", "").strip()[:40] or None
    return OpenCase(
        sop.code,
        subject,
        opd,
        form=form,
        contact=contact,
        documents=papers,
        channel=channel,
        origin=origin,
        idempotency_key=f"counter:{key}",
        occurred_at=when("occurred_at"),
    )


def _form_values(fields: tuple[Field, ...]) -> dict[str, str]:
    """What stands in the form."""
    typed = {field.key: request.form.get(field.key, "").strip()[:MAX_NOTE] for field in fields}
    if typed.get("opd") and typed["opd"] not in {opd.code for opd in office().desk.city.opds}:
        raise Refused("no_such_opd")
    if "opd" in typed and not typed["opd"] and next(field for field in fields if field.key == "opd").required:
        raise Refused("no_such_opd")
    return {key: value for key, value in typed.items() if value}
