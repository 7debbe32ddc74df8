"""What a case is made of: frozen data for people, commands, events and the folded case. No behaviour beyond reading."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from request_tracker.cases.proposal import ProposalRecord
from request_tracker.store.chain import clock_of

Data = Mapping[str, Any]
# PKL-G-PR1: 1 is *utama* (the main network), 2 what an outage begins with.
FIRST, ORDINARY = 1, 2
EMPTY: Mapping[str, Any] = MappingProxyType({})
NOTE_KINDS = frozenset(
    {
        "internal_note",
        "public_comment",
        "letter_registered",
        "alert_linked",
        "further_report",
        "isp_contact",
        "recovery_estimate",
        "cause_found",
        "connected",
        "interrupted_again",
        "acknowledged",
        "escalated",
        "evidence_frozen",
        "report_read",
        "handed_on",
        "allocation_failed",
        "related",
        "merged",
        "survey_filled",
        "waiting_listed",
        "personal_data_masked",
    }
)


@dataclass(frozen=True)
class Who:
    """A person acting: roles held, and roles held for somebody away (role to that person, Plh./Plt.).

    ``name`` and ``position`` are an account's, as they are now; what it signs carries them.
    """

    person: str
    roles: frozenset[str]
    delegated: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    name: str = ""
    position: str = ""

    @property
    def acting_roles(self) -> frozenset[str]:
        """Every role the person may act in now."""
        return self.roles | frozenset(self.delegated)

    def holds(self, role: str) -> bool:
        """True where the person holds the role, himself or for somebody."""
        return role in self.roles or role in self.delegated

    def behalf(self, role: str) -> str | None:
        """For whom the person acts in this role; None where the role is his own."""
        return None if role in self.roles else self.delegated.get(role)


SYSTEM = Who("system", frozenset({"system"}))


@dataclass(frozen=True)
class Draft:
    """An event before it has a place in the chain."""

    kind: str
    actor: str
    data: Data = field(default_factory=lambda: EMPTY)
    on_behalf_of: str | None = None
    lane: str | None = None
    step: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class Signatory:
    """Who signed, as he was at that moment: an account's name, position (*jabatan*) and the role he signed in."""

    name: str
    position: str
    role: str


@dataclass(frozen=True)
class Event:
    """One line of a case's history, chained to the one before by its hash."""

    seq: int
    kind: str
    actor: str
    on_behalf_of: str | None
    lane: str | None
    step: str | None
    round: int
    occurred_at: datetime
    recorded_at: datetime
    data: Data
    previous_hash: str
    hash: str
    id: int = 0

    @property
    def written_at(self) -> datetime:
        """What the clock showed when it was written: ``recorded_at``, unless that was carried on (``store.clock``)."""
        return clock_of(self.data, self.recorded_at)

    @property
    def recorded_from_paper(self) -> bool:
        """True where somebody else wrote down what the signer had decided on paper."""
        return bool(self.data.get("from_paper"))

    @property
    def signer(self) -> str:
        """Whose act a signature is: the actor's; of one recorded from paper his who decided."""
        return (self.on_behalf_of or self.actor) if self.recorded_from_paper else self.actor

    @property
    def signatory(self) -> Signatory | None:
        """The signer as he was then; None where he has no account, or signed before that was recorded."""
        written = self.data.get("signed_by")
        return Signatory(**written) if written else None

    @property
    def lacks_signatory(self) -> bool:
        """True for the signature of an account from before its name and position were recorded with it."""
        return self.kind == "signed" and self.signer.startswith("user:") and self.signatory is None

    @property
    def in_place_of(self) -> str | None:
        """For whom the signer acted (Plh./Plt.); None where the role was his own."""
        paper = self.data.get("from_paper")
        return paper.get("in_place_of") if paper else self.on_behalf_of


@dataclass(frozen=True)
class Record:
    """A document that exists in the case: which, of which round, from which step and event.

    ``replaces`` is the event of the file before it: versions of a paper are a chain of their own (KTM-KQ2).
    ``original``: name and sha256 of the file that was handed in, where what is kept was made from it.
    """

    document: str
    round: int
    step: str | None
    seq: int
    source: str
    sha256: str | None = None
    name: str | None = None
    note: str | None = None
    content: Data | None = None
    at: datetime | None = None
    replaces: int | None = None
    original: Data | None = None

    @property
    def announced(self) -> bool:
        """True where only a note says that the paper will follow (PKL-S-01)."""
        return self.sha256 is None and self.content is None and self.note is not None


@dataclass(frozen=True)
class RegisteredLetter:
    """A letter of the case as the secretariat's agenda has it; ``paper``: which paper of ours carries its number."""

    direction: str
    agenda: int
    year: int
    number: str
    date: str = ""
    eoffice: str = ""
    eoffice_link: str = ""
    paper: str = ""
    received_on: str = ""


@dataclass(frozen=True)
class OpenStep:
    """A step that waits. ``signed`` holds (lane, person) in order. ``afterwards``: to be filed later (emergency)."""

    id: str
    round: int
    entered_at: datetime
    due_at: datetime | None
    signed: tuple[tuple[str, str], ...] = ()
    afterwards: bool = False
    pauses: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True)
class Case:
    """The fold of a case's events; ``version`` is the number of the last event and the optimistic lock.

    ``applied`` is the ledger's revision that this course of the case has written, ``applied_at`` the step that last
    wrote one: that stays, whatever the case is sent back to, because the allocation stays in force. ``awaiting`` is a
    revision whose step is not over: until ``verified`` equals it the proof is awaited, then the monitoring (BTM-08b).
    ``begins``: when those rates come into force, where that was later than their step.
    """

    number: str
    sop: str
    revision: int
    sop_hash: str
    kind: str
    opd: str | None
    subject: str
    opened_at: datetime
    version: int
    last_hash: str
    form: Data
    contact: str | None = None
    channel: str = "form"
    emergency: bool = False
    origin: str | None = None
    service_due_at: datetime | None = None
    priority: int | None = None
    last_recorded_at: datetime | None = None
    round: int = 1
    open_steps: tuple[OpenStep, ...] = ()
    entries: tuple[tuple[str, int], ...] = ()
    records: tuple[Record, ...] = ()
    decisions: tuple[tuple[str, str], ...] = ()
    proposal: ProposalRecord | None = None
    signers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: EMPTY)
    assignee: str | None = None
    paused: str | None = None
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    awaiting: int | None = None
    begins: datetime | None = None
    applied: int | None = None
    applied_at: str | None = None
    verified: int | None = None
    proof: Data = field(default_factory=lambda: EMPTY)
    letter_number: str | None = None
    letters: tuple[RegisteredLetter, ...] = ()
    read: tuple[tuple[str, int], ...] = ()
    answered: bool = False
    also_hit: tuple[str, ...] = ()
    ending: str | None = None
    ended_at: datetime | None = None

    @property
    def visited(self) -> tuple[str, ...]:
        """The steps entered so far, in order; a step stands here once for each visit."""
        return tuple(name for name, _ in self.entries)

    @property
    def offices(self) -> tuple[str, ...]:
        """The OPDs an outage hits: those the alert named, the one that reported it, those that reported later."""
        named = next((r.content["offices"] for r in self.records if r.content and "offices" in r.content), ())
        return tuple(dict.fromkeys((*named, *((self.opd,) if self.opd else ()), *self.also_hit)))

    @property
    def main_step(self) -> OpenStep | None:
        """The step the case stands at; None once it has ended."""
        ahead = [step for step in self.open_steps if not step.afterwards]
        return ahead[-1] if ahead else (self.open_steps[0] if self.open_steps else None)

    def open_step(self, name: str) -> OpenStep | None:
        """The open step of that id, or None."""
        return next((step for step in self.open_steps if step.id == name), None)

    def has(self, document: str, round_: int | None = None) -> bool:
        """True where the document exists (of that round, if one is given)."""
        return any(r.document == document and round_ in (None, r.round) for r in self.records)

    def latest(self, document: str) -> Record | None:
        """The newest version of a document, or None."""
        return next((r for r in reversed(self.records) if r.document == document), None)

    def letter(self, direction: str, *papers: str) -> RegisteredLetter | None:
        """The newest letter of a direction, of these papers if any are named; None where the agenda has none."""
        mine = (letter for letter in reversed(self.letters) if letter.direction == direction)
        return next((letter for letter in mine if not papers or letter.paper in papers), None)

    def versions(self, document: str) -> tuple[Record, ...]:
        """The files of a document, oldest first; one that is only passed on to another step counts once."""
        files = {r.sha256: r for r in reversed(self.records) if r.document == document and r.sha256}
        return tuple(sorted(files.values(), key=lambda record: record.seq))

    def reports(self) -> tuple[Record, ...]:
        """The reports of the tracker's own making that are frozen in the case, oldest first."""
        return tuple(record for record in self.records if record.content and "kind" in record.content)

    def latest_report(self) -> Record | None:
        """The newest of them, or None."""
        return next(reversed(self.reports()), None)
