"""Does the monitoring know the new limit (BTM-08b)? An OPD in, the scraped limits beside the ledger's out.

Alerts and boards take their thresholds from these very metrics, so where they equal the ledger the office is back in
the monitoring. Rates are bytes per second; a limit that was not scraped is None.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from inventory.rates import format_rate
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.ledger import allocations
from request_tracker.store.database import Store
from request_tracker.words.bilingual import Both, filled, joined

_MINE = "lebarpita_opd"
METRICS = {
    "receive_ceiling": (Both("batas unduh", "download ceiling"), f"{_MINE}_allocation_receive_bytes_per_second"),
    "transmit_ceiling": (Both("batas unggah", "upload ceiling"), f"{_MINE}_allocation_transmit_bytes_per_second"),
    "receive_guaranteed": (
        Both("jaminan unduh", "download guarantee"),
        f"{_MINE}_guaranteed_receive_bytes_per_second",
    ),
    "transmit_guaranteed": (
        Both("jaminan unggah", "upload guarantee"),
        f"{_MINE}_guaranteed_transmit_bytes_per_second",
    ),
}
SILENT = Both(
    "Pemantauan (Prometheus) tidak menjawab; belum dapat dipastikan bahwa batas baru sudah terpantau.",
    "The monitoring (Prometheus) does not answer; whether it has the new limit cannot be told.",
)
NO_ALLOCATION = Both("OPD ini belum mempunyai alokasi dalam buku.", "This office has no allocation in the ledger.")
EQUAL = Both("Batas yang terpantau sama dengan buku alokasi.", "The scraped limits equal the ledger.")
BEHIND = Both("Pemantauan belum memakai batas baru ({}).", "The monitoring has not the new limit ({}).")
ONE = Both("{}: terpantau {}, buku {}", "{}: scraped {}, ledger {}")
NONE = Both("belum ada", "nothing yet")


@dataclass(frozen=True, kw_only=True)
class ScrapedLimits:
    """What Prometheus holds of an OPD's limits at ``at`` (Unix seconds), and why it is not enough."""

    equal: bool
    reason: Both
    at: float
    rates: Mapping[str, float | None]
    wanted: Mapping[str, int]
    queries: tuple[str, ...]
    problem: Both | None = None

    def data(self) -> dict[str, Any]:
        """Plain data, to be kept in the case; its sentences are Indonesian."""
        sentences = {"reason": self.reason.indonesian, "problem": self.problem.indonesian if self.problem else None}
        fields = asdict(self)
        # The cases keep these rates under the name that their events have had from the beginning.
        rates = fields.pop("rates")
        return {**fields, "seen": rates, **sentences}


def scraped(prometheus: Prometheus, store: Store, opd: str, now: datetime) -> ScrapedLimits:
    """Compare the scraped limits of an OPD with the ledger in force; a silent Prometheus is said."""
    allocation = allocations.allocation_of(store, opd, now)
    wanted = allocations.as_data(allocation) if allocation else {}
    queries = {key: f'max by (opd) ({metric}{{opd="{opd}"}})' for key, (_, metric) in METRICS.items()}
    expressions = tuple(queries.values())
    try:
        rates = {key: prometheus.first_value(expression, now.timestamp()) for key, expression in queries.items()}
    except NoData as error:
        return ScrapedLimits(
            equal=False,
            reason=SILENT,
            at=now.timestamp(),
            rates={},
            wanted=wanted,
            queries=expressions,
            problem=error.both(),
        )
    equal = bool(wanted) and all(rates[key] == wanted[key] for key in METRICS)
    return ScrapedLimits(
        equal=equal,
        reason=_reason(rates, wanted),
        at=now.timestamp(),
        rates=rates,
        wanted=wanted,
        queries=expressions,
    )


def _reason(rates: Mapping[str, float | None], wanted: Mapping[str, int]) -> Both:
    if not wanted:
        return NO_ALLOCATION
    other = [
        filled(ONE, name, format_rate(round(value)) if value is not None else NONE, format_rate(wanted[key]))
        for key, (name, _) in METRICS.items()
        if (value := rates[key]) != wanted[key]
    ]
    return filled(BEHIND, joined(other, "; ")) if other else EQUAL
