"""Case pages for staff: what waits for me, all cases, one case with the acts open to me, the paper behind it."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, url_for
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
from request_tracker.errors import BadForm, NotStored, Refused
from request_tracker.store import drafts
from request_tracker.web.cases.act_form import ANY_STEP, read_act
from request_tracker.web.cases.case_filter import CASE_LIST, chosen, filter_of, read_filter
from request_tracker.web.cases.case_reading import figures_of, record_of, technician, viewer
from request_tracker.web.cases.case_view import case_view
from request_tracker.web.cases.evidence import decided, frozen
from request_tracker.web.cases.open_acts import RefusedAct
from request_tracker.web.cases.paper_dispositions import SHEET, recorded
from request_tracker.web.cases.proposal_form import sent_proposal
from request_tracker.web.cases.signatures import by_account
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import (
    DeclaredForm,
    asked_again,
    asked_status,
    chosen_act,
    faults_of,
    problem_of,
    sent_text,
    typed_form,
    typed_texts,
)
from request_tracker.web.shell.form_values import MAX_LINE, MAX_NOTE, MAX_SEARCH
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import Conduct, PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.signing import SentForm, act_on
from request_tracker.web.shell.uploads import kept_marks, uploaded

pages = PageGroup("cases", __name__, Conduct(papers=True))
Answer = Response | tuple[str, int]
pages.declare(ANY_STEP)
pages.declare(SHEET)
pages.declare(CASE_LIST)
# Rows of the list: some screens to scroll, one query by its index.
PAGE = 50


@pages.get("/kasus")
@pages.menu(MenuGroup.WORK, 10, ("Kasus", "Cases"))
@needs("see_cases")
def listing() -> Answer:
    """My work first, then every case by filter."""
    desk, query = office().desk, read_filter(CASE_LIST)
    page = query.number("halaman")
    rows = find_cases(desk, filter_of(query), PAGE, page * PAGE)
    mine = [row for row in waiting_for(desk, me().who.acting_roles) if _for_me(row)]
    shown = {"page": page, "full": len(rows) == PAGE, "form": asked_again(query), "chosen": chosen(query)}
    return render_template("cases.html", mine=mine, rows=rows, **shown), asked_status(query)


@pages.get("/kasus/<path:number>")
@needs("see_cases")
def case(number: str) -> str:
    """One case: what it is, where it stands, what I may do, its history."""
    return case_page(number)


def case_page(number: str, step: str = "", error: Refused | None = None) -> str:
    """The page; where an act on ``step`` was refused, why, with what had been filled in."""
    record = record_of(number)
    refused = refused_form(step, error) if error else None
    return render_template("case.html", view=case_view(record, figures_of(record), viewer(), refused))


def on_the_case(number: str, form: DeclaredForm, act: Callable[[], object], anchor: str | None = None) -> Answer:
    """Do what a form of the page asks; a refusal stands there, at its form, with all that was typed."""
    try:
        act()
    except NotStored:
        raise
    except Refused as error:
        return case_page(number, form.name, error), error.form_status if isinstance(error, BadForm) else error.status
    return redirect(url_for("cases.case", number=number, _anchor=anchor))


def refused_form(step: str, error: Refused) -> RefusedAct:
    """The form of a step or an act (by its name) that was refused, with all that was typed into it."""
    return RefusedAct(step=step, problem=problem_of(error), typed=typed_form(), faults=faults_of(error))


@pages.post("/kasus/<path:number>/langkah/<step>")
@needs("see_cases")
def act(number: str, step: str) -> Response | tuple[str, int]:
    """Do one's part of a step; the version says which state of the case the person saw."""
    page = url_for("cases.case", number=number)
    return answered(number, step, page, lambda error: case_page(number, step, error))


def answered(number: str, step: str, page: str, again: Callable[[Refused], str]) -> Response | tuple[str, int]:
    """What a form of a step is answered with: the way to ``page``, or ``again`` with its refusal."""
    desk = office().desk
    before = read_case(desk, number)
    open_to_me = next((p for p in possible(desk, before, me().who) if p.step.id == step and _lane(p)), None)
    if open_to_me is None:
        raise Refused("not_open_step", step=step)
    place = (number, step, me().named())
    typed = typed_texts(open_to_me.fields)
    if chosen_act() == "draft":
        # What was typed outlives the refusal, also where the browser is closed over it.
        drafts.keep(desk.store, place, typed | kept_marks(), now())
        return redirect(page)
    try:
        form = SentForm(form_number("version"), place, page, effects_shown=sent_text("effects", MAX_SEARCH))
        act_on(number, _command(before, open_to_me), form)
    except Refused as error:
        drafts.keep(desk.store, place, typed | kept_marks(), now())
        return again(error), 409
    return redirect(page)


@pages.post("/kasus/<path:number>/langkah/<step>/kertas")
@needs("record_disposition")
def record_paper(number: str, step: str) -> Response | tuple[str, int]:
    """Record what the head has decided on paper; a refusal stands on the page with what was filled in."""
    page = url_for("cases.case", number=number)
    try:
        act_on(number, recorded(number, step), SentForm(form_number("version"), leads_to=page))
    except Refused as error:
        return case_page(number, step, error), 409
    return redirect(page)


def _lane(act: Possible) -> bool:
    return sent_text("lane", MAX_LINE) in ("", act.lane)


def _for_me(row: dict[str, Any]) -> bool:
    """A technician's step that has a name on it waits for that person alone."""
    return row["role"] != "technician" or row["assignee"] in (None, me().named())


def _command(case: Case, act: Possible) -> Sign | SendBack | ApplyAllocation:
    if chosen_act() == "back":
        return SendBack(act.step.id, sent_text("note", MAX_NOTE))
    sent = read_act(case, act)
    note, papers, reason = sent.text("note"), _papers(case, act), sent.text("reason")
    decision, _, extent = sent.text("decision").partition("|")
    if act.judges:
        papers |= {key: decided(case, sent.text("decision") or None, note) for key in act.step.outputs}
    if act.applies:
        # The version of the form says which number was shown; none other can be applied.
        return ApplyAllocation(act.step.id, note=note, reason=reason, documents=papers, firewall=sent.text("firewall"))
    photo = uploaded("photo")
    if photo is not None:
        note = f"{note}\nfoto: /berkas/{photo.sha256}{_made_from(photo)}".strip()
    kind, scans = by_account(case, act)
    return Sign(
        act.step.id,
        note,
        documents=papers | scans,
        form={field.key: sent.typed[field.key] for field in act.fields},
        decision=decision or None,
        assignee=technician(sent.number("assignee")) if act.needs_assignee else None,
        lane=act.lane,
        occurred_at=sent.moment("occurred_at"),
        signature=kind,
        proposal=sent_proposal(sent.typed, office().desk.calendar.zone) if act.proposes else None,
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
