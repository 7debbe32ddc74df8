"""Berita Acara Pekerjaan (BTM-09, X-BA): what was done, who hands it over and who takes it, each with his signature.

The day is the day of the act: of the last of both signatures in the case, never of the download. Until both have signed
the paper is a draft with blanks. Everything comes from the case's events, names from outside them. Pure.
"""

from datetime import datetime

from request_tracker.cases.model import Event
from request_tracker.evidence.guarantee_heads import guarantee_head
from request_tracker.ledger.allocation import Allocation
from request_tracker.letters.press.facts import Facts, paper, signer_of
from request_tracker.letters.press.model import Paper, Signer
from request_tracker.letters.press.sheets import REPORT, Numbering, Sheet
from request_tracker.letters.press.signatures import Signature, signatures, signed_at
from request_tracker.letters.press.signers import mark, under
from request_tracker.letters.press.terbilang import terbilang
from request_tracker.letters.press.wording import BLANK, MONTHS, moment, rate, short
from request_tracker.people.details import PrintedPerson
from request_tracker.sop.model import Document
from request_tracker.words.bilingual import Both

TEMPLATE = "berita_acara"
SHEET = Sheet(
    template=REPORT.template,
    numbering=Numbering(word="berita-acara", name=Both("Berita acara", "Handover record"), line=True),
)
DRAFT = "KONSEP: berita acara ini sah sesudah ditandatangani kedua pihak."
# Characters of the ledger's hash that stand on the paper: enough to find the revision, few enough to type.
SHOWN_HASH = 16
_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def minutes(facts: Facts) -> Paper:
    """The Berita Acara: day in words, both parties, the work with its rates, proof, and both signatures."""
    document = next((document for document in facts.sop.documents.values() if document.template == TEMPLATE), None)
    by_lane = signatures(facts, document) if document else {}
    complete = signed_at(facts, document) if document else None
    first, second = _lanes(facts, document)
    parties = (
        _party(facts, "1", by_lane.get(first), facts.office.name, "PIHAK PERTAMA"),
        _party(facts, "2", by_lane.get(second), facts.opd, "PIHAK KEDUA"),
    )
    statement = (
        "menyatakan bahwa pekerjaan berikut telah selesai dilaksanakan oleh PIHAK PERTAMA dan diterima dengan baik "
        "oleh PIHAK KEDUA:"
    )
    closing = (
        "Demikian berita acara ini dibuat dalam rangkap 2 (dua) untuk dipergunakan sebagaimana mestinya.",
        *(() if complete else (DRAFT,)),
    )
    return paper(
        facts,
        SHEET,
        "berita-acara",
        "Berita Acara Pekerjaan",
        at=complete,
        opening=(
            f"Pada hari ini, {_in_full(facts, complete)}, kami yang bertanda tangan di bawah ini:",
            *parties,
            f"Kedua pihak {statement}",
        ),
        pairs=(("Pekerjaan", facts.case.subject), ("Nomor kasus", facts.case.number), *_work(facts)),
        closing=closing,
        signers=(
            _signer(facts, "PIHAK KEDUA", by_lane.get(second), facts.opd),
            _signer(facts, "PIHAK PERTAMA", by_lane.get(first), facts.office.name),
        ),
    )


def _lanes(facts: Facts, document: Document | None) -> tuple[str, str]:
    """The lane that hands over and the one that takes: the requester's takes."""
    lanes = document.signatures if document else ()
    takes = next((lane for lane in lanes if facts.sop.role(lane) == "requester"), "")
    return next((lane for lane in lanes if lane != takes), ""), takes


def _party(facts: Facts, number: str, signature: Signature | None, body: str, called: str) -> str:
    person = _person(facts, signature) if signature else None
    name = person.name if person else BLANK
    position = (person.position if person else "") or BLANK
    nip = f", NIP {person.nip}" if person and person.nip else ""
    behalf = f", a.n. {facts.name_of(signature.event.in_place_of)}" if signature and _behalf(signature) else ""
    return (
        f"{number}. Nama {name}{nip}, jabatan {position}{behalf}, dalam hal ini bertindak untuk dan atas nama "
        f"{body}, selanjutnya disebut {called};"
    )


def _signer(facts: Facts, title: str, signature: Signature | None, body: str) -> Signer:
    if signature is None:
        return Signer(title, place=body)
    person = _person(facts, signature)
    return Signer(title, person.name, place=body, under=under(person), mark=mark(facts, signature.event))


def _person(facts: Facts, signature: Signature) -> PrintedPerson:
    """An account as it was when it signed; somebody who put his name under an account's act as he is known."""
    own = signature.person == signature.event.signer
    return signer_of(facts, signature.event) if own else facts.person_of(signature.person)


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
    change = next((event for event in reversed(facts.history) if event.kind == "allocation_applied"), None)
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
    later = (event for event in facts.history if event.seq > change.seq)
    proof = next((event for event in later if event.kind == "allocation_verified"), None)
    return (
        *rows,
        ("Diterapkan", f"{when}, buku alokasi revisi {change.data['revision']}"),
        ("Bukti", _proof(facts, proof)),
        *_guarantees(facts, proof),
    )


def _guarantees(facts: Facts, event: Event | None) -> tuple[tuple[str, str], ...]:
    """Where the agent's evidence of the guarantees stood at its proof; nothing where it told none."""
    proof = event.data["proof"] if event else {}
    if not proof.get("evidence"):
        return ()
    return (("Bukti jaminan", guarantee_head(str(proof.get("agent")), proof["evidence"], facts.local).text.indonesian),)


def _proof(facts: Facts, event: Event | None) -> str:
    if event is None:
        return "belum ada"
    proof = event.data["proof"]
    agent, digest = proof.get("agent", "pembentuk lalu lintas"), str(proof.get("hash", ""))[:SHOWN_HASH]
    at = moment(facts.local(event.occurred_at))
    return f"dibaca balik sama dengan buku alokasi oleh {agent}, {at}" + (f"; sidik buku {digest}" if digest else "")


def _changed(before: int | None, after: int) -> str:
    was = f"{rate(before)} menjadi " if before is not None else ""
    return f"{was}{rate(after)} ({in_words(rate(after))})"


def in_words(figure: str) -> str:
    """``lima puluh megabit per detik`` of ``50 Mbit/s``."""
    number, _, unit = figure.partition(" ")
    whole, _, part = number.partition(",")
    words = terbilang(int(whole)) + (f" koma {' '.join(terbilang(int(digit)) for digit in part)}" if part else "")
    return f"{words} {'megabit per detik' if unit == 'Mbit/s' else unit}"
