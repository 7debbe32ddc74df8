"""The SOPs in force, for everybody: identity, flow chart, times, competence, warnings; printed as they are signed."""

from datetime import date
from functools import lru_cache

from flask import Response, render_template, url_for
from markupsafe import Markup

from request_tracker.chart import draw, lay_out
from request_tracker.chart.wording import wording_of
from request_tracker.config import Office
from request_tracker.letters.press import opendocument, word
from request_tracker.letters.sop_print.paper import PRINTS
from request_tracker.sop import register
from request_tracker.sop.model import Sop
from request_tracker.web.public.sop_comparison import compared
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("sops", __name__)
TYPES = {"pdf": "application/pdf", "docx": word.WORD, "odt": opendocument.MIME}


@pages.get("/sop")
@seen_by(Audience.EVERYBODY, "the SOPs in force are public (PermenPANRB 15/2014)")
def listing() -> str:
    """Every SOP in force."""
    return render_template("sops.html", sops=register.all_in_force(office().desk.store, _today()))


@pages.get("/sop/<code>")
@seen_by(Audience.EVERYBODY, "the SOPs in force are public (PermenPANRB 15/2014)")
def page(code: str) -> str:
    """One SOP: all of its printed form, with the swim-lane chart (PKL-B-KQ, BTM-REV)."""
    sop = _sop(code)
    return render_template("sop.html", sop=sop, chart=Markup(draw(lay_out(sop))), related=_related(sop))


@pages.get("/sop/<code>/kertas-dan-alur-kerja")
@seen_by(Audience.EVERYBODY, "the SOPs in force are public (PermenPANRB 15/2014)")
def comparison(code: str) -> str:
    """The approved paper, word for word, beside what the tracker runs."""
    sop = _sop(code)
    return render_template("sop_comparison.html", sop=sop, title=wording_of(sop).title, rows=compared(sop))


@pages.get("/sop/<code>/cetak.<any(pdf, docx, odt):form>")
@seen_by(Audience.EVERYBODY, "the SOPs in force are public (PermenPANRB 15/2014)")
def printed(code: str, form: str) -> Response:
    """The paper for signature and for the wall, or to go on writing in."""
    sop = _sop(code)
    answer = Response(_printed(sop, form, office().config.office), mimetype=TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{sop.code}-r{sop.revision}.{form}"'
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


# More than the SOPs of one office in two revisions each, in three forms; a PDF is some 100 kB, the others less.
@lru_cache(maxsize=48)
def _made(text_hash: str, form: str, name: str, government: str) -> bytes:
    return PRINTS[form](register.by_hash(office().desk.store, text_hash), name, government, None)


def _printed(sop: Sop, form: str, whose: Office) -> bytes:
    """Made once for each revision: a public page must not cost a PDF at every visit."""
    return _made(sop.hash, form, whose.name, whose.government)
