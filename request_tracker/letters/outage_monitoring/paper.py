"""What the monitoring saw of an outage (PKL-G-05): the frozen report in, figures with their sources out. Pure.

Figures come from the frozen report in the case, never from this moment; what was not measured is said.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from request_tracker.letters.press.course_report import course_report
from request_tracker.letters.press.facts import Facts, paper
from request_tracker.letters.press.figures import (
    availability_said,
    fingerprint,
    moment_of,
    problems,
    query_text,
    thirty_days,
)
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.outage_figures import minutes, outage_course
from request_tracker.letters.press.sheets import REPORT
from request_tracker.letters.press.signers import technician
from request_tracker.letters.press.wording import measured_rate

# About two pages of the table: a line that flaps for hours changes thousands of times, and nobody reads them on paper.
MAX_ROWS = 60
STATES = {"up": "tersambung", "down": "terputus", "unmeasured": "tidak terukur"}
ALERTS = {"firing": "menyala", "resolved": "selesai"}


def monitoring_or_course(facts: Facts) -> Paper:
    """The report of the monitoring; the course of the case where none is at hand."""
    return course_report(facts) if facts.monitored is None else monitoring(facts)


def monitoring(facts: Facts) -> Paper:
    """PKL-G-05: the report of the monitoring; every figure with its source, and how to compute it again."""
    report = facts.monitored or {}
    opening = (
        f"Laporan monitoring jaringan untuk {report['root']}, menurut sistem pemantauan pada "
        f"{moment_of(facts, report['at'])}. Lalu lintas lapis 2; keadaan tautan dibaca tiap 15 detik.",
    )
    queries = query_text(report["queries"]) or "tidak ada kueri yang dijawab"
    return paper(
        facts,
        REPORT,
        "laporan-monitoring-jaringan",
        "Laporan Monitoring Jaringan",
        opening=opening,
        pairs=figures(facts, report),
        rows=timeline(facts, report),
        closing=(f"Dapat dihitung ulang: {queries}.", fingerprint(report)),
        annex=2,
        signers=(technician(facts),),
    )


def figures(facts: Facts, report: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The report's figures in words."""
    booted = "; ".join(f"{name}: {moment_of(facts, at)}" for name, at in report["booted"])
    return (
        ("Nomor kasus", str(report["number"])),
        *outage_course(facts, report),
        ("Terputus menurut pemantauan", minutes(report["measured_minutes"])),
        ("Tidak terukur", minutes(report["unmeasured_minutes"])),
        ("Unduh sebelum / selama", _pair(report["receive"], measured_rate)),
        ("Unggah sebelum / selama", _pair(report["transmit"], measured_rate)),
        ("Waktu tempuh sebelum / sekarang", _pair(report["round_trip"], _milliseconds)),
        ("Pemeriksaan tidak dijawab", _times(report["lost_rounds"])),
        (thirty_days(facts, report), availability_said(report)),
        ("Perangkat menyala sejak", booted or "–"),
        *problems(report),
    )


def timeline(facts: Facts, report: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Changes of the line's state and alerts, in the order of time."""
    turns = [(turn["at"], STATES[turn["state"]]) for turn in report["turns"]]
    alerts = [
        (alert["at"], f"peringatan {alert['name']} ({ALERTS.get(alert['status'], alert['status'])}): {alert['text']}")
        for alert in report["alerts"]
    ]
    rows = sorted([*turns, *alerts])
    left_out = [("", f"{len(rows) - MAX_ROWS} perubahan lain tidak dicetak")] if len(rows) > MAX_ROWS else []
    return (("Waktu", "Kejadian"), *((_second(facts, at), text) for at, text in rows[:MAX_ROWS]), *left_out)


def _second(facts: Facts, seconds: float) -> str:
    return f"{facts.local(datetime.fromtimestamp(seconds, UTC)):%d-%m-%Y %H.%M.%S}"


def _pair(values: tuple[float | None, float | None], say: Callable[[float], str]) -> str:
    return " / ".join("tidak terukur" if value is None else say(value) for value in values)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms".replace(".", ",")


def _times(value: float | None) -> str:
    return "tidak terukur" if value is None else f"{value:.0f} kali"
