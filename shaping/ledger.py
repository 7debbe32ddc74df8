"""The ledger's answer (``GET /api/allocations``) in, a checked revision out. Pure: shape, hash and admission.

The kernel accepts a ceiling below its rate and children that promise more than their parent; so it is refused here.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inventory.model import City
from inventory.rates import format_rate
from inventory.topology import uplink_of
from shaping.errors import ShapingError

LOWEST_BYTES = 32_000
GUARANTEED_SHARE = (95, 100)
DIRECTIONS = ("receive", "transmit")


@dataclass(frozen=True)
class Rates:
    """Guarantee (CIR) and ceiling of one OPD in one direction, bytes per second."""

    guaranteed: int
    ceiling: int


@dataclass(frozen=True)
class Revision:
    """An approved state of the ledger, for the OPDs of one uplink. ``rates`` by (opd, direction)."""

    number: int
    hash: str
    rates: Mapping[tuple[str, str], Rates]


def read_revision(body: Any, city: City, uplink: str) -> Revision:
    """Check a ledger's answer. Raises ShapingError with every problem; nothing is applied of a bad one."""
    try:
        number, told, rows = int(body["revision"]), str(body["hash"]), list(body["allocations"])
        rates = {(str(row["opd"]), way): _rates(row[way]) for row in rows for way in DIRECTIONS}
    except (KeyError, TypeError, ValueError) as error:
        raise ShapingError(
            f"ledger: the tracker's answer cannot be read: {error!r}; is it the right tracker?"
        ) from error
    canonical = json.dumps(rows, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if hashlib.sha256(canonical.encode()).hexdigest() != told:
        raise ShapingError(f"ledger: revision {number} does not give its hash {told[:12]}; nothing was changed")
    known = {opd.code for opd in city.opds}
    unknown = sorted({opd for opd, _ in rates} - known)
    if unknown:
        raise ShapingError(f"ledger: revision {number} names {', '.join(unknown)}, which the inventory does not know")
    mine = {key: value for key, value in rates.items() if uplink_of(city, key[0]) == uplink}
    problems = admission(mine, city, uplink)
    if problems:
        raise ShapingError("\n".join(f"ledger: revision {number}: {problem}" for problem in problems))
    return Revision(number, told, mine)


def admission(rates: Mapping[tuple[str, str], Rates], city: City, uplink: str) -> list[str]:
    """Every rate that cannot be kept: bounds of each, and guarantees above 95 % of the uplink."""
    line = city.uplink(uplink)
    capacities = {"receive": line.receive_capacity, "transmit": line.transmit_capacity}
    found = []
    for (opd, way), rate in sorted(rates.items()):
        if not LOWEST_BYTES <= rate.guaranteed <= rate.ceiling <= capacities[way]:
            found.append(
                f"{opd} {way}: {format_rate(rate.guaranteed)} guaranteed, {format_rate(rate.ceiling)} at most must lie"
                f" between {format_rate(LOWEST_BYTES)} and the capacity {format_rate(capacities[way])}, in this order"
            )
    for way, capacity in capacities.items():
        total = sum(rate.guaranteed for (_, direction), rate in rates.items() if direction == way)
        if total * GUARANTEED_SHARE[1] > capacity * GUARANTEED_SHARE[0]:
            found.append(
                f"{way}: guarantees of {format_rate(total)} are above 95 % of {uplink} ({format_rate(capacity)})"
            )
    return found


def _rates(row: Any) -> Rates:
    guaranteed, ceiling = row["guaranteed"], row["ceiling"]
    if not all(isinstance(value, int) and not isinstance(value, bool) for value in (guaranteed, ceiling)):
        raise ValueError("rates must be whole bytes per second")
    return Rates(guaranteed, ceiling)
