"""Case pages for staff: what waits for me, all cases, one case with the acts open to me, the paper behind it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from inventory.rates import parse_rate
from request_tracker.capacity.waiting_list import listed_since, unmet
from request_tracker.cases import (
    Allocation,
    ApplyAllocation,
    Case,
    Note,
    Possible,
    SendBack,
    Sign,
    Supplied,
    find_cases,
    history,
    possible,
    read_case,
    run,
    running,
    waiting_for,
)
from request_tracker.cases.advice import other_open_cases
from request_tracker.cases.commands import UNTIL
from request_tracker.cases.possible import announced
from request_tracker.cases.proven import rechecks
from request_tracker.cases.readback import Recheck, recheck
from request_tracker.cases.relations import related_cases, related_numbers
from request_tracker.cases.signing import formal, unsigned
from request_tracker.chart import Mark, draw, lay_out
from request_tracker.chart.course import marks
from request_tracker.errors import Refused
from request_tracker.letters.keeping import keep_signed
from request_tracker.letters.making import papers_of
from request_tracker.outages.reported import end_reported
from request_tracker.people.accounts import holders
from request_tracker.people.roles import may
from request_tracker.reports.workload import loads
from request_tracker.sop import register
from request_tracker.sop.forms import wrong
from request_tracker.store import drafts
from request_tracker.web.cases.changes import network_changes
from request_tracker.web.cases.comments import comments
from request_tracker.web.cases.contact import contact_of
from request_tracker.web.cases.event_text import Speech, detail, filled_forms, form_lines
from request_tracker.web.cases.evidence import bandwidth_now, board_link, decided, frozen, usage, verdict_now
from request_tracker.web.cases.evidence import wanted as wanted_of
from request_tracker.web.cases.paper_dispositions import FIELDS, heads, recorded, sheets
from request_tracker.web.cases.pauses import reasons, resumable
from request_tracker.web.cases.registration import scraped_now
from request_tracker.web.cases.revisions import newer
from request_tracker.web.cases.signatures import by_account
from request_tracker.web.cases.steering import assigns, priorities, steps_to_reopen, technician
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import when
from request_tracker.web.shell.uploads import uploaded
from request_tracker.words.labels import phrase

pages = Blueprint("cases", __name__)
PAGE = 50
JUDGED = "periksa_tersambung"


@pages.get("/kasus")
@needs("see_cases")
def listing() -> str:
    """My work first, then every case by filter."""
    desk, given = office().desk, request.args
    text, opd, sop = given.get("q", "")[:100], given.get("opd") or None, given.get("sop") or None
    page = max(0, given.get("halaman", 0, int))
    state = {"terbuka": True, "selesai": False}.get(given.get("status", ""))
    rows = find_cases(desk, text, opd, sop, state, PAGE, page * PAGE)
    mine = [row for row in waiting_for(desk, me().who.held) if _for_me(row)]
    sops = register.codes(desk.store)
    full = len(rows) == PAGE
    return render_template("cases.html", mine=mine, rows=rows, page=page, full=full, opds=desk.city.opds, sops=sops)


@pages.get("/kasus/<path:number>")
@needs("see_cases")
def case(number: str) -> str:
    """One case: what it is, where it stands, what I may do, its history."""
    return _page(number)


def _page(number: str, step: str = "", problem: str | None = None) -> str:
    """The page; where an act on ``step`` was refused, why, with what had been filled in."""
    desk = office().desk
    found = read_case(desk, number)
    sop = register.by_hash(desk.store, found.sop_hash)
    acts = possible(desk, found, me().who)
    events = history(desk, number)
    wanted = wanted_of(found)
    stand = marks(found, now())
    shown = found.opd is not None and found.kind == "request"
    return render_template(
        "case.html",
        case=found,
        sop=sop,
        acts=acts,
        events=list(reversed(events)),
        comments=comments(events, internal=may(me().who.held, "read_notes")),
        lines=form_lines(found, sop),
        filled=filled_forms(found, sop),
        detail=lambda event, at, name: detail(event, sop, Speech(g.language, at, name)),
        changes=network_changes(events),
        scraped=scraped_now(found),
        unmet=unmet(found),
        listed=listed_since(events),
        recheck=_recheck(found, acts),
        verdict=verdict_now(found) if any(JUDGED in act.step.actions for act in acts) else None,
        evidence=usage(found, wanted) if shown else None,
        wanted=wanted,
        related=related_cases(desk, found, events),
        linked=related_numbers(events),
        others=other_open_cases(desk, found),
        technicians=loads(desk.store, now()) if assigns(found) or any(act.needs_assignee for act in acts) else [],
        board=board_link(found),
        drafts=drafts.drafts_of(desk.store, number, me().named()) if any(act.fields for act in acts) else {},
        contact=contact_of(found),
        here={step.id for step in found.open_steps},
        visited=set(found.visited),
        papers=papers_of(sop),
        chart=Markup(draw(lay_out(sop, stand))),
        late=Mark.LATE in stand.values(),
        formal={act.step.id for act in acts if formal(sop, act.step, act.lane)},
        unsigned=unsigned(found, sop),
        sheets=(paper_steps := sheets(found, sop)),
        heads=heads() if paper_steps else [],
        sheet_fields=FIELDS,
        reasons=reasons(found, sop),
        resumable=resumable(found),
        newer=(revision := newer(found)),
        consenting=holders(desk.store, "head_of_section") if revision else [],
        clocks=running(events, sop, desk.calendar, now()),
        assigns=assigns(found),
        priorities=priorities(found),
        reopens=steps_to_reopen(found, sop),
        announced=announced(found, sop) if not found.ending else (),
        problem=problem,
        typed={step: request.form} if problem else {},
    )


def _recheck(case: Case, acts: list[Possible]) -> Recheck | None:
    """What the re-check of the allocation would say now, for whoever may sign it (KTM-08)."""
    steps = [case.open_step(act.step.id) for act in acts if rechecks(act.step)]
    return recheck(office().desk, case, steps[0], now()) if steps and steps[0] else None


@pages.post("/kasus/<path:number>/langkah/<step>")
@needs("see_cases")
def act(number: str, step: str) -> Response | tuple[str, int]:
    """Do one's part of a step; the version says which state of the case the person saw."""
    desk = office().desk
    found = read_case(desk, number)
    open_to_me = next((p for p in possible(desk, found, me().who) if p.step.id == step and _lane(p)), None)
    if open_to_me is None:
        raise Refused("not_open_step", step=step)
    place = (number, step, me().named())
    typed = {field.key: request.form.get(field.key, "") for field in open_to_me.fields}
    if request.form.get("act") == "draft":
        drafts.keep(desk.store, place, typed, now())
        back = "outages.page" if request.form.get("back") == "outage" else "cases.case"
        return redirect(url_for(back, number=number))
    try:
        _act(found, open_to_me)
    except Refused as error:
        drafts.keep(desk.store, place, typed, now())
        return _page(number, step, error.text(g.language)), 409
    drafts.forget(desk.store, place)
    return redirect(url_for("cases.case", number=number))


def _act(found: Case, open_to_me: Possible) -> None:
    """Run what the form says; an applied allocation freezes the bandwidth report beside it."""
    desk, number = office().desk, found.number
    version = request.form.get("version", type=int)
    command = _command(found, open_to_me)
    measured = bandwidth_now(found.opd) if isinstance(command, ApplyAllocation) and found.opd else None
    run(desk, number, command, me().who, now(), version=version)
    keep_signed(desk, office().config, number, now())
    if found.kind == "outage":
        end_reported(desk, now())
    if measured:
        run(desk, number, Note("evidence_frozen", measured), me().who, now())


@pages.post("/kasus/<path:number>/langkah/<step>/kertas")
@needs("record_disposition")
def record_paper(number: str, step: str) -> Response | tuple[str, int]:
    """Record what the head has decided on paper; a refusal stands on the page with what was filled in."""
    try:
        run(office().desk, number, recorded(step), me().who, now(), request.form.get("version", type=int))
    except Refused as error:
        return _page(number, step, error.text(g.language)), 409
    return redirect(url_for("cases.case", number=number))


def _lane(act: Possible) -> bool:
    return request.form.get("lane") in (None, "", act.lane)


def _for_me(row: dict[str, Any]) -> bool:
    """A technician's step that has a name on it waits for that person alone."""
    return row["role"] != "technician" or row["assignee"] in (None, me().named())


def _command(case: Case, act: Possible) -> Sign | SendBack | ApplyAllocation:
    given, note = request.form, request.form.get("note", "")[:4000]
    if given.get("act") == "back":
        return SendBack(act.step.id, note)
    papers = _papers(case, act)
    if JUDGED in act.step.actions:
        papers |= {key: decided(case, given.get("decision"), note) for key in act.step.outputs}
    if act.applies:
        firewall = given.get("firewall", "").strip()[:1000]
        reason = given.get("reason", "")[:1000]
        return ApplyAllocation(act.step.id, _allocation(), note, reason, papers, _until(), firewall)
    assignee = technician(given.get("assignee", type=int)) if act.needs_assignee or given.get("assignee") else None
    form = {field.key: given.get(field.key, "") for field in act.fields}
    photo = uploaded("photo")
    if photo is not None:
        note = f"{note}\nfoto: /berkas/{photo.sha256}".strip()
    kind, scans = by_account(case, act)
    decision, at = given.get("decision"), when("occurred_at")
    return Sign(act.step.id, note, papers | scans, form, decision, assignee, act.lane, at, signature=kind)


def _papers(case: Case, act: Possible) -> dict[str, Supplied]:
    papers = {document.key: uploaded(f"document_{document.key}") for document in (*act.uploads, *act.replaces)}
    evidence = {document.key: frozen(case, document) for document in act.evidence}
    return {key: paper for key, paper in (papers | evidence).items() if paper is not None}


def _allocation() -> Allocation:
    def read(key: str) -> int:
        text = request.form.get(key, "").strip()
        try:
            return parse_rate(text if any(c.isalpha() for c in text) else f"{text} Mbit/s")
        except ValueError as error:
            raise Refused("bad_field", field=phrase(key), reason=wrong("rate", text)) from error

    keys = ("receive_guaranteed", "receive_ceiling", "transmit_guaranteed", "transmit_ceiling")
    return Allocation(*(read(key) for key in keys))


def _until() -> datetime | None:
    """The end of a temporary allocation: the last day named counts whole, in the office's zone."""
    text = request.form.get("until", "").strip()
    if not text:
        return None
    try:
        last = date.fromisoformat(text)
    except ValueError as error:
        raise Refused("bad_field", field=UNTIL, reason=wrong("date", text)) from error
    zone = office().desk.calendar.zone
    return datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
