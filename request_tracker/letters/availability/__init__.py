"""Laporan pengecekan kesediaan bandwidth (KTM-05, KTM-06): frozen when the check is signed."""

from request_tracker.evidence.availability import KIND
from request_tracker.letters.availability.figures import take
from request_tracker.letters.availability.paper import availability
from request_tracker.letters.press.kinds import CasePaper, Measurement
from request_tracker.letters.press.sheets import REPORT
from request_tracker.words.bilingual import Both

AVAILABILITY = "cek_kesediaan"
PAPERS = (
    CasePaper(
        name=Both("Laporan pengecekan kesediaan bandwidth", "Bandwidth availability report"),
        words=(AVAILABILITY,),
        sheet=REPORT,
        make=availability,
        measurement=Measurement(kind=KIND, take=take),
    ),
)
