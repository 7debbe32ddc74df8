"""The letter that an outage is over (PKL-G-10): the frozen report and the case in, a letter to those hit out. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime

from request_tracker.letters.press.facts import Facts, paper
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.outage_figures import findings, found_cause, minutes, outage_course
from request_tracker.letters.press.sheets import LETTER
from request_tracker.letters.press.signers import head_of_office
from request_tracker.letters.press.wording import moment

# So many addressees fit on the letter's "Yth." line; more are named in its table.
MAX_NAMED = 3


def completion_letter(facts: Facts) -> Paper:
    """PKL-G-10: the letter that an outage is over."""
    report = facts.monitored
    return paper(
        facts,
        LETTER,
        "surat-penyelesaian-gangguan",
        "Surat Laporan Penyelesaian Gangguan",
        to=_addressees(facts, report["offices"] if report else ()),
        subject="Laporan penyelesaian gangguan jaringan",
        opening=("Bersama ini kami laporkan bahwa gangguan jaringan berikut telah selesai ditangani.",),
        pairs=(
            *(outage_course(facts, report) if report else _course_of_the_case(facts)),
            ("Penyebab", found_cause(facts)),
            ("Temuan pemeriksaan", findings(facts)),
            ("Nomor kasus", facts.case.number),
        ),
        closing=("Demikian disampaikan, atas perhatian Saudara kami ucapkan terima kasih.",),
        signers=(head_of_office(facts),),
    )


def _addressees(facts: Facts, offices: Sequence[str]) -> str:
    """To whom the letter goes: the offices that were hit, by name where they are few."""
    if not offices:
        return f"Kepala {facts.opd}" if facts.case.opd else "Para Kepala OPD terdampak"
    if len(offices) > MAX_NAMED:
        return f"Para Kepala OPD terdampak ({len(offices)} OPD, tersebut di bawah)"
    return "; ".join(f"Kepala {facts.names.get(code, code)}" for code in offices)


def _course_of_the_case(facts: Facts) -> tuple[tuple[str, str], ...]:
    """What the case itself holds of the outage, where no report of the monitoring is at hand."""
    connected = next((event for event in reversed(facts.history) if event.kind == "connected"), None)
    started, end = facts.case.opened_at, connected.data if connected else {}
    ended = datetime.fromtimestamp(end["ended_at"], UTC) if "ended_at" in end else None
    lasted = end.get("minutes", round((ended - started).total_seconds() / 60, 2) if ended else None)
    return (
        ("Gangguan", facts.case.subject),
        ("Mulai", moment(facts.local(started))),
        ("Pulih", moment(facts.local(ended)) if ended else "tidak terukur"),
        ("Lamanya", minutes(lasted)),
    )
