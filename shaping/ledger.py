"""The ledger's answer (``GET /api/allocations``) in, a checked revision out. Pure: shape, hash and admission.

The kernel accepts a ceiling below its rate and children that promise more than their parent; so it is refused here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inventory.admission import (
    DIRECTIONS,
    LOWEST_BYTES_PER_SECOND,
    Direction,
    RatePair,
    capacity_of,
    commitment,
    possible,
)
from inventory.ledger_page import PageError, in_force
from inventory.model import City
from inventory.rates import format_rate
from inventory.topology import uplink_of
from shaping.errors import ShapingError
from shaping.queues import Key, Queue


@dataclass(frozen=True)
class Revision:
    """An approved state of the ledger, for the OPDs of one uplink. ``rates`` by (opd, direction).

    ``as_of``: the moment of which it is, ``until``: when the next one that was approved takes its place by itself (Unix
    seconds). ``everybody`` has the rates of all the city's offices; ``fallback`` names the lost uplink where these are
    the rates of its fallback plan.
    """

    number: int
    hash: str
    rates: Mapping[Key, RatePair]
    until: float | None = None
    as_of: float | None = None
    everybody: Mapping[Key, RatePair] = field(default_factory=dict)
    fallback: str = ""

    @property
    def queues(self) -> tuple[Queue, ...]:
        """What every driver is asked for, by OPD and direction."""
        return tuple(Queue(*key, rate.guaranteed, rate.ceiling) for key, rate in sorted(self.rates.items()))

    @property
    def guaranteed_bytes_per_second(self) -> int:
        """The sum of all guarantees, both directions."""
        return sum(rate.guaranteed for rate in self.rates.values())


def read_revision(body: Any, city: City, uplink: str, moment: float | None = None) -> Revision:
    """Check a ledger's answer. Raises ShapingError with every problem; nothing is applied of a bad one.

    ``moment`` (Unix seconds) is when it shall be in force: what was approved to come by then is. None: as answered.
    """
    try:
        page = in_force(body, moment)
        number = page.revision
        rates = {(str(row["opd"]), way): _rates(row[way]) for row in page.rows for way in DIRECTIONS}
    except PageError as error:
        raise ShapingError(f"ledger: revision {body.get('revision')} {error}; nothing was changed") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ShapingError(
            f"ledger: the tracker's answer cannot be read: {error!r}; is it the right tracker?"
        ) from error
    unknown = sorted({opd for opd, _ in rates} - {opd.code for opd in city.opds})
    if unknown:
        raise ShapingError(f"ledger: revision {number} names {', '.join(unknown)}, which the inventory does not know")
    mine = {key: value for key, value in rates.items() if uplink_of(city, key[0]) == uplink}
    problems = admission(mine, city, uplink)
    if problems:
        raise ShapingError("\n".join(f"ledger: revision {number}: {problem}" for problem in problems))
    return Revision(number, page.hash, mine, page.until, moment, rates)


def check_same_place(before: City, after: City, uplink: str) -> None:
    """Raise ShapingError where the uplink is shaped elsewhere in the other city: an agent is one device's."""
    places = [[(u.device, u.shaping) for u in city.uplinks if u.name == uplink] for city in (before, after)]
    if places[0] != places[1]:
        raise ShapingError(f"uplink {uplink}: its device or its shaping: is another now; start lebarpita-shaping anew")


def admission(rates: Mapping[Key, RatePair], city: City, uplink: str) -> list[str]:
    """Every rate that cannot be kept: bounds of each, and guarantees above 95 % of the uplink."""
    capacities: dict[Direction, int] = {way: capacity_of(city.uplink(uplink), way) for way in DIRECTIONS}
    problems = []
    for (opd, way), rate in sorted(rates.items()):
        if not possible(rate, capacities[way]):
            bounds = f"{format_rate(LOWEST_BYTES_PER_SECOND)} and the capacity {format_rate(capacities[way])}"
            problems.append(
                f"{opd} {way}: {format_rate(rate.guaranteed)} guaranteed, {format_rate(rate.ceiling)} at most must lie"
                f" between {bounds}, in this order"
            )
    for way, capacity in capacities.items():
        promises = commitment(capacity, (rate for (_, direction), rate in rates.items() if direction == way))
        if promises.overcommitted:
            guarantees = format_rate(promises.guaranteed)
            problems.append(f"{way}: guarantees of {guarantees} are above 95 % of {uplink} ({format_rate(capacity)})")
    return problems


def _rates(row: Any) -> RatePair:
    guaranteed, ceiling = row["guaranteed"], row["ceiling"]
    # JSON's true is an int in Python, and would be a rate of one byte a second.
    if not all(isinstance(value, int) and not isinstance(value, bool) for value in (guaranteed, ceiling)):
        raise ValueError("rates must be whole bytes per second")
    return RatePair(guaranteed, ceiling)
