"""The report that an outage is solved (PKL-G-09): the frozen report and the case in, the paper out. Pure.

It says cause, course, minutes, offices, and what the ISP owes.
"""

from collections.abc import Mapping
from typing import Any

from request_tracker.letters.press.facts import Facts, course, paper
from request_tracker.letters.press.figures import availability_said, thirty_days
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.outage_figures import findings, found_cause, minutes, outage_course
from request_tracker.letters.press.sheets import REPORT
from request_tracker.letters.press.signers import technician
from request_tracker.letters.press.wording import moment


def completion(facts: Facts) -> Paper:
    """PKL-G-09: the report that an outage is solved."""
    report = facts.monitored or {}
    pairs = (
        ("Nomor kasus", facts.case.number),
        *(outage_course(facts, report) if report else (("Gangguan", facts.case.subject),)),
        ("Terputus menurut pemantauan", minutes(report.get("measured_minutes"))),
        ("Penyebab", found_cause(facts)),
        ("Temuan pemeriksaan", findings(facts)),
        ("Putaran pemeriksaan", str(facts.case.round)),
        ("Hubungan ISP", _contacts(facts) or "–"),
        ("Dasar kompensasi SLA ISP", _credit(facts, report)),
    )
    return paper(
        facts,
        REPORT,
        "laporan-penyelesaian-gangguan",
        "Laporan Penyelesaian Gangguan",
        opening=("Telah diselesaikan gangguan jaringan dengan rincian sebagai berikut.",),
        pairs=pairs,
        rows=course(facts),
        closing=(f"Angka dari laporan monitoring dengan sidik sha256 {report['sha256']}.",) if report else (),
        signers=(technician(facts),),
    )


def _contacts(facts: Facts) -> str:
    """Every time the ISP was asked: when, who, its ticket and its answer."""
    contacts = [
        f"{moment(facts.local(event.occurred_at))}: "
        + ", ".join(str(event.data[key]) for key in ("isp", "isp_ticket", "answer") if event.data.get(key))
        for event in facts.history
        if event.kind == "isp_contact"
    ]
    form = facts.case.form
    last = ", ".join(str(form[key]) for key in ("isp", "nomor_tiket_isp") if form.get(key))
    return "; ".join([*contacts, *([last] if last else [])])


def _credit(facts: Facts, report: Mapping[str, Any]) -> str:
    """What may be claimed from the ISP: only for its own line, and only what was measured."""
    if not report.get("circuit") and not report.get("provider"):
        return "bukan tautan ISP"
    line = f"{report['provider']}, sirkuit {report['circuit'] or '–'}"
    ticket = facts.case.form.get("nomor_tiket_isp")
    number = f", tiket {ticket}" if ticket else ""
    return (
        f"{minutes(report['measured_minutes'])} terputus pada {line}{number}; "
        f"{thirty_days(facts, report).lower()} {availability_said(report)}; bandingkan dengan kontrak"
    )
