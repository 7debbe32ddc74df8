"""The secretariat's record of a disposition that the head wrote on paper (KTM-02): a form and a scan in, a command out.

The day on the paper is asked for; the hour may stay open, because sheets seldom carry one: then the last moment of
that day which has already been counts, and the sheet's own date is kept beside it.
"""

from datetime import UTC, date, datetime, time, timedelta

from flask import request

from request_tracker.cases import Case, Desk, RecordPaper, Supplied, Who, waiting_for
from request_tracker.cases.paper import DECIDES, FORM, disposes, on_paper
from request_tracker.errors import Refused
from request_tracker.people.accounts import deciders, person
from request_tracker.people.roles import may
from request_tracker.sop import register
from request_tracker.sop.forms import FORMS
from request_tracker.sop.model import Sop, Step
from request_tracker.store.database import Row
from request_tracker.web.cases.proposal_form import sent_proposal
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import MAX_REASON
from request_tracker.web.shell.sent_values import form_number
from request_tracker.web.shell.uploads import uploaded
from request_tracker.words.bilingual import Both
from request_tracker.words.written import day_of, hour_of

FIELDS = FORMS[FORM]
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


def recorded(step: str) -> RecordPaper:
    """What the form says. Raises Refused where the day, the official or the scan is missing or wrong."""
    day, at = _moment()
    user = form_number("decided_by")
    signer = person(office().desk.store, user, at) if user else None
    typed = {field.key: request.form.get(field.key, "") for field in FIELDS}
    scan = uploaded("scan") or Supplied()
    reason = request.form.get("reason", "")[:MAX_REASON]
    decider = signer.who if signer else NOBODY
    number = sent_proposal(request.form, office().desk.calendar.zone)
    return RecordPaper(step, decider, scan, day.isoformat(), at, typed, number, reason)


def _moment() -> tuple[date, datetime]:
    """The day on the paper, and the moment that counts."""
    zone = office().desk.calendar.zone
    try:
        day = day_of(request.form.get("paper_date", "").strip())
        hour = request.form.get("paper_time", "").strip()
        if hour:
            return day, datetime.combine(day, hour_of(hour), zone).astimezone(UTC)
    except ValueError as error:
        hint = Both("tulis tanggal; jam boleh kosong", "write the day; the hour may be empty")
        raise Refused("bad_field", field=Both("tanggal dan jam pada kertas", "date on paper"), reason=hint) from error
    last = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(seconds=1)
    return day, min(last, now()) if day <= now().astimezone(zone).date() else last
