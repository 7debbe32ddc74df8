"""The report of what a case did: its course step by step and its result. Facts in, a paper out. Pure.

It stands here, not in a folder of its own kind, because a report of the monitoring is this one until it is frozen.
"""

from request_tracker.ledger.allocation import Allocation
from request_tracker.letters.press.facts import Facts, course, paper, rates, until
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.sheets import REPORT
from request_tracker.letters.press.signers import technician


def course_report(facts: Facts) -> Paper:
    """The report of what was done (PKL-B-05, BTM-10, KTM-10)."""
    pairs = (
        ("Nomor kasus", facts.case.number),
        ("Pemohon", facts.opd),
        ("Hal", facts.case.subject),
        *_before(facts),
        *rates(facts.allocation),
        *until(facts),
        ("Dicatat dalam buku alokasi", facts.ledger_number),
        ("Dibuktikan", "ya" if facts.case.verified is not None else "belum"),
    )
    commands = _commands(facts)
    title = "Laporan Penyelesaian Gangguan" if facts.sop.kind == "outage" else f"Laporan {facts.sop.title}"
    return paper(
        facts,
        REPORT,
        "laporan",
        title,
        opening=(f"Telah dilaksanakan {facts.sop.title} dengan rincian sebagai berikut.",),
        pairs=pairs,
        rows=course(facts),
        closing=commands,
        annex=len(commands),
        signers=(technician(facts),),
    )


def _before(facts: Facts) -> tuple[tuple[str, str], ...]:
    """What was allocated before the case changed it (PKL-B-05)."""
    change = next((event for event in facts.history if event.kind == "allocation_applied"), None)
    before = change.data["before"] if change else None
    return (
        tuple((f"Sebelumnya: {name.lower()}", value) for name, value in rates(Allocation(**before))) if before else ()
    )


def _commands(facts: Facts) -> tuple[str, ...]:
    """The commands at the shaper, where its agent told them (KTM-07c)."""
    proofs = [event.data["proof"] for event in facts.history if event.kind == "allocation_verified"]
    commands = (proofs[-1].get("configuration") or {}).get("commands") if proofs else None
    return (f"Konfigurasi yang diterapkan: {'; '.join(commands)}",) if commands else ()
