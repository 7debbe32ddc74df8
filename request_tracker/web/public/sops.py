"""The SOPs in force, for everybody: identity, flow chart, times, competence, warnings; printed as they are signed."""

from datetime import date
from functools import lru_cache

from flask import Response, render_template, url_for
from markupsafe import Markup

from request_tracker.chart import draw, lay_out
from request_tracker.config import Office
from request_tracker.letters.sop_print.paper import sop_pdf
from request_tracker.sop import register
from request_tracker.sop.model import Sop
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("sops", __name__)


@pages.get("/sop")
def listing() -> str:
    """Every SOP in force."""
    return render_template("sops.html", sops=register.all_in_force(office().desk.store, _today()))


@pages.get("/sop/<code>")
def page(code: str) -> str:
    """One SOP: all of its printed form, with the swim-lane chart (PKL-B-KQ, BTM-REV)."""
    sop = _sop(code)
    return render_template("sop.html", sop=sop, chart=Markup(draw(lay_out(sop))), related=_related(sop))


@pages.get("/sop/<code>/cetak.pdf")
def printed(code: str) -> Response:
    """The paper for signature and for the wall."""
    sop = _sop(code)
    answer = Response(_printed(sop, office().config.office), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{sop.code}-r{sop.revision}.pdf"'
    return answer


def _related(sop: Sop) -> list[tuple[str, str | None]]:
    """Each related SOP with where it is to be read (PKL-G-KT2): here if in force, else where the office keeps it."""
    codes = {sop.title: sop.code for sop in register.all_in_force(office().desk.store, _today())}
    places = office().config.office.related_sops
    places_of = []
    for name in sop.identity.related:
        code = codes.get(name.removeprefix("SOP "))
        places_of.append((name, url_for("sops.page", code=code) if code else places.get(name)))
    return places_of


def _sop(code: str) -> Sop:
    return register.in_force(office().desk.store, code[:20], _today())


def _today() -> date:
    return office().desk.calendar.local(now()).date()


# More than the SOPs of one office in two revisions each; a PDF is some 100 kB.
@lru_cache(maxsize=16)
def _made(text_hash: str, name: str, government: str) -> bytes:
    return sop_pdf(register.by_hash(office().desk.store, text_hash), name, government)


def _printed(sop: Sop, whose: Office) -> bytes:
    """Made once for each revision: a public page must not cost a PDF at every visit."""
    return _made(sop.hash, whose.name, whose.government)
