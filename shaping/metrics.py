"""The shaper's metrics: wanted and applied rates, classes' counters, drift, verdicts. Written by prometheus-client.

A metric that is not in ``CATALOGUE`` does not exist.
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Literal, Protocol

from prometheus_client.registry import Collector

from runtime.disk import DISK_FREE, DISK_USED
from runtime.families import Family, family
from runtime.jobs import JOB_METRICS
from runtime.metrics import Metric, Samples
from runtime.reload import RELOAD_METRICS
from shaping.drivers.base import Reading
from shaping.ledger import Revision

PREFIX = "lebarpita_shaping_"
_WAY = ("opd", "direction")


def _metric(name: str, kind: Literal["counter", "gauge"], text: str, *labels: str) -> Metric:
    return Metric(f"{PREFIX}{name}", kind, text, labels)


DESIRED_RECEIVE = _metric("desired_receive_bytes_per_second", "gauge", "Ceiling the ledger asks for, towards.", "opd")
DESIRED_TRANSMIT = _metric("desired_transmit_bytes_per_second", "gauge", "Ceiling the ledger asks for, from.", "opd")
APPLIED = _metric("applied_bytes_per_second", "gauge", "Ceiling shown to be in force.", *_WAY)
GUARANTEED = _metric("applied_guaranteed_bytes_per_second", "gauge", "Guarantee shown to be in force.", *_WAY)
DRIFT = _metric("drift", "gauge", "1 while the device differs from the ledger; absent while nobody knows.", *_WAY)
UNDECIDED = _metric("undecided", "gauge", "1 while nobody can say whether the rate is in force.", *_WAY)
REVISION = _metric("revision", "gauge", "Revision of the ledger that the device is compared with.")
CLASS_BYTES = _metric("class_bytes_total", "counter", "Bytes the class let through (layer 2).", *_WAY)
CLASS_PACKETS = _metric("class_packets_total", "counter", "Packets the class let through.", *_WAY)
CLASS_DROPS = _metric("class_drops_total", "counter", "Packets the class dropped.", *_WAY)
CLASS_BACKLOG = _metric("class_backlog_bytes", "gauge", "Bytes that wait in the class.", *_WAY)
UNMAPPED = _metric("unmapped_bytes_total", "counter", "Bytes of nobody's prefix.", "direction")
UNMAPPED_DROPS = _metric("unmapped_drops_total", "counter", "Packets of nobody's prefix, dropped.", "direction")
UNMAPPED_CEILING = _metric(
    "unmapped_ceiling_bytes_per_second", "gauge", "The most that addresses of nobody may use.", "direction"
)
STRAY = _metric(
    "stray_bytes_total", "counter", "Bytes of packets whose address does not live where they came from.", "direction"
)
VERDICT = _metric(
    "verdict_total", "counter", "Quarter minutes by verdict on the delivery.", "opd", "direction", "verdict"
)
DRIFT_NOTICED = _metric("drift_noticed_total", "counter", "Changes by somebody's hand that were found.", "kind", "opd")
WAITING = _metric("waits_for_a_person", "gauge", "1 while a large change waits for a person.")
FAILURES = _metric("failures_total", "counter", "Rounds that failed.", "reason")
TRACKER_AGE = _metric("ledger_age_seconds", "gauge", "Seconds since the tracker last answered.")
FALLBACK = _metric("fallback", "gauge", "1 while the plan for that uplink's loss is in force on this line.", "loss")
FALLBACK_READY = _metric(
    "fallback_ready", "gauge", "1 while a signed plan for that loss could come into force.", "loss"
)
FALLBACK_STALE = _metric("fallback_stale", "gauge", "1 while the ledger has moved since it was signed.", "loss")
WATCH_AGE = _metric("watch_age_seconds", "gauge", "Seconds since the watch last said which uplinks are lost.")

_COUNTED = {CLASS_BYTES: "bytes", CLASS_PACKETS: "packets", CLASS_DROPS: "drops", CLASS_BACKLOG: "backlog"}

CATALOGUE = (
    DESIRED_RECEIVE,
    DESIRED_TRANSMIT,
    APPLIED,
    GUARANTEED,
    DRIFT,
    UNDECIDED,
    REVISION,
    CLASS_BYTES,
    CLASS_PACKETS,
    CLASS_DROPS,
    CLASS_BACKLOG,
    UNMAPPED,
    UNMAPPED_DROPS,
    UNMAPPED_CEILING,
    STRAY,
    VERDICT,
    DRIFT_NOTICED,
    WAITING,
    FAILURES,
    TRACKER_AGE,
    FALLBACK,
    FALLBACK_READY,
    FALLBACK_STALE,
    WATCH_AGE,
    DISK_FREE,
    DISK_USED,
    *JOB_METRICS,
    *RELOAD_METRICS,
)


def samples_of(revision: Revision, reading: Reading) -> Iterator[tuple[Metric, Samples]]:
    """What is wanted, what is known to be in force, and what its queues counted."""
    yield REVISION, [((), revision.number)]
    for metric, way in ((DESIRED_RECEIVE, "receive"), (DESIRED_TRANSMIT, "transmit")):
        yield metric, [((opd,), rate.ceiling) for (opd, direction), rate in revision.rates.items() if direction == way]
    present = [(queue.key, reading.queues[queue.key]) for queue in revision.queues if queue.key in reading.queues]
    yield APPLIED, [(key, queue.ceiling_bytes_per_second) for key, queue in present]
    yield GUARANTEED, [(key, queue.guaranteed_bytes_per_second) for key, queue in present]
    wanted = [queue for queue in revision.queues if queue.key not in reading.undecided]
    yield DRIFT, [(queue.key, int(reading.queues.get(queue.key) != queue)) for queue in wanted]
    yield UNDECIDED, [(queue.key, int(queue.key in reading.undecided)) for queue in revision.queues]
    counts = [(key, reading.counts[key]) for key, _ in present if key in reading.counts]
    for metric, number in _COUNTED.items():
        yield metric, [(key, attrgetter(number)(count)) for key, count in counts]
    for metric, by_way in (
        (UNMAPPED, reading.unmapped_bytes),
        (UNMAPPED_DROPS, reading.unmapped_drops),
        (UNMAPPED_CEILING, reading.unmapped_ceilings),
        (STRAY, reading.stray_bytes),
    ):
        yield metric, [((way,), count) for way, count in by_way.items()]


class Source(Protocol):
    """Who knows the samples of a metric now."""

    def samples(self) -> Iterable[tuple[Metric, Samples]]:
        """Every metric with its samples."""


class Figures(Collector):
    """The page of the agent."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def describe(self) -> Iterable[Family]:
        """Families without samples."""
        return [family(metric) for metric in CATALOGUE]

    def collect(self) -> Iterator[Family]:
        """Everything, now."""
        for metric, samples in self._source.samples():
            yield family(metric, samples)
