"""The report on an OPD's bandwidth as a paper (PKL-B-CT3): frozen figures in, paper data out. Pure."""

from collections.abc import Mapping
from typing import Any

from request_tracker.letters.press.course_report import course_report
from request_tracker.letters.press.facts import Facts, paper
from request_tracker.letters.press.figures import (
    availability_said,
    moment_of,
    opd_name,
    problems,
    source,
    thirty_days,
    use_table,
)
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.pictures import graph, limits_of
from request_tracker.letters.press.sheets import REPORT
from request_tracker.letters.press.signers import technician
from request_tracker.letters.press.wording import percent

TITLE = "Laporan Monitoring Bandwidth"


def bandwidth_or_course(facts: Facts) -> Paper:
    """The report on the OPD's bandwidth; the course of the case where nothing was measured or frozen."""
    return course_report(facts) if facts.monitored is None else bandwidth(facts, facts.monitored)


def bandwidth(facts: Facts, report: Mapping[str, Any]) -> Paper:
    """PKL-B-CT3: thirty days of one OPD, with the graph, the queries and the hash."""
    opening = (
        f"Pemakaian bandwidth {opd_name(facts, report)} selama {report['days']} hari sampai "
        f"{moment_of(facts, report['at'])}; rata-rata 5 menit, lapis 2. Terukur {percent(report['measured'])} dari "
        f"waktu itu; yang tidak terukur tidak diisi.",
    )
    available = availability_said(report)
    return paper(
        facts,
        REPORT,
        "laporan-monitoring-bandwidth",
        TITLE,
        opening=opening,
        pairs=(("Nomor kasus", facts.case.number), (thirty_days(facts, report), available), *problems(report)),
        rows=use_table(facts, report),
        closing=source(report["queries"], report),
        annex=2,
        signers=(technician(facts),),
        svg=graph(report["receive"]["hourly"], report["transmit"]["hourly"], limits_of(report), facts.local),
    )
