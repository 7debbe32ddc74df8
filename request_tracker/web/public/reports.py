"""What an office tells without an account: an outage (what is already known comes first) and a complaint."""

import secrets
from typing import Any

from flask import g, render_template, request

from request_tracker.cases import OpenCase, Supplied, case_by_token, open_case, read_case
from request_tracker.cases.acts import Opened
from request_tracker.cases.model import Who
from request_tracker.errors import Refused
from request_tracker.outages.reported import FurtherReport, join, report
from request_tracker.outages.tickets import known_for
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import COMPLAINT, OUTAGE_REPORT, check_values, personal_values
from request_tracker.web.public.published import published_tickets
from request_tracker.web.public.taking_in import PublicForm, receipt, take_in
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import FormPage, offered, when
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import FORM_LIMIT, Conduct, PageGroup
from request_tracker.web.shell.uploads import uploaded

pages = PageGroup("reports", __name__, Conduct(limits=(FORM_LIMIT,), papers=True))
PUBLIC = Who("public:form", frozenset({"requester"}))


@pages.route("/lapor", methods=["GET", "POST"])
@seen_by(Audience.EVERYBODY, "reporting an outage needs no account; what is known follows status_page")
@pages.menu(MenuGroup.VISITORS, 20, ("Lapor gangguan", "Report an outage"))
def outage() -> str | tuple[str, int]:
    """Report an outage (PKL-G-01); where one of that office is known, the report joins it."""
    desk = office().desk
    chosen = request.values.get("opd", "")
    lasting = known_for(desk, chosen) if chosen else []
    if request.method == "GET" or request.form.get("act") == "look":
        return _page("report.html", request.values, lasting=lasting)
    try:
        typed = _form_values(OUTAGE_REPORT)
        form = PublicForm(command=_outage(typed), kind="outage", straight=_open_outage, began=when("since") or now())
        if not lasting:
            return receipt(form, _open_outage(form.command, PUBLIC))
        if request.form.get("act") == "another":
            return take_in(form)
        return receipt(form, join(desk, lasting[0]["number"], _further(typed), PUBLIC, now()))
    except Refused as error:
        return _page("report.html", request.form, error, lasting=lasting), error.form_status


def _open_outage(command: OpenCase, who: Who) -> Opened:
    return report(office().desk, command, who, when("since") or now(), now())


@pages.route("/pengaduan", methods=["GET", "POST"])
@seen_by(Audience.EVERYBODY, "a complaint needs no account (PKL-S-06)")
@pages.menu(MenuGroup.VISITORS, 30, ("Pengaduan", "Complaint"))
def complaint() -> str | tuple[str, int]:
    """A complaint (PKL-S-06), a case of PKL-PG of its own; from a progress page it names the case it is about."""
    token = request.values.get("dari", "")[:80]
    about = case_by_token(office().desk, token, now()) if token else None
    if request.method == "GET":
        return _page("complaint.html", {}, about=about, token=token)
    try:
        command = _complaint(_form_values(COMPLAINT), about)
        return take_in(PublicForm(command=command, kind="complaint", straight=_open_complaint))
    except Refused as error:
        return _page("complaint.html", request.form, error, about=about, token=token), error.form_status


def _open_complaint(command: OpenCase, who: Who) -> Opened:
    return open_case(office().desk, command, who, now())


def _page(template: str, values: Any, error: Refused | None = None, **more: Any) -> str:
    fields, facts = COMPLAINT if template == "complaint.html" else OUTAGE_REPORT, office().config.status_page
    if template == "report.html":
        # A report joins the outage of its office all the same; its reader is told what the office publishes.
        more |= {"running": published_tickets(), "facts": facts}
        more["lasting"] = more["lasting"] if "offices" in facts else []
    form = FormPage(
        fields=offered(fields),
        values=values,
        key=request.form.get("key") or secrets.token_urlsafe(12),
        problem=error.text(g.language) if error else None,
        opds=office().desk.city.opds,
    )
    return render_template(template, form=form, **more)


def _form_values(fields: tuple[Field, ...]) -> dict[str, str]:
    typed = {field.key: request.form.get(field.key, "").strip() for field in fields}
    codes = {opd.code for opd in office().desk.city.opds}
    if typed.get("opd") and typed["opd"] not in codes:
        raise Refused("no_such_opd")
    for field in fields:
        if field.required and not typed[field.key]:
            raise Refused("missing_here", fields=field.name)
    return {key: value for key, value in typed.items() if value}


def _outage(form: dict[str, str]) -> OpenCase:
    opd = form["opd"]
    paper = uploaded("letter") or Supplied(note="laporan lewat formulir; surat menyusul")
    subject = f"Gangguan jaringan {office().desk.city.opd(opd).name}"
    return OpenCase(
        "PKL-GG", subject, opd, form=form, contact=_contact(form), documents={"surat": paper}, idempotency_key=_key()
    )


def _further(form: dict[str, str]) -> FurtherReport:
    # A report that opens no case is checked by nobody else.
    checked = check_values(OUTAGE_REPORT, form, complete=False)
    what = (form["opd"], checked["description"], checked.get("since"))
    return FurtherReport(*what, _contact(form), uploaded("letter"), _key())


def _complaint(form: dict[str, str], about: str | None) -> OpenCase:
    number = read_case(office().desk, about).number if about else None
    subject = f"Pengaduan tentang {number}" if number else "Pengaduan layanan"
    return OpenCase(
        "PKL-PG",
        subject,
        form.get("opd"),
        form=form,
        contact=_contact(form),
        origin=number,
        idempotency_key=_key(),
    )


def _contact(form: dict[str, str]) -> dict[str, str]:
    return personal_values(OUTAGE_REPORT, form)


def _key() -> str:
    return f"form:{request.form.get('key', '')[:64] or secrets.token_urlsafe(12)}"
