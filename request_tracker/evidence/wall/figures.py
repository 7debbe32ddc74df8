"""What Prometheus knows at this moment: rates, their ages, who answers, which links are ill. Judges nothing.

A figure that Prometheus does not have is not in its map: nothing is ever taken for nought.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.words.bilingual import Both

# Eight scrapes of 15 s in a row are missing: a figure so old shows the past.
OLD_SECONDS = 120.0
_COUNTED = "lebarpita_opd_receive_bytes_total"
# One source per OPD: its own port, else its queue. Flows only while records come: a silent exporter of flows leaves
# counters that stand still, which is not an office without traffic.
_FLOWS_COME = "and on () (sum(rate(lebarpita_flow_records_total[5m])) > 0)"
_SOURCES = (("interface", ""), ("queue", ""), ("flow", _FLOWS_COME))


@dataclass(frozen=True)
class TwoWays:
    """Bytes per second towards the office (or in from the ISP) and from it; None where it was not measured."""

    receive: float | None = None
    transmit: float | None = None


@dataclass(frozen=True, kw_only=True)
class WallFigures:
    """By OPD: ``rates`` and ``ages`` (seconds since its counters were read). By link: the others.

    ``watch_age`` is the age of the watch's last decision, None where there is none; ``problem`` why nothing came.
    """

    rates: Mapping[str, TwoWays] = field(default_factory=dict)
    ages: Mapping[str, float] = field(default_factory=dict)
    link_rates: Mapping[str, TwoWays] = field(default_factory=dict)
    answers: Mapping[str, bool] = field(default_factory=dict)
    losses: Mapping[str, float] = field(default_factory=dict)
    watch_age: float | None = None
    isolated: bool = False
    problem: Both | None = None

    @property
    def watch_believed(self) -> bool:
        """True while the watch decides, and is not itself without a network."""
        return self.watch_age is not None and self.watch_age <= OLD_SECONDS and not self.isolated


def figures(prometheus: Prometheus) -> WallFigures:
    """Ask; where Prometheus does not answer, only the problem."""
    try:
        return _figures(prometheus)
    except NoData as error:
        return WallFigures(problem=error.both())


def _figures(prometheus: Prometheus) -> WallFigures:
    answers = _by(prometheus, "link", "lebarpita_reachable")
    return WallFigures(
        rates=_two_ways(_by(prometheus, "opd", opd_rate("receive")), _by(prometheus, "opd", opd_rate("transmit"))),
        ages=_ages(prometheus),
        link_rates=_two_ways(*(_by(prometheus, "link", _link_rate(way)) for way in ("receive", "transmit"))),
        answers={link: value > 0 for link, value in answers.items()},
        losses=_by(prometheus, "link", 'lebarpita_link_loss_ratio{bound="middle"}'),
        watch_age=prometheus.first_value("time() - max(max_over_time(lebarpita_watch_round_timestamp_seconds[1h]))"),
        isolated=prometheus.first_value("max(lebarpita_watch_isolated)") == 1,
    )


def opd_rate(way: str) -> str:
    """One source per OPD, averaged over one minute."""
    name = f"lebarpita_opd_{way}_bytes_total"
    # "or" keeps the left side's OPDs and adds those that only the right side has, so that nobody is counted twice.
    return " or ".join(f'(sum by (opd) (rate({name}{{source="{source}"}}[1m])) {guard})' for source, guard in _SOURCES)


def _link_rate(way: str) -> str:
    # Both ends of a link may count it.
    return f"max by (link) (rate(lebarpita_link_{way}_bytes_total[1m]))"


def _ages(prometheus: Prometheus) -> dict[str, float]:
    """Seconds since each OPD's counters were read; of those that are gone, when they were last there (to a minute)."""
    ages = _by(prometheus, "opd", f"time() - max by (opd) (timestamp({_COUNTED}))")
    gone = _by(prometheus, "opd", f"time() - max by (opd) (max_over_time(timestamp({_COUNTED})[1h:1m]))")
    return gone | ages


def _two_ways(receive: Mapping[str, float], transmit: Mapping[str, float]) -> dict[str, TwoWays]:
    return {name: TwoWays(receive.get(name), transmit.get(name)) for name in receive.keys() | transmit.keys()}


def _by(prometheus: Prometheus, label: str, expression: str) -> dict[str, float]:
    return {sample.labels[label]: sample.value for sample in prometheus.query(expression) if label in sample.labels}
