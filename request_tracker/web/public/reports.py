"""What an office tells without an account: an outage (what is already known comes first) and a complaint."""

import secrets
from typing import Any

from flask import Blueprint, g, render_template, request, url_for

from request_tracker.cases import OpenCase, Supplied, case_by_token, open_case, read_case
from request_tracker.cases.acts import Opened
from request_tracker.cases.model import Who
from request_tracker.errors import Refused
from request_tracker.outages.reported import FurtherReport, join, report
from request_tracker.outages.tickets import known_for, open_tickets
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import COMPLAINT, OUTAGE_REPORT, personal_values
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import offered, when
from request_tracker.web.shell.uploads import uploaded

pages = Blueprint("reports", __name__)
PUBLIC = Who("public:form", frozenset({"requester"}))


@pages.route("/lapor", methods=["GET", "POST"])
def outage() -> str | tuple[str, int]:
    """Report an outage (PKL-G-01); where one of that office is known, the report joins it."""
    desk = office().desk
    chosen = request.values.get("opd", "")
    known = known_for(desk, chosen) if chosen else []
    if request.method == "GET" or request.form.get("act") == "look":
        return _page("report.html", request.values, known=known, running=open_tickets(desk))
    try:
        given = _given(OUTAGE_REPORT)
        if known and request.form.get("act") != "another":
            opened = join(desk, known[0]["number"], _further(given), PUBLIC, now())
        else:
            opened = report(desk, _outage(given), PUBLIC, when("since") or now(), now())
    except Refused as error:
        return _page("report.html", request.form, error, known=known, running=open_tickets(desk)), error.form_status
    return _receipt(opened, "outage")


@pages.route("/pengaduan", methods=["GET", "POST"])
def complaint() -> str | tuple[str, int]:
    """A complaint (PKL-S-06), a case of PKL-PG of its own; from a progress page it names the case it is about."""
    token = request.values.get("dari", "")[:80]
    about = case_by_token(office().desk, token, now()) if token else None
    if request.method == "GET":
        return _page("complaint.html", {}, about=about, token=token)
    try:
        opened = open_case(office().desk, _complaint(_given(COMPLAINT), about), PUBLIC, now())
    except Refused as error:
        return _page("complaint.html", request.form, error, about=about, token=token), error.form_status
    return _receipt(opened, "complaint")


def _page(template: str, values: Any, error: Refused | None = None, **more: Any) -> str:
    fields = COMPLAINT if template == "complaint.html" else OUTAGE_REPORT
    return render_template(
        template,
        fields=offered(fields),
        values=values,
        problem=error.text(g.language) if error else None,
        key=request.form.get("key") or secrets.token_urlsafe(12),
        opds=office().desk.city.opds,
        **more,
    )


def _given(fields: tuple[Field, ...]) -> dict[str, str]:
    given = {field.key: request.form.get(field.key, "").strip() for field in fields}
    known = {opd.code for opd in office().desk.city.opds}
    if given.get("opd") and given["opd"] not in known:
        raise Refused("no_such_opd")
    for field in fields:
        if field.required and not given[field.key]:
            raise Refused("missing_here", fields=field.name)
    return {key: value for key, value in given.items() if value}


def _outage(given: dict[str, str]) -> OpenCase:
    opd = given["opd"]
    paper = uploaded("letter") or Supplied(note="laporan lewat formulir; surat menyusul")
    subject = f"Gangguan jaringan {office().desk.city.opd(opd).name}"
    return OpenCase("PKL-GG", subject, opd, given, _contact(given), {"surat": paper}, "form", idempotency_key=_key())


def _further(given: dict[str, str]) -> FurtherReport:
    told = (given["opd"], given["description"], given.get("since"))
    return FurtherReport(*told, _contact(given), uploaded("letter"), _key())


def _complaint(given: dict[str, str], about: str | None) -> OpenCase:
    number = read_case(office().desk, about).number if about else None
    subject = f"Pengaduan tentang {number}" if number else "Pengaduan layanan"
    return OpenCase(
        "PKL-PG", subject, given.get("opd"), given, _contact(given), {}, "form", origin=number, idempotency_key=_key()
    )


def _contact(given: dict[str, str]) -> dict[str, str]:
    return personal_values(OUTAGE_REPORT, given)


def _key() -> str:
    return f"form:{request.form.get('key', '')[:64] or secrets.token_urlsafe(12)}"


def _receipt(opened: Opened, kind: str) -> str:
    link = url_for("progress.page", token=opened.token) if opened.token else None
    return render_template("receipt.html", number=opened.number, link=link, advice=(), kind=kind)
