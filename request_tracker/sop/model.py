"""An SOP as frozen data. Code names are English; the loader maps the regulation's own keys to them, here only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from request_tracker.sop.fields import Field
from request_tracker.sop.printed import SopPrint
from request_tracker.words.bilingual import Both

# The actor of steps that the tracker does by itself; no column of the printed table.
SYSTEM_LANE = "sistem"
# The regulation's words for who acts, and the roles of accounts (``people.roles``) that stand behind them.
ROLES = {
    "pemohon": "requester",
    "kepala_dinas": "head_of_office",
    "kepala_bidang": "head_of_division",
    "kepala_seksi": "head_of_section",
    "tim_teknis": "technician",
    "kasubag_tu": "secretariat",
    "noc": "noc_operator",
}


class Mode(StrEnum):
    """How several actors of one step act: in order, all in any order, or one of them."""

    IN_ORDER = "berurutan"
    ALL = "semua"
    ANY = "salah_satu"


class Unit(StrEnum):
    """Units of the SOPs' times."""

    MINUTES = "menit"
    HOURS = "jam"
    WORKING_HOURS = "jam_kerja"
    DAYS = "hari"
    DAYS_LENGTH = "hari_durasi"


@dataclass(frozen=True)
class Duration:
    """A printed time, e.g. 1 ``jam_kerja``."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.value}"

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """The time that ``str`` wrote."""
        amount, _, unit = text.partition(" ")
        return cls(int(amount), Unit(unit))


@dataclass(frozen=True)
class Time:
    """A step's time: ``maximum`` sets the deadline, ``minimum`` only tells who was faster than the standard."""

    maximum: Duration
    minimum: Duration | None = None

    def __str__(self) -> str:
        return f"{self.minimum} - {self.maximum}" if self.minimum else str(self.maximum)


@dataclass(frozen=True)
class Lane:
    """A column of the printed table; ``role`` is the system role (English)."""

    key: str
    name: str
    role: str
    number: int | None = None
    printed: bool = True


@dataclass(frozen=True)
class Document:
    """A record; exactly one of origin, template, form and automatic may say where it comes from."""

    key: str
    name: str
    origin: str | None = None
    template: str | None = None
    form: str | None = None
    automatic: str | None = None
    signatures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """Where a step leads: another step, or an end with its last actions."""

    step: str | None = None
    end: str | None = None
    actions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One row of the table. ``decision`` is empty unless a person chooses between named targets."""

    id: str
    order: int
    text: str
    lanes: tuple[str, ...]
    line: int
    printed_text: str | None = None
    mode: Mode = Mode.IN_ORDER
    copies_to: tuple[str, ...] = ()
    different_people: bool = False
    requires: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    time: Time | None = None
    pauses: Mapping[str, Duration | None] = field(default_factory=dict)
    form: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    emergency_parallel: bool = False
    inferred: bool = False
    next: Target | None = None
    decision: Mapping[str, Target] = field(default_factory=dict)
    back: str | None = None

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every way on, without the way back."""
        return (*((self.next,) if self.next else ()), *self.decision.values())


@dataclass(frozen=True)
class LegalBasis:
    """One legal basis, marked where a later rule replaced it."""

    text: str
    replaced_by: str | None = None


@dataclass(frozen=True)
class Identity:
    """The identity block of the printed SOP."""

    created: str | None = None
    revised: str | None = None
    effective: str | None = None
    approved_by: Mapping[str, str | None] = field(default_factory=dict)
    legal_basis: tuple[LegalBasis, ...] = ()
    qualifications: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    responsible: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Promise:
    """The service's own times: calendar, guarantee, total, notice and fee."""

    calendar: str = "kerja"
    guarantee: Duration | None = None
    total: Time | None = None
    notice: Duration | None = None
    fee: str | None = None


@dataclass(frozen=True)
class Sop:
    """One revision of an SOP. ``hash`` is the sha256 of its text: running cases keep theirs by it.

    ``forms`` are the SOP's own (``formulir``), e.g. a checklist. ``wording`` is what the approved paper says, where the
    file keeps it word for word (``cetakan``).
    """

    code: str
    revision: int
    number: str | None
    title: str
    kind: str
    identity: Identity
    lanes: Mapping[str, Lane]
    documents: Mapping[str, Document]
    promise: Promise
    start: str
    steps: Mapping[str, Step]
    text: str
    hash: str
    warnings: tuple[Both, ...] = ()
    forms: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)
    wording: SopPrint | None = None

    def step(self, name: str) -> Step:
        """The step of that id; KeyError if there is none."""
        return self.steps[name]

    def role(self, lane: str) -> str:
        """The system role of a lane; ``system`` for the SOP's own actor."""
        return "system" if lane == SYSTEM_LANE else self.lanes[lane].role

    def lane_names(self, lanes: tuple[str, ...]) -> str:
        """The printed names of these lanes."""
        return ", ".join(self.lanes[lane].name for lane in lanes if lane in self.lanes)
