"""What goes in and out of the JSON API, as models: the OpenAPI document and the answers come from the same ones."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from request_tracker.cases import Case, Event
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Problem(_Part):
    """Why a call was refused, in one sentence."""

    error: str


class Health(_Part):
    """Alive and able to read the database."""

    ok: bool


class Rates(_Part):
    """One direction of an allocation, in bytes per second."""

    guaranteed: int
    ceiling: int


class AllocationRow(_Part):
    """The rates of one OPD as seen by the OPD, and the case that gave them."""

    opd: str
    receive: Rates
    transmit: Rates
    case: str | None


class WeekPlan(_Part):
    """Days of the week (0 is Monday) with begin and end (HH:MM) in a zone; no day is never."""

    days: list[int]
    begin: str
    end: str
    zone: str


class ProfileRow(AllocationRow):
    """The rates of one OPD in some hours of the week."""

    hours: WeekPlan


class StepAhead(_Part):
    """A moment to come (Unix seconds): the revision it makes, and the rows that change then."""

    at: float
    revision: int
    allocations: list[AllocationRow]
    profiles: list[ProfileRow]


class TimedPart(_Part):
    """What begins or ends by itself; ``hash`` is the sha256 of the two lists in canonical JSON."""

    hash: str
    ahead: list[StepAhead]
    profiles: list[ProfileRow]


class Allocations(_Part):
    """The ledger in force; ``hash`` is the sha256 of the rows' canonical JSON.

    ``read_back_after`` asks for a reading after that moment (Unix seconds); null where no re-check is open.
    """

    revision: int
    hash: str
    approved_at: float | None
    allocations: list[AllocationRow]
    timed: TimedPart
    read_back_after: float | None


class GuaranteeEvidence(BaseModel):
    """Where the agent's evidence of the quarter stands: up to when (Unix seconds), and its last line's sha256."""

    quarter: str = Field(pattern=r"^[0-9]{4}Q[1-4]$")
    until: float
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")


class Proof(BaseModel):
    """What an agent read back after it applied a revision; an agent may say more."""

    revision: int = Field(gt=0, lt=2**63)
    hash: str
    agent: str
    ok: bool
    readback: list[dict[str, Any]]
    evidence: GuaranteeEvidence | None = None


class ProofAnswer(_Part):
    """Whether the proof equals the ledger, and which cases went on."""

    accepted: bool
    matches: bool
    problems: list[str]
    finished: list[str]


class Alert(BaseModel):
    """One alert as Alertmanager's webhook (version 4) sends it."""

    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts_at: str = Field(alias="startsAt")
    ends_at: str | None = Field(None, alias="endsAt")
    fingerprint: str | None = None


class Webhook(BaseModel):
    """Alertmanager's delivery."""

    alerts: list[Alert]


class Stored(_Part):
    """How many alerts were stored and which tickets were opened."""

    stored: int
    opened: list[str]


class CaseRow(_Part):
    """One line of the list of cases; moments are UTC in ISO 8601."""

    number: str
    sop: str
    kind: str
    opd: str | None
    subject: str
    opened_at: str
    step: str | None
    round: int
    due_at: str | None
    service_due_at: str | None
    ending: str | None
    ended_at: str | None


class CaseList(_Part):
    """A page of cases, the newest first; ``next_offset`` is null at the end."""

    cases: list[CaseRow]
    next_offset: int | None


class EventOut(_Part):
    """One event of the chain, without personal data: people stand by reference."""

    seq: int
    kind: str
    actor: str
    step: str | None
    round: int
    occurred_at: str
    recorded_at: str
    previous_hash: str
    hash: str


class CaseOut(_Part):
    """A case with its chain."""

    number: str
    sop: str
    revision: int
    opd: str | None
    subject: str
    steps: list[str]
    ending: str | None
    events: list[EventOut]


def row_out(row: Row) -> CaseRow:
    """A row of the list as the API says it."""
    return CaseRow(**{key: row[key] for key in CaseRow.model_fields})


def case_out(case: Case, events: list[Event]) -> CaseOut:
    """A case as the API says it."""
    chain = [
        EventOut(
            seq=event.seq,
            kind=event.kind,
            actor=event.actor,
            step=event.step,
            round=event.round,
            occurred_at=stamp(event.occurred_at),
            recorded_at=stamp(event.recorded_at),
            previous_hash=event.previous_hash,
            hash=event.hash,
        )
        for event in events
    ]
    steps = [step.id for step in case.open_steps]

    return CaseOut(
        number=case.number,
        sop=case.sop,
        revision=case.revision,
        opd=case.opd,
        subject=case.subject,
        steps=steps,
        ending=case.ending,
        events=chain,
    )
