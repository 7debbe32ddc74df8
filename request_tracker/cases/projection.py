"""Writes what is shown of a case: its row in ``cases`` and its lines in ``waiting``. Only inside a transaction."""

from typing import Any

from sqlite_utils import Database

from request_tracker.cases.actions import actions_of
from request_tracker.cases.model import Case
from request_tracker.cases.signing_order import turn
from request_tracker.sop.model import SYSTEM_LANE, Sop
from request_tracker.store.chain import stamp


def project(db: Database, case_id: int, case: Case, sop: Sop) -> None:
    """Bring the projection of one case up to its events."""
    db.table("cases").update(case_id, row_of(case))
    # Deleted and written anew: a handful of rows, and nothing can be left over of an earlier state.
    db.execute("DELETE FROM waiting WHERE case_id = ?", [case_id])
    rows = waiting_rows(case_id, case, sop)
    if rows:
        db.table("waiting").insert_all(rows)


def row_of(case: Case) -> dict[str, Any]:
    """The columns of ``cases`` that follow from the events."""
    main = case.main_step
    return {
        "number": case.number,
        "sop": case.sop,
        "revision": case.revision,
        "sop_hash": case.sop_hash,
        "kind": case.kind,
        "opd": case.opd,
        "subject": case.subject,
        "opened_at": stamp(case.opened_at),
        "version": case.version,
        "ending": case.ending,
        "ended_at": stamp(case.ended_at) if case.ended_at else None,
        "step": main.id if main else None,
        "round": case.round,
        "due_at": stamp(main.due_at) if main and main.due_at else None,
        "service_due_at": stamp(case.service_due_at) if case.service_due_at else None,
        "paused": case.paused,
        "awaiting": _awaited(case),
        "assignee": case.assignee,
        "emergency": int(case.emergency),
        "letter_number": _letters(case),
        "origin": case.origin,
        "priority": case.priority,
    }


def _letters(case: Case) -> str | None:
    """Every number by which people look for a letter of the case: its own, the agenda's, the e-office's."""
    numbers = [case.form.get("letter_number")]
    for letter in case.letters:
        numbers += [letter.number, f"agenda {letter.direction} {letter.agenda}/{letter.year}", letter.eoffice]
    return "; ".join(dict.fromkeys(str(number) for number in numbers if number)) or None


def _awaited(case: Case) -> str | None:
    """What a machine must say before the step ends: the shaper's proof, or that the monitoring has the new limits."""
    if case.awaiting is None:
        return None
    return "monitoring" if case.verified == case.awaiting else "allocation"


def waiting_rows(case_id: int, case: Case, sop: Sop) -> list[dict[str, Any]]:
    """Who must act now: one line per open step and lane whose turn it is; none while a proof is awaited."""
    rows = []
    for open_step in case.open_steps:
        step = sop.step(open_step.id)
        if any(action.waits(case) for action in actions_of(step)):
            continue
        for lane in turn(case, sop, step, open_step):
            if lane != SYSTEM_LANE:
                due = stamp(open_step.due_at) if open_step.due_at else None
                rows.append({"case_id": case_id, "step": step.id, "lane": lane, "role": sop.role(lane), "due_at": due})
    return rows
