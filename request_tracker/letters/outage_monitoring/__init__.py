"""Laporan monitoring jaringan (PKL-G-05): what the monitoring saw of an outage, frozen when its step is signed."""

from request_tracker.letters.outage_monitoring.paper import monitoring_or_course
from request_tracker.letters.press.kinds import CasePaper
from request_tracker.letters.press.sheets import REPORT
from request_tracker.words.bilingual import Both

PAPERS = (
    CasePaper(
        name=Both("Laporan monitoring jaringan", "Network monitoring report"),
        words=("laporan_monitoring",),
        sheet=REPORT,
        make=monitoring_or_course,
        sop_kinds=frozenset({"outage"}),
    ),
)
