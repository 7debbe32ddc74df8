"""The secretariat's record of a disposition that the head wrote on paper (KTM-02): a form and a scan in, a command out.

The day on the paper is asked for; the hour may stay open, because sheets seldom carry one: then the last moment of
that day which has already been counts, and the sheet's own date is kept beside it.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from request_tracker.cases import Case, Desk, RecordPaper, Who, read_case, waiting_for
from request_tracker.cases.paper import DECIDES, FORM, disposes, on_paper
from request_tracker.cases.proposing import proposes
from request_tracker.people.accounts import deciders, person
from request_tracker.people.roles import may
from request_tracker.sop import register
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import FORMS
from request_tracker.sop.model import Sop, Step
from request_tracker.store.database import Row
from request_tracker.web.cases.act_form import REASON, office_facts, with_paper
from request_tracker.web.cases.proposal_form import NUMBER, number_faults, sent_proposal
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, FieldValues
from request_tracker.words.bilingual import Both
from request_tracker.words.written import hour_of

FIELDS = FORMS[FORM]
WRITTEN = (
    Field("decided_by", "Ditandatangani oleh", "Signed by", "pick"),
    Field("paper_date", "Tanggal pada kertas", "Date on the paper", "date", past=True),
    Field("paper_time", "Jam", "Hour", "hour", required=False),
)
# As the API's description has it: with the number, which only some sheets take.
SHEET = DeclaredForm(
    name="paper-disposition",
    address="/kasus/<path:number>/langkah/<step>/kertas",
    title=Both("Catat disposisi kertas", "Record a disposition on paper"),
    fields=(*WRITTEN, *FIELDS, *NUMBER, REASON),
)
# Who stood in for the head may have signed a sheet that comes back up to a month later.
PAPER_OLD = timedelta(days=31)
NOBODY = Who("", frozenset())


def sheets(case: Case, sop: Sop, who: Who) -> tuple[Step, ...]:
    """The steps of a case that this person may record from paper."""
    return on_paper(case, sop) if may(who.acting_roles, "record_disposition") else ()


def heads() -> list[Row]:
    """Who may have signed the sheet as the head of the office: the head, and who stood in for him lately."""
    return deciders(office().desk.store, DECIDES, now() - PAPER_OLD)


def carried(desk: Desk) -> list[Row]:
    """The cases that lie with the head for his disposition, the most urgent first."""
    rows = [row for row in waiting_for(desk, [DECIDES]) if not row["paused"]]
    sops = {hash_: register.by_hash(desk.store, hash_) for hash_ in {row["sop_hash"] for row in rows}}
    return [row for row in rows if disposes(sop := sops[row["sop_hash"]], sop.step(row["waiting_step"]), row["lane"])]


def sheet_fields(proposes: bool) -> tuple[Field, ...]:
    """What the form of a sheet asks; with the number where the sheet's official may set it."""
    return (*WRITTEN, *FIELDS, *((*NUMBER, REASON) if proposes else ()))


def recorded(number: str, step: str) -> RecordPaper:
    """What the form says of a case's sheet. Raises WrongFields with every fault, also where the scan is missing."""
    desk = office().desk
    case = read_case(desk, number)
    sop = register.by_hash(desk.store, case.sop_hash)
    sets = case.opd is not None and step in sop.steps and proposes(sop, sop.step(step))
    sheet_form = replace(SHEET, fields=sheet_fields(sets)).offering({"decided_by": _officials()})
    if sets:
        sheet_form = replace(sheet_form, sense=partial(number_faults, facts=office_facts(case.opd or "")))
    sent, scan = with_paper(sheet_form, "scan", Both("Pindaian lembar disposisi", "Scan of the sheet"))
    day, at = _moment(sent)
    signer = person(desk.store, sent.number("decided_by"), at)
    typed = {field.key: sent.typed[field.key] for field in FIELDS}
    wanted = sent_proposal(sent.typed, desk.calendar.zone) if sets else None
    decider = signer.who if signer else NOBODY
    return RecordPaper(step, decider, scan, day.isoformat(), at, typed, wanted, sent.text("reason"))


def _officials() -> dict[str, str]:
    return {str(row["id"]): row["name"] for row in heads()}


def _moment(sent: FieldValues) -> tuple[date, datetime]:
    """The day on the paper, and the moment that counts."""
    zone, day = office().desk.calendar.zone, date.fromisoformat(sent.clean["paper_date"])
    if sent.text("paper_time"):
        return day, datetime.combine(day, hour_of(sent.text("paper_time")), zone).astimezone(UTC)
    last = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(seconds=1)
    return day, min(last, now()) if day <= now().astimezone(zone).date() else last
