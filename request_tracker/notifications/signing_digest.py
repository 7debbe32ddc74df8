"""Reports that officials receive together (BTM-12, BTM-13): what waits in, one digest a step out. Writes nothing.

A step only receives where the SOP lets it produce, fill, decide, set in motion and send back nothing: a person reads
what is there and signs. Which steps these are is the SOP's data.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from request_tracker.cases import Desk, Event, running
from request_tracker.cases.actions import own_act
from request_tracker.cases.fold import fold
from request_tracker.cases.model import Data
from request_tracker.cases.queries import MAX_ROWS, histories, waiting_for
from request_tracker.sop import register
from request_tracker.sop.model import Sop, Step
from request_tracker.store.database import Row

AT_ONCE = 50  # A person reads what he signs: more than a page of fifty is signed unread.


@dataclass(frozen=True)
class DigestCase:
    """One case in a digest. Rates are in bytes a second; ``worked`` is net time on the SOP's calendar."""

    number: str
    version: int
    lane: str
    subject: str
    opd: str | None
    requester: str | None
    technician: str | None
    before: Data | None
    after: Data | None
    opened_at: datetime
    worked: timedelta
    late: tuple[str, ...]
    due_at: datetime | None
    proven_at: datetime | None
    papers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SigningBatch:
    """The cases that wait at one step, the most urgent first; ``more`` wait behind them."""

    sop: Sop
    step: Step
    cases: tuple[DigestCase, ...]
    more: int


def receives(step: Step) -> bool:
    """True where the step only receives what is there."""
    acts = step.outputs or step.form or step.decision or own_act(step) or step.back or step.different_people
    return bool(step.requires) and not acts


def batches(desk: Desk, roles: Iterable[str], now: datetime) -> list[SigningBatch]:
    """What these roles may receive together, by step in the SOP's order."""
    rows = [row for row in waiting_for(desk, roles, MAX_ROWS) if not row["paused"]]
    sops = {hash_: register.by_hash(desk.store, hash_) for hash_ in {row["sop_hash"] for row in rows}}
    by_step: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if receives(sops[row["sop_hash"]].step(row["waiting_step"])):
            by_step.setdefault((row["sop_hash"], row["waiting_step"]), []).append(row)
    return [_batch(desk, sops[hash_], step, by_step[hash_, step], now) for hash_, step in sorted(by_step)]


def _batch(desk: Desk, sop: Sop, step: str, rows: list[Row], now: datetime) -> SigningBatch:
    events_of = histories(desk, [row["number"] for row in rows[:AT_ONCE]])
    cases = tuple(_digest_case(desk, sop, row, events_of[row["number"]], now) for row in rows[:AT_ONCE])
    return SigningBatch(sop, sop.step(step), cases, len(rows) - len(cases))


def _digest_case(desk: Desk, sop: Sop, row: Row, events: list[Event], now: datetime) -> DigestCase:
    case = fold(events)
    clocks = running(events, sop, desk.calendar, now)
    # The first one's "before" and the last one's "after": a case that applied twice changed from the one to the other.
    applied = [event.data for event in events if event.kind == "allocation_applied"]
    proven = [event.occurred_at for event in events if event.kind == "allocation_verified"]
    step = sop.step(row["waiting_step"])
    open_step = case.open_step(step.id)
    return DigestCase(
        number=case.number,
        version=case.version,
        lane=row["lane"],
        subject=case.subject,
        opd=case.opd,
        requester=case.contact,
        technician=case.assignee,
        before=applied[0]["before"] if applied else None,
        after=applied[-1]["after"] if applied else None,
        opened_at=case.opened_at,
        worked=clocks.service.net,
        late=tuple(dict.fromkeys(visit.step for visit in clocks.steps if visit.clock.late)),
        due_at=open_step.due_at if open_step else None,
        proven_at=proven[-1] if proven and case.verified is not None else None,
        papers=tuple((str(sop.documents[key].template), sop.documents[key].name) for key in _papers(sop, step)),
    )


def _papers(sop: Sop, step: Step) -> list[str]:
    return [key for key in step.requires if sop.documents[key].template]
