"""The report of what was done (PKL-B-05, BTM-10, KTM-10), under the names that the SOPs of three offices give it."""

from request_tracker.letters.press.course_report import course_report
from request_tracker.letters.press.kinds import CasePaper
from request_tracker.letters.press.sheets import REPORT
from request_tracker.words.bilingual import Both

PAPERS = (
    CasePaper(
        name=Both("Laporan hasil pelaksanaan", "Report of what was done"),
        words=("laporan_pelaksanaan", "laporan_alokasi", "laporan_penyelesaian"),
        sheet=REPORT,
        make=course_report,
    ),
)
