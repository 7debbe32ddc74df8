"""A case in, its papers as data out: disposition sheet, reply, report, Berita Acara, completion of an outage. Pure.

Everything is taken from the case's events; what the case does not know stands as a dash and is filled in by hand.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from request_tracker.cases.model import Allocation, Case, Event
from request_tracker.config import Office
from request_tracker.letters.model import Letterhead, Paper, Signer
from request_tracker.letters.terbilang import terbilang
from request_tracker.sop.model import Sop, Step

_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli"),
    *("Agustus", "September", "Oktober", "November", "Desember"),
)
_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MEGABIT = 125_000


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


def disposition(facts: Facts, half: bool = False) -> Paper:
    """X-DSP: the letter's facts and every official's instruction, signed in the case."""
    signed = [event for event in facts.history if event.kind == "signed" and _official(facts, event)]
    rows = tuple(
        (
            facts.name_of(event.actor) + (f" a.n. {facts.name_of(event.on_behalf_of)}" if event.on_behalf_of else ""),
            str(event.data.get("note") or _step_text(facts, event.step)),
            _short(facts.local(event.occurred_at)),
        )
        for event in signed
    )
    case, form = facts.case, facts.case.form
    pairs = (
        ("Nomor agenda", case.number),
        ("Tanggal diterima", _day(facts.local(case.opened_at))),
        ("Surat dari", facts.opd),
        ("Nomor surat", str(case.letter_number or form.get("letter_number") or "")),
        ("Hal", case.subject),
        ("Diterima melalui", case.channel),
    )
    template = "disposisi-setengah.typ" if half else "disposisi.typ"
    return _paper(facts, template, "lembar-disposisi", "Lembar Disposisi", pairs=pairs, rows=rows)


def reply(facts: Facts) -> Paper:
    """The reply letter: granted, granted in part, or refused with its reason (BTM-07, PKL-B-06)."""
    granted, wanted = facts.allocation, facts.case.form.get("wanted_receive")
    if facts.case.ending in ("ditolak", "tidak_tersedia") or granted is None:
        said = "permohonan tersebut belum dapat kami penuhi."
    elif wanted and granted.receive_ceiling < int(wanted):
        said = "permohonan tersebut kami penuhi sebagian, dengan alokasi sebagai berikut:"
    else:
        said = "permohonan tersebut kami penuhi, dengan alokasi sebagai berikut:"
    refused = said.startswith("permohonan tersebut belum")
    opening = (
        f"Menindaklanjuti permohonan Saudara tanggal {_day(facts.local(facts.case.opened_at))} hal "
        f"{facts.case.subject}, dengan ini kami sampaikan bahwa {said}",
    )
    reason = (("Alasan", _reason(facts)),) if refused else _rates(granted)
    closing = ("Demikian kami sampaikan. Atas perhatian dan kerja sama Saudara, kami ucapkan terima kasih.",)
    return _paper(
        facts,
        "surat.typ",
        "surat-balasan",
        "Surat Balasan",
        to=f"Kepala {facts.opd}",
        subject=f"Jawaban atas {facts.case.subject}",
        opening=opening,
        pairs=reason,
        closing=closing,
        signers=(_head_of_office(facts),),
        copies=_copies(facts),
    )


def report(facts: Facts) -> Paper:
    """The report of what was done (PKL-B-05, BTM-10, KTM-10): the course of the case step by step, and its result."""
    pairs = (
        ("Nomor kasus", facts.case.number),
        ("Pemohon", facts.opd),
        ("Hal", facts.case.subject),
        *_rates(facts.allocation),
        ("Dicatat dalam buku alokasi", facts.ledger_number),
        ("Dibuktikan", "ya" if facts.case.verified is not None else "belum"),
    )
    opening = (f"Telah dilaksanakan {facts.sop.title} dengan rincian sebagai berikut.",)
    signers = (Signer("Pelaksana", facts.name_of(facts.case.assignee) if facts.case.assignee else ""),)
    title = "Laporan Penyelesaian Gangguan" if facts.sop.kind == "outage" else f"Laporan {facts.sop.title}"
    return _paper(
        facts,
        "laporan.typ",
        "laporan",
        title,
        opening=opening,
        pairs=pairs,
        rows=_course(facts),
        signers=signers,
        copies=_copies(facts),
    )


def minutes(facts: Facts) -> Paper:
    """X-BA: Berita Acara Pekerjaan with numbers in words and both parties' signatures (BTM-09)."""
    day = facts.local(facts.now)
    words = f"{_DAYS[day.weekday()]} tanggal {terbilang(day.day)} bulan {_MONTHS[day.month - 1]}"
    opening = (
        f"Pada hari ini, {words} tahun {terbilang(day.year)} ({_short(day)}), kami yang bertanda tangan di bawah ini "
        "menyatakan bahwa pekerjaan berikut telah selesai dilaksanakan dan diterima dengan baik.",
    )
    pairs = (
        ("Pihak pertama", facts.office.name),
        ("Pihak kedua", facts.opd),
        ("Pekerjaan", facts.case.subject),
        *((name, f"{value} ({_in_words(value)})") for name, value in _rates(facts.allocation)),
        ("Nomor kasus", facts.case.number),
    )
    signers = (Signer("Pihak Kedua", "", "", facts.opd), Signer("Pihak Pertama", "", "", facts.office.name))
    return _paper(
        facts,
        "laporan.typ",
        "berita-acara",
        "Berita Acara Pekerjaan",
        opening=opening,
        pairs=pairs,
        closing=("Demikian berita acara ini dibuat untuk dipergunakan sebagaimana mestinya.",),
        signers=signers,
    )


def restored(facts: Facts) -> Paper:
    """PKL-G-10: the letter that an outage is over, with its minutes and its cause as the case tells them."""
    said = {event.kind: event for event in facts.history}
    connected = said.get("connected")
    ended = connected.occurred_at if connected else facts.case.ended_at or facts.now
    lasted = max(0, round((ended - facts.case.opened_at).total_seconds() / 60))
    pairs = (
        ("Gangguan", facts.case.subject),
        ("Mulai", _moment(facts.local(facts.case.opened_at))),
        ("Pulih", _moment(facts.local(ended)) if connected or facts.case.ended_at else ""),
        ("Lamanya", f"{lasted} menit"),
        ("Penyebab", str(facts.case.form.get("cause") or "")),
        ("Nomor kasus", facts.case.number),
    )
    return _paper(
        facts,
        "surat.typ",
        "surat-penyelesaian-gangguan",
        "Surat Laporan Penyelesaian Gangguan",
        to=f"Kepala {facts.opd}",
        subject="Laporan penyelesaian gangguan jaringan",
        opening=("Bersama ini kami laporkan bahwa gangguan jaringan berikut telah selesai ditangani.",),
        pairs=pairs,
        closing=("Demikian disampaikan, atas perhatian Saudara kami ucapkan terima kasih.",),
        signers=(_head_of_office(facts),),
        copies=_copies(facts),
    )


BUILDERS: Mapping[str, Callable[[Facts], Paper]] = {
    "lembar_disposisi": disposition,
    "laporan_alokasi": report,
    "laporan_pelaksanaan": report,
    "laporan_penyelesaian": report,
    "laporan_monitoring": report,
    "laporan_analisa": report,
    "laporan_gangguan": restored,
    "surat_balasan_tolak": reply,
    "surat_informasi": reply,
    "berita_acara": minutes,
}


def _paper(facts: Facts, template: str, file: str, title: str, **more: object) -> Paper:
    office, case = facts.office, facts.case
    place = f"{office.city}, " if office.city else ""
    return Paper(
        template,
        f"{file}-{case.number.replace('/', '-')}",
        title,
        Letterhead(office.government, office.name, office.address),
        number=case.letter_number or "",
        date=place + _day(facts.local(facts.now)),
        foot=f"{case.number} · {facts.sop.code} revisi {facts.sop.revision} · {case.last_hash[:16]}",
        **more,  # type: ignore[arg-type]  # the caller's own field names
    )


def _official(facts: Facts, event: Event) -> bool:
    return event.lane is not None and facts.sop.role(event.lane).startswith("head_of")


def _head_of_office(facts: Facts) -> Signer:
    """Who signed as the head of the office last, in whose place; a blank line where nobody has."""
    for event in reversed(facts.history):
        if event.kind == "signed" and event.lane and facts.sop.role(event.lane) == "head_of_office":
            behalf = f"a.n. {facts.name_of(event.on_behalf_of)}" if event.on_behalf_of else ""
            return Signer("Kepala Dinas", facts.name_of(event.actor), behalf)
    return Signer("Kepala Dinas")


def _reason(facts: Facts) -> str:
    notes = [str(event.data["note"]) for event in facts.history if event.kind == "signed" and event.data.get("note")]
    return notes[-1] if notes else ""


def _copies(facts: Facts) -> tuple[str, ...]:
    """X-TMB: the lanes that the SOP's steps copy to, each once, in their order."""
    lanes = dict.fromkeys(lane for step in facts.sop.steps.values() for lane in step.copies_to)
    return tuple(facts.sop.lanes[lane].name for lane in lanes if lane in facts.sop.lanes)


def _course(facts: Facts) -> tuple[tuple[str, ...], ...]:
    rows = [("Langkah", "Uraian", "Pelaksana", "Waktu")]
    for event in facts.history:
        if event.kind == "signed" and event.step:
            text, who = _step_text(facts, event.step), facts.name_of(event.actor)
            rows.append((event.step, text, who, _moment(facts.local(event.occurred_at))))
    return tuple(rows) if len(rows) > 1 else ()


def _step_text(facts: Facts, step: str | None) -> str:
    found: Step | None = facts.sop.steps.get(step or "")
    return found.text if found else ""


def _rates(allocation: Allocation | None) -> tuple[tuple[str, str], ...]:
    if allocation is None:
        return ()
    return (
        ("Unduh, batas", _rate(allocation.receive_ceiling)),
        ("Unduh, jaminan", _rate(allocation.receive_guaranteed)),
        ("Unggah, batas", _rate(allocation.transmit_ceiling)),
        ("Unggah, jaminan", _rate(allocation.transmit_guaranteed)),
    )


def _rate(value: int) -> str:
    return f"{value / _MEGABIT:g} Mbit/s".replace(".", ",")


def _in_words(rate: str) -> str:
    number, _, unit = rate.partition(" ")
    whole, _, part = number.partition(",")
    words = terbilang(int(whole)) + (f" koma {' '.join(terbilang(int(digit)) for digit in part)}" if part else "")
    return f"{words} {'megabit per detik' if unit == 'Mbit/s' else unit}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _short(moment: datetime) -> str:
    return f"{moment:%d-%m-%Y}"


def _moment(moment: datetime) -> str:
    return f"{_day(moment)} pukul {moment:%H.%M}"
