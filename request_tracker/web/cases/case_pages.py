"""Case pages for staff: what waits for me, all cases, one case with the acts open to me, the paper behind it."""

from collections.abc import Callable
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from request_tracker.cases import (
    ApplyAllocation,
    Case,
    Possible,
    SendBack,
    Sign,
    Supplied,
    find_cases,
    possible,
    read_case,
    waiting_for,
)
from request_tracker.cases.queries import CaseFilter
from request_tracker.errors import Refused
from request_tracker.sop import register
from request_tracker.store import drafts
from request_tracker.web.cases.case_reading import figures_of, record_of, viewer
from request_tracker.web.cases.case_view import RefusedAct, case_view
from request_tracker.web.cases.evidence import decided, frozen
from request_tracker.web.cases.paper_dispositions import recorded
from request_tracker.web.cases.proposal_form import sent_proposal
from request_tracker.web.cases.reassign import technician
from request_tracker.web.cases.signatures import by_account
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import MAX_NOTE, MAX_REASON, MAX_SEARCH, when
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import Conduct, PageGroup
from request_tracker.web.shell.sent_values import form_number, query_number
from request_tracker.web.shell.signing import SentForm, act_on
from request_tracker.web.shell.uploads import kept_marks, uploaded

pages = PageGroup("cases", __name__, Conduct(papers=True))
# Rows of the list: some screens to scroll, one query by its index.
PAGE = 50


@pages.get("/kasus")
@pages.menu(MenuGroup.WORK, 10, ("Kasus", "Cases"))
@needs("see_cases")
def listing() -> str:
    """My work first, then every case by filter."""
    desk, query = office().desk, request.args
    text, opd, sop = query.get("q", "")[:MAX_SEARCH], query.get("opd") or None, query.get("sop") or None
    page = query_number("halaman") or 0
    state = {"terbuka": True, "selesai": False}.get(query.get("status", ""))
    wanted = CaseFilter(text=text, opd=opd, sop=sop, open_only=state)
    rows = find_cases(desk, wanted, PAGE, page * PAGE)
    mine = [row for row in waiting_for(desk, me().who.acting_roles) if _for_me(row)]
    sops = register.codes(desk.store)
    full = len(rows) == PAGE
    return render_template("cases.html", mine=mine, rows=rows, page=page, full=full, opds=desk.city.opds, sops=sops)


@pages.get("/kasus/<path:number>")
@needs("see_cases")
def case(number: str) -> str:
    """One case: what it is, where it stands, what I may do, its history."""
    return case_page(number)


def case_page(number: str, step: str = "", problem: str | None = None) -> str:
    """The page; where an act on ``step`` was refused, why, with what had been filled in."""
    record = record_of(number)
    refused = RefusedAct(step=step, problem=problem, typed=request.form) if problem else None
    return render_template("case.html", view=case_view(record, figures_of(record), viewer(), refused))


@pages.post("/kasus/<path:number>/langkah/<step>")
@needs("see_cases")
def act(number: str, step: str) -> Response | tuple[str, int]:
    """Do one's part of a step; the version says which state of the case the person saw."""
    page = url_for("cases.case", number=number)
    return answered(number, step, page, lambda problem: case_page(number, step, problem))


def answered(number: str, step: str, page: str, again: Callable[[str], str]) -> Response | tuple[str, int]:
    """What a form of a step is answered with: the way to ``page``, or ``again`` with the reason of its refusal."""
    desk = office().desk
    before = read_case(desk, number)
    open_to_me = next((p for p in possible(desk, before, me().who) if p.step.id == step and _lane(p)), None)
    if open_to_me is None:
        raise Refused("not_open_step", step=step)
    place = (number, step, me().named())
    typed = {field.key: request.form.get(field.key, "") for field in open_to_me.fields}
    if request.form.get("act") == "draft":
        # What was typed outlives the refusal, also where the browser is closed over it.
        drafts.keep(desk.store, place, typed | kept_marks(), now())
        return redirect(page)
    try:
        form = SentForm(form_number("version"), place, page, effects_shown=request.form.get("effects", "")[:MAX_SEARCH])
        act_on(number, _command(before, open_to_me), form)
    except Refused as error:
        drafts.keep(desk.store, place, typed | kept_marks(), now())
        return again(error.text(g.language)), 409
    return redirect(page)


@pages.post("/kasus/<path:number>/langkah/<step>/kertas")
@needs("record_disposition")
def record_paper(number: str, step: str) -> Response | tuple[str, int]:
    """Record what the head has decided on paper; a refusal stands on the page with what was filled in."""
    page = url_for("cases.case", number=number)
    try:
        act_on(number, recorded(step), SentForm(form_number("version"), leads_to=page))
    except Refused as error:
        return case_page(number, step, error.text(g.language)), 409
    return redirect(page)


def _lane(act: Possible) -> bool:
    return request.form.get("lane") in (None, "", act.lane)


def _for_me(row: dict[str, Any]) -> bool:
    """A technician's step that has a name on it waits for that person alone."""
    return row["role"] != "technician" or row["assignee"] in (None, me().named())


def _command(case: Case, act: Possible) -> Sign | SendBack | ApplyAllocation:
    sent, note = request.form, request.form.get("note", "")[:MAX_NOTE]
    if sent.get("act") == "back":
        return SendBack(act.step.id, note)
    papers, reason = _papers(case, act), sent.get("reason", "")[:MAX_REASON]
    if act.judges:
        papers |= {key: decided(case, sent.get("decision"), note) for key in act.step.outputs}
    if act.applies:
        firewall = sent.get("firewall", "").strip()[:MAX_REASON]
        # The version of the form says which number was shown; none other can be applied.
        return ApplyAllocation(act.step.id, note=note, reason=reason, documents=papers, firewall=firewall)
    assignee = technician(form_number("assignee")) if act.needs_assignee or sent.get("assignee") else None
    form = {field.key: sent.get(field.key, "") for field in act.fields}
    photo = uploaded("photo")
    if photo is not None:
        note = f"{note}\nfoto: /berkas/{photo.sha256}{_made_from(photo)}".strip()
    kind, scans = by_account(case, act)
    decision, _, extent = sent.get("decision", "").partition("|")
    return Sign(
        act.step.id,
        note,
        documents=papers | scans,
        form=form,
        decision=decision or None,
        assignee=assignee,
        lane=act.lane,
        occurred_at=when("occurred_at"),
        signature=kind,
        proposal=sent_proposal(sent, office().desk.calendar.zone) if act.proposes else None,
        reason=reason,
        part={"seluruhnya": False, "sebagian": True}.get(extent),
    )


def _made_from(photo: Supplied) -> str:
    """The file that a photo was made from: a note is its only place in the case."""
    return f" (dari {photo.original['name']}, sha256 {photo.original['sha256']})" if photo.original else ""


def _papers(case: Case, act: Possible) -> dict[str, Supplied]:
    papers = {document.key: uploaded(f"document_{document.key}") for document in (*act.uploads, *act.replaces)}
    evidence = {document.key: frozen(case, document) for document in act.evidence}
    return {key: paper for key, paper in (papers | evidence).items() if paper is not None}
