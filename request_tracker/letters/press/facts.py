"""What every paper of a case is made from, in; the parts that papers share, out: head, number, foot, course. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple, TypedDict, Unpack

from inventory.weekly_hours import hours_of
from request_tracker.cases.model import Case, Event
from request_tracker.config import Office
from request_tracker.ledger.allocation import Allocation
from request_tracker.letters.press.model import Letterhead, Paper, Signer
from request_tracker.letters.press.sheets import Numbering, Sheet
from request_tracker.letters.press.wording import BLANK, day, moment, rate
from request_tracker.people.details import PrintedPerson
from request_tracker.sop.model import Sop, Step
from request_tracker.words.weekly_text import hours_words

# The two ends of a letter: who asked and who signs. Its copies name neither.
LETTER_ENDS = ("requester", "head_of_office")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a paper may need: the case, its SOP and history, the office, the OPD's name, and how to say things.

    ``monitored``: the report of the monitoring that was frozen for this paper; ``names``: every OPD's name by its code.
    """

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


class Content(TypedDict, total=False):
    """What a kind of paper says itself; the rest is the same on every paper of a case."""

    to: str
    subject: str
    opening: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    closing: tuple[str, ...]
    annex: int
    rows: tuple[tuple[str, ...], ...]
    signers: tuple[Signer, ...]
    copies: tuple[str, ...]
    svg: str


class Incoming(NamedTuple):
    """The letter that began a case: its number, its day in words, its agenda number; empty where it has none."""

    number: str
    day: str
    agenda: str


def paper(
    facts: Facts, sheet: Sheet, file: str, title: str, at: datetime | None = None, **content: Unpack[Content]
) -> Paper:
    """A paper with the office's head and the foot that names the case, its SOP and the last hash.

    ``at``: its day, where that is not today's. Copies (X-TMB) are the SOP's own unless others are given.
    """
    case = facts.case
    content.setdefault("copies", copies_to(facts, without=LETTER_ENDS if sheet.addressed else ()))
    return Paper(
        template=sheet.template,
        file=f"{file}-{case.number.replace('/', '-')}",
        title=title,
        head=letterhead(facts.office),
        number=_number(case, sheet.numbering),
        date=place(facts.office) + day(facts.local(at or facts.now)),
        # Sixteen of 64 hexadecimal digits: enough that nobody finds another history with the same, short enough to
        # compare by eye.
        foot=f"{case.number} · {facts.sop.code} revisi {facts.sop.revision} · {case.last_hash[:16]}",
        **content,
    )


def letterhead(office: Office) -> Letterhead:
    """The head of the office's papers; in a demo with made-up figures, that they are."""
    before = office.made_up_before
    mark = f"DATA KARANGAN (DEMO): angka sebelum {day(before)} pukul {before:%H.%M} bukan hasil ukur" if before else ""
    return Letterhead(office.government, office.name, " \u00b7 ".join(text for text in (office.address, mark) if text))


def place(office: Office) -> str:
    """What stands before a paper's day: ``Kota Contoh, ``; nothing where the office named no place."""
    return f"{office.city}, " if office.city else ""


def _number(case: Case, numbering: Numbering | None) -> str:
    """The number that the agenda gave this paper, never another's; a line to write on where it must have one."""
    if numbering is None:
        return ""
    letter = case.letter("keluar", *numbering.words)
    return letter.number if letter else BLANK if numbering.line else ""


def incoming(facts: Facts) -> Incoming:
    """The letter that began the case as the agenda holds it, else as the form told it."""
    form, letter = facts.case.form, facts.case.letter("masuk")
    number = letter.number if letter else str(form.get("letter_number") or "")
    written = (letter.date if letter else "") or str(form.get("letter_date") or "")
    on = day(date.fromisoformat(written)) if written else ""
    return Incoming(number, on, f"{letter.agenda}/{letter.year}" if letter else "")


def copies_to(facts: Facts, without: Sequence[str] = ()) -> tuple[str, ...]:
    """X-TMB: the lanes that the SOP's steps copy to, each once, in their order.

    ``without``: roles left out, because a letter's copies name neither its signer nor its addressee.
    """
    lanes = dict.fromkeys(lane for step in facts.sop.steps.values() for lane in step.copies_to)
    wanted = (lane for lane in lanes if lane in facts.sop.lanes and facts.sop.role(lane) not in without)
    return tuple(facts.sop.lanes[lane].name for lane in wanted)


def signer_name(facts: Facts, event: Event) -> str:
    """The name of who signed, as it was then; of whoever signed before that was recorded, as it is now."""
    return event.signatory.name if event.signatory else facts.name_of(event.signer)


def signer_of(facts: Facts, event: Event) -> PrintedPerson:
    """Who signed, with name and position as they were then; rank and NIP as they are now."""
    person, then = facts.person_of(event.signer), event.signatory
    if then is None:
        return replace(person, name=facts.name_of(event.signer))
    return replace(person, name=then.name, position=then.position)


def course(facts: Facts) -> tuple[tuple[str, ...], ...]:
    """Every signature of the case as a table."""
    rows = [("Langkah", "Uraian", "Pelaksana", "Waktu")]
    for event in facts.history:
        if event.kind == "signed" and event.step:
            text, who = step_text(facts, event.step), signer_name(facts, event)
            rows.append((event.step, text, who, moment(facts.local(event.occurred_at))))
    return tuple(rows) if len(rows) > 1 else ()


def step_text(facts: Facts, name: str | None) -> str:
    """What the SOP says of a step."""
    step: Step | None = facts.sop.steps.get(name or "")
    return step.text if step else ""


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


def former(before: Mapping[str, int] | None) -> tuple[tuple[str, str], ...]:
    """What the OPD had before, in one line; none where it had nothing."""
    if before is None:
        return ()
    ways = (("unduh", "receive"), ("unggah", "transmit"))
    old = (
        f"{name} {rate(before[f'{way}_ceiling'])} (jaminan {rate(before[f'{way}_guaranteed'])})" for name, way in ways
    )
    return (("Semula", ", ".join(old)),)


def until(facts: Facts) -> tuple[tuple[str, str], ...]:
    """From when and in which hours an allocation holds, where not at once in all, and when it ends (PKL-B-01)."""
    applied = [event.data for event in facts.history if event.kind == "allocation_applied"]
    last = applied[-1] if applied else {}
    hours = ("Hanya pada jam", hours_words(hours_of(last["hours"])).indonesian) if last.get("hours") else None
    ends = (("Berlaku mulai", last.get("begins")), ("Berlaku sampai", last.get("until")))
    begin, end = ((name, moment(facts.local(datetime.fromisoformat(at)))) if at else None for name, at in ends)
    return tuple(line for line in (hours, begin, end) if line)
