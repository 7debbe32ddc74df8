"""The evidence that was signed, as it was then: a case and its events in, the newest frozen figures out. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from request_tracker.cases import Case, Event
from request_tracker.evidence.analysis import KIND as ANALYSIS
from request_tracker.evidence.bandwidth import KIND as BANDWIDTH

_WAYS = ("receive", "transmit")


@dataclass(frozen=True)
class SignedEvidence:
    """Frozen figures as of ``at`` (Unix seconds); an analysis has its verdict, a report of the use alone has none."""

    at: float
    verdict: str | None
    reason: str | None
    p95: Mapping[str, float | None]
    ceilings: Mapping[str, int | None]
    sha256: str


def signed_evidence(case: Case, events: Iterable[Event]) -> SignedEvidence | None:
    """What was frozen last, with a signature or beside an allocation; None where nothing was."""
    frozen = [(event.seq, event.data) for event in events if event.kind == "evidence_frozen"]
    frozen += [(record.seq, record.content) for record in case.reports() if record.content]
    figures = [(seq, data) for seq, data in frozen if data.get("kind") in (ANALYSIS, BANDWIDTH) and "receive" in data]
    return _read(max(figures, key=lambda pair: pair[0])[1]) if figures else None


def _read(data: Mapping[str, Any]) -> SignedEvidence:
    allocation = data.get("allocation") or {}
    return SignedEvidence(
        at=data["at"],
        verdict=data.get("verdict"),
        reason=data.get("reason"),
        p95={way: data[way]["p95"] if _judged(data, way) else None for way in _WAYS},
        ceilings={way: allocation.get(f"{way}_ceiling") for way in _WAYS},
        sha256=data["sha256"],
    )


def _judged(data: Mapping[str, Any], way: str) -> bool:
    """True where enough was measured, or where what was frozen does not say how much (it is older)."""
    days, least = data[way].get("measured_days"), data.get("least_measured")
    if days is not None and least is not None:
        return bool(days >= least * data["window_days"])
    share, least = data.get("measured"), data.get("availability_least")
    return share is None or least is None or bool(share >= least)
