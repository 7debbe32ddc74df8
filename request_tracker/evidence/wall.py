"""What the wall shows: the age of the data and every OPD's use against its allocation, the worst first."""

from dataclasses import dataclass
from datetime import datetime

from inventory.model import City, Opd
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.ledger import allocations
from request_tracker.store.database import Row, Store
from request_tracker.words.bilingual import Both

_SOURCES = ("interface", "queue", "flow")
OLD_SECONDS = 120.0  # Eight scrapes of 15 s in a row are missing: the wall shows the past, and says so.


@dataclass(frozen=True)
class Tile:
    """One OPD: bytes per second now, its ceiling, the larger share of the two directions, and whether it answers."""

    code: str
    name: str
    receive: float | None
    transmit: float | None
    ceiling: int | None
    share: float | None
    reachable: bool | None
    cut_off: bool

    @property
    def state(self) -> str:
        """``down``, ``full``, ``busy``, ``fine`` or ``unknown``."""
        if self.cut_off or self.reachable is False:
            return "down"
        if self.share is None:
            return "unknown"
        # The shares of the wall: at nine tenths people feel it, at seven tenths somebody should look.
        return "full" if self.share >= 0.9 else "busy" if self.share >= 0.7 else "fine"


@dataclass(frozen=True)
class Wall:
    """The whole page; ``age_seconds`` of the newest sample, None where nothing came."""

    tiles: tuple[Tile, ...]
    age_seconds: float | None
    problem: Both | None

    @property
    def stale(self) -> bool:
        """True where the figures are too old to be believed."""
        return self.age_seconds is None or self.age_seconds > OLD_SECONDS


def look(prometheus: Prometheus, store: Store, city: City, cut_off: set[str], now: datetime) -> Wall:
    """Ask once and put the worst first. Without Prometheus the tiles still stand, without figures."""
    receive, transmit, answers, age, problem = {}, {}, {}, None, None
    try:
        receive = _by_opd(prometheus, _rate("receive"))
        transmit = _by_opd(prometheus, _rate("transmit"))
        answers = _by_opd(prometheus, 'lebarpita_reachable{opd!=""}')
        newest = prometheus.first_value("max(timestamp(lebarpita_reachable))", now.timestamp())
        age = None if newest is None else max(0.0, now.timestamp() - newest)
    except NoData as error:
        problem = error.both()
    ceilings = {row["opd"]: row for row in allocations.rows_in_force(store, now)}
    tiles = [
        _tile(
            opd, (receive.get(opd.code), transmit.get(opd.code)), ceilings.get(opd.code), answers, opd.code in cut_off
        )
        for opd in city.opds
    ]
    return Wall(tuple(sorted(tiles, key=_worst_first)), age, problem)


def _tile(
    opd: Opd, rates: tuple[float | None, float | None], row: Row | None, answers: dict[str, float], cut_off: bool
) -> Tile:
    ceilings = (row["receive_ceiling"], row["transmit_ceiling"]) if row else (None, None)
    shares = [rate / ceiling for rate, ceiling in zip(rates, ceilings, strict=True) if rate is not None and ceiling]
    reachable = bool(answers[opd.code]) if opd.code in answers else None
    return Tile(opd.code, opd.name, *rates, ceilings[0], max(shares, default=None), reachable, cut_off)


def _rate(way: str) -> str:
    """One source per OPD: its own port, else its queue, else flows; averaged over one minute."""
    name = f"lebarpita_opd_{way}_bytes_total"
    # "or" keeps the left side's OPDs and adds those that only the right side has, so that nobody is counted twice.
    return " or ".join(f'sum by (opd) (rate({name}{{source="{source}"}}[1m]))' for source in _SOURCES)


def _by_opd(prometheus: Prometheus, expression: str) -> dict[str, float]:
    return {sample.labels["opd"]: sample.value for sample in prometheus.query(expression) if "opd" in sample.labels}


def _worst_first(tile: Tile) -> tuple[int, float, str]:
    order = {"down": 0, "full": 1, "busy": 2, "unknown": 3, "fine": 4}
    return order[tile.state], -(tile.share or 0.0), tile.name
