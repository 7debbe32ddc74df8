"""Reminders of steps: who must act is told at three quarters of the time, and late also the superior. Each once.

Open steps and a moment in, outbox rows out; no event, because a reminder moves nothing. A late step is told of when it
becomes late and on each further working day. Only outages are told of outside the office's hours; a paused case rests.
What may be filed afterwards has its own digest.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, partial

from request_tracker.cases import Desk, Resume, read_case, run
from request_tracker.cases.messages import person_of
from request_tracker.cases.model import SYSTEM
from request_tracker.cases.queries import AFTERWARDS
from request_tracker.errors import Conflict
from request_tracker.people.roles import SUPERIOR
from request_tracker.sop.clocks import passed, step_counts_by
from request_tracker.sop.model import Sop
from request_tracker.sop.register import by_hash
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row
from request_tracker.store.each_row import each_row
from request_tracker.store.outbox import Notice, Outgoing, put

LEFT_AT_WARNING = 0.25  # A quarter of a step of some hours is still time enough to do it.
NEAR, LATE = "near", "late"
_STEPS = (
    "SELECT c.number, c.sop_hash, c.kind, w.step, w.lane, w.role, w.due_at, (SELECT max(e.occurred_at) FROM events e"
    " WHERE e.case_id = c.id AND e.kind = 'step_entered' AND e.step = w.step) AS entered_at"
    " FROM waiting w JOIN cases c ON c.id = w.case_id"
    f" WHERE c.ending IS NULL AND c.paused IS NULL AND w.due_at IS NOT NULL AND NOT {AFTERWARDS} ORDER BY w.due_at"
)


def remind(desk: Desk, now: datetime) -> list[tuple[str, str, str]]:
    """Tell whoever is due; (case, level, recipient) of each message written now."""
    working = desk.calendar.worked(now, now + timedelta(minutes=1)) > timedelta()
    rows = [row for row in desk.store.rows(_STEPS) if working or row["kind"] == "outage"]
    # A round reads each revision once: thousands of steps are open, of a few SOPs.
    sops = cache(partial(by_hash, desk.store))
    return each_row(rows, lambda row: _remind(desk, row, sops, now))


def _remind(desk: Desk, row: Row, sops: Callable[[str], Sop], now: datetime) -> list[tuple[str, str, str]]:
    level = _level(desk, row, sops(row["sop_hash"]), now)
    if level is None or _was_told(desk, row, level):
        return []
    return [(row["number"], level, to) for to in _tell(desk, row, level, now)]


def end_pauses(desk: Desk, now: datetime) -> list[str]:
    """Let the clock go on where a pause's end date has come, as of that date; the numbers of the cases."""
    rows = desk.store.rows("SELECT number FROM cases WHERE paused IS NOT NULL AND ending IS NULL ORDER BY id")
    return each_row(rows, lambda row: _end_pause(desk, row, now))


def _end_pause(desk: Desk, row: Row, now: datetime) -> list[str]:
    case = read_case(desk, row["number"])
    if case.paused_until is None or case.paused_until > now:
        return []
    try:
        end = Resume("Jeda berakhir pada tanggalnya.", occurred_at=case.paused_until)
        run(desk, case.number, end, SYSTEM, now, version=case.version)
    # Somebody acted on it in this very moment; the next round looks again.
    except Conflict:
        return []
    return [case.number]


def _level(desk: Desk, row: Row, sop: Sop, now: datetime) -> str | None:
    """``near`` from three quarters of the net time on, ``late:N`` on the N-th working day after the end, or None."""
    entered, due = (datetime.fromisoformat(row[key]) for key in ("entered_at", "due_at"))
    counting = step_counts_by(sop.step(row["step"]), sop.promise.calendar)
    if now > due:
        days = (now - due).days if counting == "24x7" else desk.calendar.working_days(due, now)
        return f"{LATE}:{days}"
    left = passed(now, due, counting, desk.calendar)
    allowed = passed(entered, due, counting, desk.calendar)
    # Pauses only make ``allowed`` smaller, so whoever has more than this left has it in any case.
    if left > allowed * LEFT_AT_WARNING:
        return None
    # A pause has moved the deadline by what it took; only now is it worth reading the case to take that off again.
    open_step = read_case(desk, row["number"]).open_step(row["step"])
    pauses = open_step.pauses if open_step else ()
    allowed -= sum((passed(*pause, counting, desk.calendar) for pause in pauses), timedelta())
    return NEAR if left <= allowed * LEFT_AT_WARNING else None


def _was_told(desk: Desk, row: Row, level: str) -> bool:
    # A prefix as a range for the index: ";" is the sign after ":".
    first, after = f"{_key(row, level)}:", f"{_key(row, level)};"
    return desk.store.row("SELECT 1 FROM outbox WHERE key >= ? AND key < ?", [first, after]) is not None


def _tell(desk: Desk, row: Row, level: str, now: datetime) -> list[str]:
    """Write the messages, unless the step was done meanwhile; to whom."""
    with desk.store.transaction() as db:
        case = read_case(desk, row["number"])
        open_step = case.open_step(row["step"])
        if open_step is None or case.paused or stamp(open_step.entered_at) != row["entered_at"]:
            return []
        recipients = [person_of(case, row["role"])]
        if level != NEAR and row["role"] in SUPERIOR:
            recipients.append(person_of(case, SUPERIOR[row["role"]]))
        sop = by_hash(desk.store, case.sop_hash)
        due = desk.calendar.local(datetime.fromisoformat(row["due_at"]))
        payload = Notice(
            template="step_near" if level == NEAR else "step_late",
            number=case.number,
            sop=case.sop,
            title=f"{'Hampir jatuh tempo' if level == NEAR else 'Terlambat'}: {due:%d-%m-%Y %H.%M %Z}",
            subject=case.subject,
            opd=case.opd,
            step=row["step"],
            step_text=sop.step(row["step"]).text,
            ending=case.ending,
        )
        for recipient in recipients:
            put(db, Outgoing(f"{_key(row, level)}:{recipient}", recipient, payload), now)
    return recipients


def _key(row: Row, level: str) -> str:
    return f"clock:{row['number']}:{row['step']}:{row['lane']}:{row['entered_at']}:{level}"
