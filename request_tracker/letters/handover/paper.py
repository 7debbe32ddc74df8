"""Berita Acara Pekerjaan (BTM-09, X-BA): what was done, who hands it over and who takes it, each with his signature.

The day is the day of the act: of the last of both signatures in the case, never of the download. Until both have signed
the paper is a draft with blanks. Everything comes from the case's events, names from outside them. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from request_tracker.cases.model import Event
from request_tracker.ledger.allocation import Allocation
from request_tracker.letters.press.facts import BLANK, MONTHS, Facts, mark, moment, paper, rate, short, under
from request_tracker.letters.press.model import Paper, Signer
from request_tracker.letters.press.terbilang import terbilang
from request_tracker.sop.model import Document

TEMPLATE = "berita_acara"
DRAFT = "KONSEP: berita acara ini sah sesudah ditandatangani kedua pihak."
_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


@dataclass(frozen=True)
class Signature:
    """One party's signature as the case holds it: whose lane, the event, and the reference of who put his name."""

    lane: str
    event: Event

    @property
    def person(self) -> str:
        """The one who signed for himself or his office."""
        return str(self.event.data.get("signatory") or self.event.signer)


def minutes(facts: Facts) -> Paper:
    """The Berita Acara: day in words, both parties, the work with its rates, proof, and both signatures."""
    document = next((one for one in facts.sop.documents.values() if one.template == TEMPLATE), None)
    found = signatures(facts, document) if document else {}
    complete = signed_at(facts, document) if document else None
    first, second = _lanes(facts, document)
    parties = (
        _party(facts, "1", found.get(first), facts.office.name, "PIHAK PERTAMA"),
        _party(facts, "2", found.get(second), facts.opd, "PIHAK KEDUA"),
    )
    done = "menyatakan bahwa pekerjaan berikut telah selesai dilaksanakan oleh PIHAK PERTAMA dan diterima dengan baik"
    closing = (
        "Demikian berita acara ini dibuat dalam rangkap 2 (dua) untuk dipergunakan sebagaimana mestinya.",
        *(() if complete else (DRAFT,)),
    )
    return paper(
        facts,
        "laporan.typ",
        "berita-acara",
        "Berita Acara Pekerjaan",
        at=complete,
        opening=(
            f"Pada hari ini, {_in_full(facts, complete)}, kami yang bertanda tangan di bawah ini:",
            *parties,
            f"Kedua pihak {done} oleh PIHAK KEDUA:",
        ),
        pairs=(("Pekerjaan", facts.case.subject), ("Nomor kasus", facts.case.number), *_work(facts)),
        closing=closing,
        signers=(
            _signer(facts, "PIHAK KEDUA", found.get(second), facts.opd),
            _signer(facts, "PIHAK PERTAMA", found.get(first), facts.office.name),
        ),
    )


def signatures(facts: Facts, document: Document) -> dict[str, Signature]:
    """The newest signature of each lane that the document asks for, of the last visit of the step that makes it."""
    return signatures_of(facts.history, _step_of(facts, document), document)


def signatures_of(history: Sequence[Event], step: str | None, document: Document) -> dict[str, Signature]:
    """The same out of bare events."""
    entered = [e.seq for e in history if e.kind == "step_entered" and e.step == step]
    since = entered[-1] if entered else 0
    signed = [e for e in history if e.kind == "signed" and e.step == step and e.seq > since]
    return {str(e.lane): Signature(str(e.lane), e) for e in signed if e.lane in document.signatures}


def signed_at(facts: Facts, document: Document) -> datetime | None:
    """The moment of the last signature where every lane that must sign has; None before."""
    found = signatures(facts, document)
    if not document.signatures or set(document.signatures) - found.keys():
        return None
    return max(one.event.occurred_at for one in found.values())


def _step_of(facts: Facts, document: Document) -> str | None:
    return next((step.id for step in facts.sop.steps.values() if document.key in step.outputs), None)


def _lanes(facts: Facts, document: Document | None) -> tuple[str, str]:
    """The lane that hands over and the one that takes: the requester's takes."""
    lanes = document.signatures if document else ()
    takes = next((lane for lane in lanes if facts.sop.role(lane) == "requester"), "")
    return next((lane for lane in lanes if lane != takes), ""), takes


def _party(facts: Facts, number: str, signature: Signature | None, body: str, called: str) -> str:
    named = facts.person_of(signature.person) if signature else None
    name = named.name if named else BLANK
    position = (named.position if named else "") or BLANK
    nip = f", NIP {named.nip}" if named and named.nip else ""
    behalf = f", a.n. {facts.name_of(signature.event.in_place_of)}" if signature and _behalf(signature) else ""
    return (
        f"{number}. Nama {name}{nip}, jabatan {position}{behalf}, dalam hal ini bertindak untuk dan atas nama "
        f"{body}, selanjutnya disebut {called};"
    )


def _signer(facts: Facts, title: str, signature: Signature | None, body: str) -> Signer:
    if signature is None:
        return Signer(title, place=body)
    named = facts.person_of(signature.person)
    return Signer(title, named.name, "", body, under(named), mark(facts, signature.event))


def _behalf(signature: Signature) -> bool:
    return (signature.event.in_place_of or "").startswith("user:")


def _in_full(facts: Facts, at: datetime | None) -> str:
    """``Jumat tanggal dua puluh bulan November tahun dua ribu dua puluh enam (20-11-2026)``; blanks before the act."""
    if at is None:
        return f"{BLANK} tanggal {BLANK} bulan {BLANK} tahun {BLANK}"
    day = facts.local(at)
    words = f"{_DAYS[day.weekday()]} tanggal {terbilang(day.day)} bulan {MONTHS[day.month - 1]}"
    return f"{words} tahun {terbilang(day.year)} ({short(day)})"


def _work(facts: Facts) -> tuple[tuple[str, str], ...]:
    """The rates before and after in figures and words, when they were written, and the proof that they are in force."""
    change = next((one for one in reversed(facts.history) if one.kind == "allocation_applied"), None)
    if change is None:
        return ()
    before = Allocation(**change.data["before"]) if change.data.get("before") else None
    after = Allocation(**change.data["after"])
    rows = [
        (name, _changed(getattr(before, key, None), getattr(after, key)))
        for name, key in (
            ("Unduh, batas", "receive_ceiling"),
            ("Unduh, jaminan", "receive_guaranteed"),
            ("Unggah, batas", "transmit_ceiling"),
            ("Unggah, jaminan", "transmit_guaranteed"),
        )
    ]
    when = moment(facts.local(change.occurred_at))
    proof = next((one for one in facts.history if one.kind == "allocation_verified" and one.seq > change.seq), None)
    return (
        *rows,
        ("Diterapkan", f"{when}, buku alokasi revisi {change.data['revision']}"),
        ("Bukti", _proof(facts, proof)),
    )


def _proof(facts: Facts, event: Event | None) -> str:
    if event is None:
        return "belum ada"
    proof = event.data["proof"]
    agent, digest = proof.get("agent", "pembentuk lalu lintas"), str(proof.get("hash", ""))[:16]
    at = moment(facts.local(event.occurred_at))
    return f"dibaca balik sama dengan buku alokasi oleh {agent}, {at}" + (f"; sidik buku {digest}" if digest else "")


def _changed(before: int | None, after: int) -> str:
    was = f"{rate(before)} menjadi " if before is not None else ""
    return f"{was}{rate(after)} ({in_words(rate(after))})"


def in_words(said: str) -> str:
    """``lima puluh megabit per detik`` of ``50 Mbit/s``."""
    number, _, unit = said.partition(" ")
    whole, _, part = number.partition(",")
    words = terbilang(int(whole)) + (f" koma {' '.join(terbilang(int(digit)) for digit in part)}" if part else "")
    return f"{words} {'megabit per detik' if unit == 'Mbit/s' else unit}"
