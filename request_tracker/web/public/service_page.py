"""The public service page: the 14 components of the standard (PKL-S), from the SOP in force and the configuration."""

import io

import segno
from flask import Response, render_template, url_for

from request_tracker.reports.service_standard import kept_promise
from request_tracker.reports.survey import index_of
from request_tracker.sop import register
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("service", __name__)
SOP = "PKL-BW"


@pages.get("/layanan")
@seen_by(Audience.EVERYBODY, "the service standard is public (PermenPANRB 15/2014)")
def standard() -> str:
    """The standard as people read it, with what was kept of it last quarter."""
    desk, at = office().desk, now()
    sop = register.in_force(desk.store, SOP, desk.calendar.local(at).date())
    return render_template(
        "service_page.html", sop=sop, delivery=kept_promise(desk.store, SOP, at), index=index_of(desk.store), at=at
    )


@pages.get("/layanan/qr.svg")
@seen_by(Audience.EVERYBODY, "the service page's own address as a picture")
def code() -> Response:
    """A QR code of the request form's address, for the counter and the notice board."""
    out = io.BytesIO()
    address = office().config.public_url.rstrip("/") + url_for("public.request_form")
    segno.make(address, error="m").save(out, kind="svg", scale=5, border=2)
    return Response(out.getvalue(), mimetype="image/svg+xml")
