"""What a case's page needs of store and monitoring: a number in, the case's record and its figures out.

Whoever sees a contact in the clear is written down by the very reading of it (``contact``).
"""

from flask import g

from request_tracker.capacity.replayer import kept_answer
from request_tracker.capacity.signed_effects import hash_of, signed_effects
from request_tracker.cases import Case, Possible, Who, history, possible
from request_tracker.cases.actions.verify_allocation import rechecks
from request_tracker.cases.advice import other_open_cases
from request_tracker.cases.fold import fold
from request_tracker.cases.merging import merged_histories
from request_tracker.cases.readback import Recheck, recheck
from request_tracker.cases.relations import related_cases
from request_tracker.evidence.limit import ScrapedLimits, scraped
from request_tracker.evidence.usage import WINDOW_DAYS
from request_tracker.people.accounts import holders, person
from request_tracker.reports.workload import Workload, loads
from request_tracker.sop import register
from request_tracker.sop.model import Sop
from request_tracker.store import drafts
from request_tracker.web.cases.case_view import CaseFigures, CaseRecord, Viewer
from request_tracker.web.cases.contact import contact_of
from request_tracker.web.cases.evidence import board_link, days_asked, usage, verdict_now, wanted
from request_tracker.web.cases.official_rules import assigns
from request_tracker.web.cases.paper_dispositions import heads, sheets
from request_tracker.web.cases.signed_evidence import signed_evidence
from request_tracker.web.shell.access import me
from request_tracker.web.shell.context import now, office


def record_of(number: str) -> CaseRecord:
    """The case with its SOP, its events and what the person logged in may do now."""
    desk = office().desk
    events = history(desk, number)
    case = fold(events)
    sop = register.by_hash(desk.store, case.sop_hash)
    acts = possible(desk, case, me().who)
    return CaseRecord(case=case, sop=sop, events=events, acts=acts)


def viewer() -> Viewer:
    """The person logged in, at this moment."""
    return Viewer(who=me().who, at=now(), language=g.language, calendar=office().desk.calendar)


def figures_of(record: CaseRecord) -> CaseFigures:
    """What is asked for this viewer: a figure that his page does not show is not read."""
    desk, case, acts = office().desk, record.case, record.acts
    wish, revision = wanted(case), newer(case)
    measured, days = case.opd is not None and case.kind == "request", days_asked()
    what_if = kept_answer(desk, case, wish) if case.kind == "request" and not case.ending else None
    return CaseFigures(
        contact=contact_of(case),
        related=related_cases(desk, case, record.events),
        others=other_open_cases(desk, case),
        wanted=wish,
        evidence=usage(case, wish) if measured else None,
        longer=usage(case, wish, days) if measured and days != WINDOW_DAYS else None,
        what_if=what_if,
        effects_shown=hash_of(what_if) if what_if else "",
        signed_effects=signed_effects(record.events),
        signed=signed_evidence(case, record.events),
        scraped=scraped_now(case),
        recheck=_recheck(case, acts),
        verdict=verdict_now(case) if any(act.judges for act in acts) else None,
        board=board_link(case),
        drafts=drafts.drafts_of(desk.store, case.number, me().named()) if any(act.fields for act in acts) else {},
        technicians=_technicians(case, acts),
        heads=heads() if sheets(case, record.sop, me().who) else [],
        newer=revision,
        merged=merged_histories(desk, record.events),
        consenting=holders(desk.store, "head_of_section") if revision else [],
    )


def _recheck(case: Case, acts: list[Possible]) -> Recheck | None:
    """What the re-check of the allocation would say now, for whoever may sign it (KTM-08)."""
    steps = [case.open_step(act.step.id) for act in acts if rechecks(act.step)]
    return recheck(office().desk, case, steps[0], now()) if steps and steps[0] else None


def _technicians(case: Case, acts: list[Possible]) -> list[Workload]:
    """Who may be named, for whoever may name."""
    names = assigns(case, me().who) or any(act.needs_assignee for act in acts)
    return loads(office().desk.store, now()) if names else []


def scraped_now(case: Case) -> ScrapedLimits | None:
    """What the monitoring holds for a case whose proven allocation waits for it; None where nothing waits."""
    if case.awaiting is None or case.verified != case.awaiting:
        return None
    return scraped(office().prometheus, office().desk.store, str(case.opd), now())


def newer(case: Case) -> Sop | None:
    """The revision in force today, where the running case has another one and this person may move it."""
    if case.ending or not me().who.holds("admin"):
        return None
    revision = register.in_force(office().desk.store, case.sop, office().desk.calendar.local(now()).date())
    return revision if revision.hash != case.sop_hash else None


def technician(user: int | None) -> Who | None:
    """The person of an account's number as one acts; None where there is no such active account."""
    account = person(office().desk.store, user, now()) if user else None
    return account.who if account else None
