"""Does the monitoring know the new limit (BTM-08b)? An OPD in, the scraped limits beside the ledger's out.

Alerts and boards take their thresholds from these very metrics, so where they equal the ledger the office is back in
the monitoring. Rates are bytes per second; a limit that was not scraped is None.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from inventory.rates import format_rate
from request_tracker import ledger
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.store import Store

METRICS = {
    "receive_ceiling": ("batas unduh", "lebarpita_opd_allocation_receive_bytes_per_second"),
    "transmit_ceiling": ("batas unggah", "lebarpita_opd_allocation_transmit_bytes_per_second"),
    "receive_guaranteed": ("jaminan unduh", "lebarpita_opd_guaranteed_receive_bytes_per_second"),
    "transmit_guaranteed": ("jaminan unggah", "lebarpita_opd_guaranteed_transmit_bytes_per_second"),
}


@dataclass(frozen=True)
class Scraped:
    """What Prometheus holds of an OPD's limits at ``at`` (Unix seconds); ``reason`` is one Indonesian sentence."""

    equal: bool
    reason: str
    at: float
    seen: Mapping[str, float | None]
    wanted: Mapping[str, int]
    queries: tuple[str, ...]
    problem: str | None = None

    def data(self) -> dict[str, Any]:
        """Plain data, to be kept in the case."""
        return asdict(self)


def scraped(prometheus: Prometheus, store: Store, opd: str, now: datetime) -> Scraped:
    """Compare the scraped limits of an OPD with the ledger in force; a silent Prometheus is said."""
    held = ledger.allocation_of(store, opd, now)
    wanted = ledger.as_data(held) if held else {}
    queries = {key: f'max by (opd) ({metric}{{opd="{opd}"}})' for key, (_, metric) in METRICS.items()}
    asked = tuple(queries.values())
    try:
        seen = {key: prometheus.one(expression, now.timestamp()) for key, expression in queries.items()}
    except NoData as error:
        told = "Pemantauan (Prometheus) tidak menjawab; belum dapat dipastikan bahwa batas baru sudah terpantau."
        return Scraped(False, told, now.timestamp(), {}, wanted, asked, str(error))
    equal = bool(wanted) and all(seen[key] == wanted[key] for key in METRICS)
    return Scraped(equal, _reason(seen, wanted), now.timestamp(), seen, wanted, asked)


def _reason(seen: Mapping[str, float | None], wanted: Mapping[str, int]) -> str:
    if not wanted:
        return "OPD ini belum mempunyai alokasi dalam buku."
    other = [
        f"{name}: terpantau {format_rate(round(value)) if value is not None else 'belum ada'},"
        f" buku {format_rate(wanted[key])}"
        for key, (name, _) in METRICS.items()
        if (value := seen[key]) != wanted[key]
    ]
    if not other:
        return "Batas yang terpantau sama dengan buku alokasi."
    return f"Pemantauan belum memakai batas baru ({'; '.join(other)})."
