"""The papers of a case to take away: PDF for signature, Word and OpenDocument to go on writing in."""

import functools
from dataclasses import replace
from pathlib import Path

from flask import Response, make_response, render_template, request, url_for
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response as Redirect

from request_tracker.cases import AddDocument, Case, Note, possible, read_case
from request_tracker.config import Office
from request_tracker.errors import NotThere
from request_tracker.letters.archive import pack
from request_tracker.letters.keeping import frozen_paper, keep_signed
from request_tracker.letters.making import facts_of, frozen_report, make, offers
from request_tracker.letters.outage_monitoring.paper import monitoring
from request_tracker.letters.press.facts import Facts
from request_tracker.letters.press.forms import FORMS, set_paper
from request_tracker.letters.press.wording import day
from request_tracker.letters.request_form.paper import NAME, request_form
from request_tracker.sop import register
from request_tracker.sop.model import Sop
from request_tracker.store import files
from request_tracker.web.cases.act_form import FILE, with_paper
from request_tracker.web.cases.case_pages import on_the_case
from request_tracker.web.cases.contact import contact_of
from request_tracker.web.cases.evidence import days_asked, measured_now, use_graph
from request_tracker.web.cases.official_forms import FINAL_PAPER
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.downloads import as_download
from request_tracker.web.shell.pages import Conduct, PageGroup
from request_tracker.web.shell.signing import SentForm, act_on
from request_tracker.words.labels import phrase

pages = PageGroup("papers", __name__, Conduct(papers=True))
pages.declare(FINAL_PAPER)
PDF = FORMS["pdf"].mime


@pages.get("/kasus/<path:number>/surat/<kind>.<form>")
@needs("read_papers")
def paper(number: str, kind: str, form: str) -> Response:
    """One paper as pdf, docx or odt; one that both parties have signed as it was kept then."""
    keep_signed(office().desk, office().config, number, now())
    case = read_case(office().desk, number)
    sop = register.by_hash(office().desk.store, case.sop_hash)
    offer = next((offer for offer in offers(sop) if offer.word == kind), None)
    if offer is None or form not in offer.kind.forms:
        raise NotFound
    if not offer.readable(me().who.acting_roles):
        raise Forbidden
    return made_paper(case, sop, kind, form)


def made_paper(case: Case, sop: Sop, kind: str, form: str) -> Response:
    """A paper that the case has, in one of its forms."""
    facts = _facts(case, sop, kind)
    frozen = frozen_paper(facts, kind)
    if frozen and form == "pdf":
        return as_download(files.read(office().config.files, str(frozen.sha256)), PDF, str(frozen.name))
    made = make(replace(facts, now=frozen.at) if frozen and frozen.at else facts, kind)
    return as_download(set_paper(made, form, office().config.templates), FORMS[form].mime, f"{made.file}.{form}")


@pages.get("/kasus/<path:number>/grafik.svg")
@needs("read_papers")
def use(number: str) -> Response:
    """The last thirty days, or ninety, of the OPD behind a case, for its page (PKL-B-KT2)."""
    case = read_case(office().desk, number)
    drawn = use_graph(case, days_asked()) if case.opd else None
    if drawn is None:
        raise NotFound
    return make_response(drawn, 200, {"Content-Type": "image/svg+xml"})


@pages.get("/permohonan/formulir.pdf")
@seen_by(Audience.EVERYBODY, "the blank request form, for who writes by hand")
def blank_form() -> Response:
    """The request form to write on by hand; anybody may print it (PKL-B-CT2). It is set once."""
    config = office().config
    return as_download(_blank(config.office.model_dump_json(), config.templates), PDF, f"{NAME}.pdf")


@pages.get("/kasus/<path:number>/formulir.pdf")
@needs("read_papers")
def filled_form(number: str) -> Response:
    """The same with what the office sent; who may not see a contact gets it masked."""
    here, case = office(), read_case(office().desk, number)
    if case.kind != "request":
        raise NotFound
    head = (("Nomor kasus", case.number), ("Diterima", day(here.desk.calendar.local(case.opened_at))))
    names = {opd.code: opd.name for opd in here.desk.city.opds}
    person = contact_of(case) or {}
    contact = {f"contact_{key}": person[key] for key in ("name", "phone", "email") if person.get(key)}
    contact["contact_channel"] = phrase(person.get("channel")).indonesian
    values: dict[str, object] = {**case.form, **contact, "opd": names.get(case.opd or "", case.opd or "")}
    made = request_form(here.config.office, values, head)
    content = set_paper(made, own=here.config.templates)
    return as_download(content, PDF, f"{made.file}-{case.number.replace('/', '-')}.pdf")


# One office, one form. A public page must not cost a PDF at every visit.
@functools.lru_cache(maxsize=1)
def _blank(letterhead: str, own: Path | None) -> bytes:
    """``letterhead`` is the office as JSON: as it stands it cannot be a key, it holds dictionaries."""
    made = request_form(Office.model_validate_json(letterhead), {})
    return set_paper(made, own=own)


@pages.get("/kasus/<path:number>/arsip.zip")
@needs("read_papers")
def archive(number: str) -> Response:
    """A finished case to take away whole (BTM-14)."""
    here = office()
    case = read_case(here.desk, number)
    if not all(
        offer.readable(me().who.acting_roles) for offer in offers(register.by_hash(here.desk.store, case.sop_hash))
    ):
        raise Forbidden
    name = f"arsip-{number.replace('/', '-')}.zip"
    return as_download(pack(here.desk, here.config, number), "application/zip", name)


@pages.get("/kasus/<path:number>/laporan/<int:seq>")
@needs("read_papers")
def reading(number: str, seq: int) -> str:
    """A frozen report to read; that the official whose turn it is has opened it is kept in the case (PKL-G-06, 07)."""
    desk = office().desk
    case = read_case(desk, number)
    report = next((record for record in case.reports() if record.seq == seq), None)
    if report is None:
        raise NotFound
    acts = [act for act in possible(desk, case, me().who) if act.reads == seq]
    if acts and (me().who.person, seq) not in case.read and request.method == "GET":
        # Only whose turn it is, once: who else looks leaves no mark, and a second look says nothing new.
        case = act_on(number, Note("report_read", {"event": seq}))
    made = monitoring(replace(_facts(case, register.by_hash(desk.store, case.sop_hash)), monitored=report.content))
    return render_template("monitoring.html", case=case, report=report, paper=made, act=next(iter(acts), None))


@pages.post("/kasus/<path:number>/surat")
@needs("hand_in")
def final(number: str) -> Redirect | tuple[str, int]:
    """A paper that was edited or signed outside comes back; earlier versions stay in the case (KTM-KQ2)."""
    page = url_for("cases.case", number=number)
    return on_the_case(number, FINAL_PAPER, lambda: act_on(number, _final(number), SentForm(leads_to=page)))


def _final(number: str) -> AddDocument:
    sop = register.by_hash(office().desk.store, read_case(office().desk, number).sop_hash)
    names = {key: document.name for key, document in sop.documents.items()}
    values, paper = with_paper(FINAL_PAPER.offering({"document": names}), "file", FILE)
    return AddDocument(values.text("document"), paper)


@pages.get("/berkas/<sha256>")
@needs("read_papers")
def stored(sha256: str) -> Response:
    """An attachment for staff and the auditor."""
    return attachment(sha256)


def attachment(sha256: str, name: str | None = None) -> Response:
    """A stored paper, as a download only; ``name`` where its case calls it otherwise. Raises Refused without one."""
    row = office().desk.store.row("SELECT name, mime FROM files WHERE sha256 = ?", [sha256])
    if row is None:
        raise NotThere("no_paper", sha256=sha256[:12])
    # Read and checked against its hash before it is sent: a damaged paper is told, not handed out.
    files.read(office().config.files, sha256)
    path = files.path_of(office().config.files, sha256).absolute()
    return as_download(path, row["mime"], name or row["name"])


def _facts(case: Case, sop: Sop, kind: str = "") -> Facts:
    """The facts of a paper; a report of the monitoring that is not frozen yet is told as it is now."""
    report = frozen_report(office().desk, case, sop, kind) or measured_now(case, sop, kind)
    return replace(facts_of(office().desk, office().config.office, case, sop, now()), monitored=report)
