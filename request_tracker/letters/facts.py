"""What every paper of a case is made from, and the ways of saying it that the papers share. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from request_tracker.cases.model import Case, Event
from request_tracker.cases.signing import PASSWORD, SCAN
from request_tracker.config import Office
from request_tracker.ledger.allocation import Allocation
from request_tracker.letters.model import Letterhead, Paper, Signer
from request_tracker.people.details import PrintedPerson
from request_tracker.sop.model import Sop, Step

MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli"),
    *("Agustus", "September", "Oktober", "November", "Desember"),
)
_MEGABIT = 125_000
LETTER_ENDS = ("requester", "head_of_office")
BLANK = "……………………"
_AFTERWARDS = timedelta(minutes=1)


@dataclass(frozen=True)
class Facts:
    """What a paper may need: the case, its SOP and history, the office, the OPD's name, and how to say things."""

    case: Case
    sop: Sop
    history: Sequence[Event]
    office: Office
    opd: str
    now: datetime
    name_of: Callable[[str | None], str]
    local: Callable[[datetime], datetime]
    allocation: Allocation | None = None
    ledger_number: str = ""
    monitored: Mapping[str, Any] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    person_of: Callable[[str | None], PrintedPerson] = lambda reference: PrintedPerson(reference or "")


def paper(facts: Facts, template: str, file: str, title: str, at: datetime | None = None, **more: object) -> Paper:
    """A paper with the office's head and the foot that names the case, its SOP and the last hash.

    ``at``: its day, where that is not today's. Copies (X-TMB) are the SOP's own unless others are given.
    """
    office, case = facts.office, facts.case
    place = f"{office.city}, " if office.city else ""
    more.setdefault("copies", copies_to(facts, without=LETTER_ENDS if template == "surat.typ" else ()))
    return Paper(
        template,
        f"{file}-{case.number.replace('/', '-')}",
        title,
        Letterhead(office.government, office.name, office.address),
        number=_number(case, template, file),
        date=place + day(facts.local(at or facts.now)),
        foot=f"{case.number} · {facts.sop.code} revisi {facts.sop.revision} · {case.last_hash[:16]}",
        **more,  # type: ignore[arg-type]  # the caller's own field names
    )


def _number(case: Case, template: str, file: str) -> str:
    """The number that the agenda gave this paper, never another's; a line to write on where it must have one."""
    kind = "surat" if template == "surat.typ" else "laporan" if file.startswith("laporan") else file
    letter = case.letter("keluar", kind, *(("",) if kind == "surat" else ()))
    blank = BLANK if kind in ("surat", "berita-acara") else ""
    return letter.number if letter else blank


def head_of_office(facts: Facts) -> Signer:
    """Who signed as the head of the office last, in whose place; a blank line where nobody has."""
    event = head_signature(facts)
    if event is None:
        return Signer("Kepala Dinas")
    behalf = f"a.n. {facts.name_of(event.in_place_of)}" if event.in_place_of else ""
    return Signer("Kepala Dinas", facts.name_of(event.signer), behalf, under=under(facts.person_of(event.signer)))


def head_signature(facts: Facts) -> Event | None:
    """The last signature in the lane of the head of the office."""
    signed = (event for event in reversed(facts.history) if event.kind == "signed" and event.lane)
    return next((event for event in signed if facts.sop.role(str(event.lane)) == "head_of_office"), None)


def mark(facts: Facts, event: Event) -> str:
    """What stands for the ink: which kind of signature, and when."""
    kind, _, name = event.signer.partition(":")
    at = moment(facts.local(event.occurred_at))
    if event.recorded_from_paper or event.recorded_at - event.occurred_at > _AFTERWARDS:
        return f"Ditandatangani di kertas {at}; dicatat {facts.name_of(event.actor)}"
    signature = event.data.get("signature") or {}
    if signature.get("kind") == SCAN:
        return f"Ditandatangani di kertas; pindaian diterima {at}, sidik {signature['sha256'][:16]}"
    if signature.get("kind") == PASSWORD:
        return f"Disetujui dalam pelacak dengan akun {facts.name_of(event.signer)}, sandi diminta ulang, {at}"
    if kind == "user":
        return f"Ditandatangani dalam pelacak dengan akun {facts.name_of(event.signer)}, {at}"
    if kind in ("contact", "public"):
        return f"Ditandatangani lewat tautan rahasia pemohon, {at}"
    return f"Ditandatangani oleh {name or kind}, {at}"


def incoming(facts: Facts) -> tuple[str, str, str]:
    """Number, day and agenda number of the letter that began the case: the agenda's, else as the form told them."""
    form, letter = facts.case.form, facts.case.letter("masuk")
    number = letter.number if letter else str(form.get("letter_number") or "")
    dated = (letter.date if letter else "") or str(form.get("letter_date") or "")
    said = day(date.fromisoformat(dated)) if dated else ""
    return number, said, f"{letter.agenda}/{letter.year}" if letter else ""


def technician(facts: Facts) -> Signer:
    """The technician named on the case, with what papers print of him; a blank line where nobody is."""
    if facts.case.assignee is None:
        return Signer("Pelaksana")
    return Signer("Pelaksana", facts.name_of(facts.case.assignee), under=under(facts.person_of(facts.case.assignee)))


def under(named: PrintedPerson) -> tuple[str, ...]:
    """Position, rank and NIP, each where it is known."""
    lines = (named.position, named.rank, f"NIP {named.nip}" if named.nip else "")
    return tuple(line for line in lines if line)


def copies_to(facts: Facts, without: Sequence[str] = ()) -> tuple[str, ...]:
    """X-TMB: the lanes that the SOP's steps copy to, each once, in their order.

    ``without``: roles left out, because a letter's copies name neither its signer nor its addressee.
    """
    lanes = dict.fromkeys(lane for step in facts.sop.steps.values() for lane in step.copies_to)
    known = (lane for lane in lanes if lane in facts.sop.lanes and facts.sop.role(lane) not in without)
    return tuple(facts.sop.lanes[lane].name for lane in known)


def course(facts: Facts) -> tuple[tuple[str, ...], ...]:
    """Every signature of the case as a table."""
    rows = [("Langkah", "Uraian", "Pelaksana", "Waktu")]
    for event in facts.history:
        if event.kind == "signed" and event.step:
            text, who = step_text(facts, event.step), facts.name_of(event.signer)
            rows.append((event.step, text, who, moment(facts.local(event.occurred_at))))
    return tuple(rows) if len(rows) > 1 else ()


def step_text(facts: Facts, step: str | None) -> str:
    """What the SOP says of a step."""
    found: Step | None = facts.sop.steps.get(step or "")
    return found.text if found else ""


def rates(allocation: Allocation | None) -> tuple[tuple[str, str], ...]:
    """An allocation as pairs; none where there is none."""
    if allocation is None:
        return ()
    return (
        ("Unduh, batas", rate(allocation.receive_ceiling)),
        ("Unduh, jaminan", rate(allocation.receive_guaranteed)),
        ("Unggah, batas", rate(allocation.transmit_ceiling)),
        ("Unggah, jaminan", rate(allocation.transmit_guaranteed)),
    )


def until(facts: Facts) -> tuple[tuple[str, str], ...]:
    """When a temporary allocation ends (PKL-B-01)."""
    changes = [event.data.get("until") for event in facts.history if event.kind == "allocation_applied"]
    last = changes[-1] if changes else None
    return (("Berlaku sampai", moment(facts.local(datetime.fromisoformat(last)))),) if last else ()


def rate(value: float) -> str:
    """``12,5 Mbit/s`` of bytes a second."""
    return f"{value / _MEGABIT:g} Mbit/s".replace(".", ",")


def day(at: date) -> str:
    """``20 November 2026``."""
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def short(at: datetime) -> str:
    """``20-11-2026``."""
    return f"{at:%d-%m-%Y}"


def moment(at: datetime) -> str:
    """``20 November 2026 pukul 12.00 WIB``."""
    return f"{day(at)} pukul {at:%H.%M %Z}".rstrip()
