"""Laporan Monitoring Bandwidth (PKL-B-CT3): thirty days of one OPD, offered to every request, frozen where a step asks.

Two words mean it: an SOP's document, whose figures are only those that its step froze, and the one every request has.
"""

from collections.abc import Collection
from dataclasses import replace

from request_tracker.evidence.bandwidth import KIND
from request_tracker.letters.bandwidth.figures import take
from request_tracker.letters.bandwidth.paper import TITLE, bandwidth_or_course
from request_tracker.letters.press.kinds import SOP_KINDS, CasePaper, Measurement, never
from request_tracker.letters.press.sheets import REPORT
from request_tracker.sop.model import Sop
from request_tracker.words.bilingual import Both

MONITORING = "laporan_monitoring"
BANDWIDTH = "laporan_monitoring_bandwidth"


def _offers_itself(sop: Sop, words: Collection[str]) -> bool:
    return sop.kind == "request" and MONITORING not in words


_OF_EVERY_REQUEST = CasePaper(
    name=Both(TITLE, "Bandwidth monitoring report"),
    words=(BANDWIDTH,),
    sheet=REPORT,
    make=bandwidth_or_course,
    sop_kinds=SOP_KINDS - {"outage"},
    offers_itself=_offers_itself,
    place=40,
    measurement=Measurement(kind=KIND, take=take),
)
_OF_A_STEP = replace(
    _OF_EVERY_REQUEST,
    words=(MONITORING,),
    offers_itself=never,
    measurement=Measurement(kind=KIND, take=take, live=False),
)
PAPERS = (_OF_EVERY_REQUEST, _OF_A_STEP)
