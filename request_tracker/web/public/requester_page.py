"""The requester's page, by the secret link of the receipt: where the case stands (PKL-S-02), and his own acts on it.

His steps (BTM-05, BTM-09), the letter that follows (PKL-S-01), what he writes, taking the request back.
Whoever holds the link acts as the case's contact; nothing here needs an account.
"""

from collections.abc import Callable

from flask import g, redirect, render_template, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from request_tracker.cases import (
    AddDocument,
    Cancel,
    Case,
    Desk,
    Note,
    Possible,
    Reopen,
    Sign,
    Who,
    history,
    possible,
    read_case,
)
from request_tracker.cases.acts import Command
from request_tracker.cases.early_end import early_reason, joined_case
from request_tracker.cases.endings import EARLY
from request_tracker.cases.possible import announced
from request_tracker.cases.signing import formal
from request_tracker.errors import Conflict, NotThere, Refused
from request_tracker.letters.keeping import SIGNED
from request_tracker.letters.making import facts_of
from request_tracker.letters.reply.paper import UNANSWERED, reason
from request_tracker.sop import register
from request_tracker.sop.model import Sop
from request_tracker.store import drafts, files
from request_tracker.web.cases.act_form import FILE, with_paper
from request_tracker.web.cases.case_pages import refused_form
from request_tracker.web.cases.comment_list import PUBLIC
from request_tracker.web.cases.official_rules import reopenable
from request_tracker.web.cases.open_acts import RefusedAct
from request_tracker.web.cases.signatures import by_link
from request_tracker.web.public.link_places import case_of_link
from request_tracker.web.public.own_entry import entry_page
from request_tracker.web.public.requester_forms import (
    CANCEL,
    FORMS,
    LATE_PAPER,
    MESSAGE,
    OWN_REOPEN,
    SIGNATORY,
    read_own_step,
)
from request_tracker.web.public.requester_view import REQUESTER, Own, RequesterRecord, requester_view
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import read_values, typed_texts
from request_tracker.web.shell.downloads import as_download
from request_tracker.web.shell.pages import FORM_LIMIT, Conduct, PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on
from request_tracker.web.shell.uploads import kept_marks, uploaded
from request_tracker.words.bilingual import Both

pages = PageGroup("requester_page", __name__, Conduct(limits=(FORM_LIMIT,), papers=True))
for form in FORMS.values():
    pages.declare(form)
Answer = Response | tuple[str, int]


def own(desk: Desk, case: Case) -> Own:
    """The acts open to a case's requester."""
    sop = register.by_hash(desk.store, case.sop_hash)
    # An outage is not the requester's wish: it is over when the line is back.
    cancels = case.kind != "outage" and case.applied_at is None
    if case.ending:
        return Own([], (), False)
    drafts_of_his = drafts.drafts_of(desk.store, case.number, REQUESTER)
    return Own(possible(desk, case, as_requester(case)), announced(case, sop), cancels, drafts_of_his)


def as_requester(case: Case) -> Who:
    """The person behind the secret link."""
    return Who(case.contact or "public:form", frozenset({"requester"}))


@pages.get("/lacak/<token>")
@seen_by(Audience.LINK, "the requester follows his own case", "the secret link of his receipt")
def page(token: str) -> str:
    """The requester's parcel-like line: every step of the SOP and where the case stands (PKL-S-02)."""
    try:
        behind_link = _case(token)
    except NotThere:
        # What he sent may still wait for its number.
        return entry_page(token)
    return _page(token, *behind_link)


@pages.get("/lacak/<token>/berkas/<sha256>")
@seen_by(Audience.LINK, "what he has signed", "the secret link of his receipt")
def signed(token: str, sha256: str) -> Response:
    """A paper that both parties have signed, for the one who holds the other copy."""
    here, (_, case) = office(), _case(token)
    paper = next((record for record in case.records if (record.sha256, record.source) == (sha256, SIGNED)), None)
    if paper is None:
        raise NotFound
    return as_download(files.read(here.config.files, sha256), "application/pdf", str(paper.name))


@pages.post("/lacak/<token>/langkah/<step>")
@seen_by(Audience.LINK, "his own steps of the SOP", "the secret link of his receipt")
def act(token: str, step: str) -> Answer:
    """Do the requester's part of a step; what was filled in is kept until it is taken."""
    desk, case = _case(token)
    place = (case.number, step, REQUESTER)
    open_to_him = [turn for turn in possible(desk, case, as_requester(case)) if turn.step.id == step]
    answer = _done(token, step, lambda desk, case: _sign(desk, case, step), place)
    # A tuple is a refusal with its status; a redirect is a success, which has no draft left to keep.
    for turn in open_to_him if isinstance(answer, tuple) else ():
        drafts.keep(desk.store, place, typed_texts(turn.fields) | kept_marks(), now())
    return answer


@pages.post("/lacak/<token>/langkah/<step>/simpan")
@seen_by(Audience.LINK, "his own draft", "the secret link of his receipt")
def draft(token: str, step: str) -> Response:
    """Keep what is filled in so far (BTM-05); nothing is sent, no field is asked for."""
    desk, case = _case(token)
    drafts.keep(
        desk.store,
        (case.number, step, REQUESTER),
        typed_texts(_open_act(desk, case, step).fields) | kept_marks(),
        now(),
    )
    return redirect(url_for("requester_page.page", token=token))


@pages.post("/lacak/<token>/surat")
@seen_by(Audience.LINK, "his letter, where it comes later", "the secret link of his receipt")
def letter(token: str) -> Answer:
    """Hand in a paper that was to follow (PKL-S-01)."""
    return _done(token, LATE_PAPER.name, _late_paper)


@pages.post("/lacak/<token>/batal")
@seen_by(Audience.LINK, "he takes his request back", "the secret link of his receipt")
def cancel(token: str) -> Answer:
    """Take the request back, as long as nothing has been applied."""
    return _done(token, CANCEL.name, lambda desk, case: Cancel(read_values(CANCEL).sound().text("reason")))


@pages.post("/lacak/<token>/buka")
@seen_by(Audience.LINK, "he has his case opened again", "the secret link of his receipt")
def reopen(token: str) -> Answer:
    """Open an ended case again at its last step, where what was promised is not so."""

    def command(desk: Desk, case: Case) -> Reopen:
        return Reopen(case.visited[-1], read_values(OWN_REOPEN).sound().text("note"))

    return _done(token, OWN_REOPEN.name, command)


@pages.post("/lacak/<token>/komentar")
@seen_by(Audience.LINK, "he writes to the staff", "the secret link of his receipt")
def write(token: str) -> Answer:
    """Write to the office; whoever has the case in hand is told."""

    def command(desk: Desk, case: Case) -> Note:
        return Note(PUBLIC, {"text": read_values(MESSAGE).sound().text("text")})

    return _done(token, MESSAGE.name, command)


def _page(token: str, desk: Desk, case: Case, refused: RefusedAct | None = None) -> str:
    sop = register.by_hash(desk.store, case.sop_hash)
    record = RequesterRecord(
        token=token,
        case=case,
        sop=sop,
        events=history(desk, case.number),
        own=own(desk, case),
        why=_why(desk, case, sop),
        reopens=bool(reopenable(case, sop, now())),
        at=now(),
    )
    return render_template("requester_page.html", view=requester_view(record, refused))


def _why(desk: Desk, case: Case, sop: Sop) -> str:
    """Why a request was refused, in the words of the reply letter (BTM-07); empty where it was not."""
    if case.ending in EARLY:
        events = history(desk, case.number)
        joined = joined_case(case, events)
        where = Both(f" Dilanjutkan pada kasus {joined}.", f" It goes on as case {joined}.") if joined else Both("", "")
        return early_reason(case, events) + where.said(g.language)
    if case.kind != "request" or case.ending is None or case.ending in UNANSWERED:
        return ""
    return reason(facts_of(desk, office().config.office, case, sop, now()))


def _case(token: str) -> tuple[Desk, Case]:
    desk = office().desk
    return desk, read_case(desk, case_of_link(token))


def _done(
    token: str, form: str, command: Callable[[Desk, Case], Command], draft: tuple[str, str, str] | None = None
) -> Answer:
    """Run it and go back to the page; what is refused stands there at its form, with what was filled in.

    ``form``: the form's name, or the step that it is of.
    """
    desk, case = _case(token)
    sending = SentForm(form_number("version"), draft, url_for("requester_page.page", token=token))
    try:
        act_on(case.number, command(desk, case), sending, as_requester(case))
    except Refused as error:
        return _page(token, desk, case, refused_form(form, error)), 409 if isinstance(error, Conflict) else 422
    return redirect(url_for("requester_page.page", token=token))


def _open_act(desk: Desk, case: Case, step: str) -> Possible:
    act = next((turn for turn in possible(desk, case, as_requester(case)) if turn.step.id == step), None)
    if act is None:
        raise Refused("not_open_step", step=step)
    return act


def _sign(desk: Desk, case: Case, step: str) -> Sign:
    act = _open_act(desk, case, step)
    signs = _signs(desk, case, act)
    sent = read_own_step(act, signs)
    papers = {document.key: uploaded(f"document_{document.key}") for document in (*act.uploads, *act.replaces)}
    supplied = {key: paper for key, paper in papers.items() if paper is not None}
    kind, scans = by_link(case, act)
    return Sign(
        step,
        sent.text("note"),
        documents=supplied | scans,
        form={field.key: sent.typed[field.key] for field in act.fields},
        decision=sent.text("decision") or None,
        lane=act.lane,
        signatory={field.key.removeprefix("signatory_"): sent.text(field.key) for field in SIGNATORY} if signs else {},
        signature=kind,
    )


def _signs(desk: Desk, case: Case, act: Possible) -> bool:
    """True where the act puts a name under a paper of both parties (BTM-09)."""
    sop = register.by_hash(desk.store, case.sop_hash)
    return bool(formal(sop, act.step, act.lane))


def _late_paper(desk: Desk, case: Case) -> AddDocument:
    sop = register.by_hash(desk.store, case.sop_hash)
    # Which of them may come from him is the command's to say.
    names = {key: document.name for key, document in sop.documents.items()}
    values, paper = with_paper(LATE_PAPER.offering({"document": names}), "file", FILE)
    return AddDocument(values.text("document"), paper)
