"""A case in, its papers as data out: disposition sheet, reply, report, Berita Acara. Pure.

Everything is taken from the case's events; what the case does not know stands as a dash and is filled in by hand.
"""

from collections.abc import Callable, Mapping

from request_tracker.ledger.allocation import Allocation
from request_tracker.letters.analysis.paper import ANALYSIS, AVAILABILITY, analysis, availability
from request_tracker.letters.bandwidth.paper import bandwidth
from request_tracker.letters.disposition.paper import disposition
from request_tracker.letters.handover.paper import TEMPLATE, minutes
from request_tracker.letters.outage_papers import completion, monitoring, restored
from request_tracker.letters.press.facts import (
    Facts,
    course,
    paper,
    rates,
    technician,
    until,
)
from request_tracker.letters.press.model import Paper
from request_tracker.letters.reply.paper import reply


def report(facts: Facts) -> Paper:
    """The report of what was done (PKL-B-05, BTM-10, KTM-10): the course of the case step by step, and its result."""
    pairs = (
        ("Nomor kasus", facts.case.number),
        ("Pemohon", facts.opd),
        ("Hal", facts.case.subject),
        *_before(facts),
        *rates(facts.allocation),
        *until(facts),
        *_commands(facts),
        ("Dicatat dalam buku alokasi", facts.ledger_number),
        ("Dibuktikan", "ya" if facts.case.verified is not None else "belum"),
    )
    opening = (f"Telah dilaksanakan {facts.sop.title} dengan rincian sebagai berikut.",)
    signers = (technician(facts),)
    title = "Laporan Penyelesaian Gangguan" if facts.sop.kind == "outage" else f"Laporan {facts.sop.title}"
    return paper(
        facts,
        "laporan.typ",
        "laporan",
        title,
        opening=opening,
        pairs=pairs,
        rows=course(facts),
        signers=signers,
    )


def _monitored(facts: Facts) -> Paper:
    """The monitoring's report: of an outage, of an OPD's bandwidth; without one the course of the case."""
    told = facts.monitored
    if told is None:
        return report(facts)
    return monitoring(facts) if facts.sop.kind == "outage" else bandwidth(facts, told)


COMPLETION = "penyelesaian_gangguan"
REPLY = "surat_balasan"
BANDWIDTH = "laporan_monitoring_bandwidth"
NUMBERED = {
    "surat": ("Surat balasan atau surat penyelesaian", "Reply or completion letter"),
    "laporan": ("Laporan", "Report"),
    "berita-acara": ("Berita acara", "Handover record"),
}
BUILDERS: Mapping[str, Callable[[Facts], Paper]] = {
    "lembar_disposisi": disposition,
    "laporan_alokasi": report,
    "laporan_pelaksanaan": report,
    "laporan_penyelesaian": report,
    ANALYSIS: analysis,
    AVAILABILITY: availability,
    "laporan_gangguan": restored,
    "surat_balasan_tolak": reply,
    "surat_informasi": reply,
    REPLY: reply,
    TEMPLATE: minutes,
    "laporan_monitoring": lambda facts: _monitored(facts),
    BANDWIDTH: lambda facts: _monitored(facts),
    COMPLETION: completion,
}


def _before(facts: Facts) -> tuple[tuple[str, str], ...]:
    """What was allocated before the case changed it (PKL-B-05)."""
    change = next((event for event in facts.history if event.kind == "allocation_applied"), None)
    before = change.data["before"] if change else None
    return (
        tuple((f"Sebelumnya: {name.lower()}", value) for name, value in rates(Allocation(**before))) if before else ()
    )


def _commands(facts: Facts) -> tuple[tuple[str, str], ...]:
    """The commands at the shaper, where its agent told them (KTM-07c)."""
    proofs = [event.data["proof"] for event in facts.history if event.kind == "allocation_verified"]
    told = (proofs[-1].get("configuration") or {}).get("commands") if proofs else None
    return (("Konfigurasi", "; ".join(told)),) if told else ()
