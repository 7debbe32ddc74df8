"""What people and machines ask of a case: commands as frozen data. ``decide`` says what becomes of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from request_tracker.cases.model import EMPTY, Data, Who
from request_tracker.ledger.allocation import Allocation, AllocationProposal
from request_tracker.ledger.standing import Books
from request_tracker.sop.model import Sop
from request_tracker.store.document import Supplied
from request_tracker.words.bilingual import Both

UNSEEN = Both("Pemantauan belum memakai batas baru.", "The monitoring has not the new limit.")


@dataclass(frozen=True)
class InboxArrival:
    """How a case came through the inbox: its receipt, whom to reach, the link's hash as kept then, who took it in."""

    receipt: str
    contact: str | None
    link_hash: str
    accepted_by: str


@dataclass(frozen=True)
class OpenCase:
    """Open a case. ``contact`` holds personal fields, kept outside the events. ``emergency`` only for alerts.

    ``arrival``: it waited in the inbox since ``occurred_at``; its contact and link are there already.
    """

    sop: str
    subject: str
    opd: str | None = None
    form: Data = field(default_factory=lambda: EMPTY)
    contact: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    documents: Mapping[str, Supplied] = field(default_factory=lambda: EMPTY)
    channel: str = "form"
    emergency: bool = False
    origin: str | None = None
    idempotency_key: str | None = None
    occurred_at: datetime | None = None
    priority: int | None = None
    arrival: InboxArrival | None = None


@dataclass(frozen=True)
class Opened:
    """The answer: ``token`` is shown once and stored hashed; ``again`` where the idempotency key was known."""

    number: str
    token: str | None
    again: bool = False


@dataclass(frozen=True)
class Sign:
    """Do one's part of a step: papers, fields, the decision, the assignee. ``lane`` only where one holds several.

    ``probe`` is the outcome of the re-check of an allocation (KTM-08); only ``commands`` sets it, from the proofs.
    ``signatory`` is who puts his name under a paper (name, position) where it is not the account's holder: personal
    data, kept outside the events, which name it by the reference ``signed_as``. ``signature``: its kind (``signing``).
    ``proposal``: the number that is signed, None to keep the one that stands, with the ``reason`` for another one;
    ``part``: that the request is granted in part, or whole. ``books``: the ledger, set by ``commands`` only.
    """

    step: str
    note: str = ""
    documents: Mapping[str, Supplied] = field(default_factory=lambda: EMPTY)
    form: Data = field(default_factory=lambda: EMPTY)
    decision: str | None = None
    assignee: Who | None = None
    lane: str | None = None
    occurred_at: datetime | None = None
    probe: Data | None = None
    signatory: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    signed_as: str | None = None
    signature: Data = field(default_factory=lambda: EMPTY)
    proposal: AllocationProposal | None = None
    reason: str = ""
    part: bool | None = None
    books: Books | None = None


@dataclass(frozen=True)
class RecordPaper:
    """The secretariat writes down a disposition that ``decided_by`` gave on paper (KTM-02).

    ``date`` is the day on the paper (ISO), ``occurred_at`` the moment its clock counts by; ``form`` holds the sheet's
    own fields (``disposisi``), ``proposal`` the number on it with its ``reason``; ``books`` as with ``Sign``.
    """

    step: str
    decided_by: Who
    scan: Supplied
    date: str
    occurred_at: datetime
    form: Data = field(default_factory=lambda: EMPTY)
    proposal: AllocationProposal | None = None
    reason: str = ""
    books: Books | None = None


@dataclass(frozen=True)
class ApplyAllocation:
    """The technician's act on a step with ``terapkan_alokasi``: writes the ledger; the step ends with the proof.

    Exactly the signed number is applied; ``allocation`` and ``until``, where given, must be it.
    ``firewall`` notes a change freeze, or rules of firewall and IDS that had to follow (KTM-AL1). ``books`` is what the
    admission is decided by; only ``commands`` sets it, from the ledger.
    """

    step: str
    allocation: Allocation | None = None
    note: str = ""
    reason: str = ""
    documents: Mapping[str, Supplied] = field(default_factory=lambda: EMPTY)
    until: datetime | None = None
    firewall: str = ""
    books: Books | None = None


@dataclass(frozen=True)
class SendBack:
    """Send the case back to the step's ``kembali`` target; the round rises."""

    step: str
    note: str


@dataclass(frozen=True)
class Pause:
    """Stop the step clock for a reason the step's ``jeda_boleh`` names; at ``until`` it goes on by itself."""

    step: str
    reason: str
    note: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Resume:
    """End the pause; ``occurred_at`` is its end date, where nobody had to end it."""

    note: str = ""
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class AddDocument:
    """Add a paper outside a step's completion, e.g. the letter that was announced by phone (``surat_susulan``)."""

    document: str
    supplied: Supplied
    source: str = "supplied"


@dataclass(frozen=True)
class Assign:
    """Name (or change) the technician."""

    assignee: Who


@dataclass(frozen=True)
class SetPriority:
    """Say how urgent an outage is (PKL-G-PR1): 1 is ``utama``."""

    priority: int
    reason: str


@dataclass(frozen=True)
class Note:
    """An informational event of one of ``NOTE_KINDS``; moves nothing."""

    kind: str
    data: Data = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True)
class Cancel:
    """The requester withdraws, before anything is applied."""

    reason: str


@dataclass(frozen=True)
class EndEarly:
    """End a case that should never have begun; ``same_as`` is the case of which it is a double."""

    ending: str
    reason: str
    same_as: str | None = None


@dataclass(frozen=True)
class Reopen:
    """Open an ended case again at one of its steps, within seven days; the round rises."""

    step: str
    note: str


@dataclass(frozen=True)
class Verified:
    """The shaper's proof arrived: internal, made by ``ledger.record_proof`` only.

    ``in_force_at`` is when the proof's revision came into force; None where the ledger has none of that number.
    """

    revision: int
    ok: bool
    proof: Data
    in_force_at: datetime | None = None


@dataclass(frozen=True)
class Register:
    """The proven allocation is seen by the monitoring (BTM-08b), or a person goes on without it for a reason.

    ``limits`` is what ``evidence.limit`` found; made by ``registration`` only.
    """

    limits: Data
    reason: str = ""
    warning: Both = UNSEEN


@dataclass(frozen=True)
class Recompute:
    """The calendar has changed: set the deadlines of open steps anew. Internal, by ``deadlines`` only."""

    reason: str


@dataclass(frozen=True)
class MoveRevision:
    """Move the running case to another revision of its SOP; ``consent`` is the section head's reference."""

    sop: Sop
    reason: str
    consent: str


Command = (
    Sign
    | RecordPaper
    | ApplyAllocation
    | SendBack
    | Pause
    | Resume
    | AddDocument
    | Assign
    | SetPriority
    | Note
    | Cancel
    | EndEarly
    | Reopen
    | Recompute
    | MoveRevision
    | Verified
    | Register
)


def happened_at(command: Command) -> datetime | None:
    """When the act itself was done, where it is entered later than that; None where it is done by being entered."""
    return command.occurred_at if isinstance(command, Sign | RecordPaper | Resume) else None
