"""The metrics of the flow part, and its page. A metric that is not here does not exist."""

from collections.abc import Callable, Iterator, Sequence

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.pipeline import settle
from exporter.flows.account.totals import RECEIVE, SCOPES, TRANSMIT
from exporter.flows.decode.sflow import SflowInterface
from exporter.flows.history.attack_signs import AttackSign
from exporter.job_metrics import DISK_FREE, DISK_USED, JOB_METRICS, RELOAD_METRICS
from exporter.metrics import page
from exporter.template import PageTemplate
from runtime.metrics import PREFIX, Metric

_OPD = ("opd", "source", "scope")
_LAYER = "Layer 3, after sampling."

OPD_RECEIVE = Metric(f"{PREFIX}opd_receive_bytes_total", "counter", f"Bytes towards the OPD (download). {_LAYER}", _OPD)
OPD_TRANSMIT = Metric(f"{PREFIX}opd_transmit_bytes_total", "counter", f"Bytes from the OPD (upload). {_LAYER}", _OPD)
OPD_RECEIVE_PACKETS = Metric(
    f"{PREFIX}opd_receive_packets_total", "counter", f"Packets towards the OPD. {_LAYER}", _OPD
)
OPD_TRANSMIT_PACKETS = Metric(f"{PREFIX}opd_transmit_packets_total", "counter", f"Packets from the OPD. {_LAYER}", _OPD)
RECORDS = Metric(f"{PREFIX}flow_records_total", "counter", "Flow records decoded.", ("exporter",))
DATAGRAMS = Metric(f"{PREFIX}flow_datagrams_total", "counter", "Datagrams that came.", ("exporter",))
LOST = Metric(
    f"{PREFIX}flow_lost_records_total",
    "counter",
    "Units missing by sequence number (records; packets for v9).",
    ("exporter",),
)
UNDECODED = Metric(f"{PREFIX}flow_undecoded_sets_total", "counter", "Sets whose template never came.", ("exporter",))
UNSAMPLED = Metric(
    f"{PREFIX}flow_unsampled_sets_total",
    "counter",
    "Sets counted 1 in 1, because the rate of the sampler they name never came.",
    ("exporter",),
)
MALFORMED = Metric(
    f"{PREFIX}flow_malformed_total", "counter", "Datagrams or templates that make no sense.", ("exporter",)
)
COPIES = Metric(
    f"{PREFIX}flow_duplicate_datagrams_total",
    "counter",
    "Datagrams that the network delivered twice; the copy counts nothing.",
    ("exporter",),
)
SOCKETS = Metric(
    f"{PREFIX}flow_sockets_told_apart",
    "gauge",
    "UDP ports of one address whose templates or sequence numbers contradict each other; each is decoded by its own.",
    ("exporter",),
)
UNTOLD = Metric(
    f"{PREFIX}flow_former_template_sets_total",
    "counter",
    "Sets decoded by a template of before the exporter began anew, because none came in time after it.",
    ("exporter",),
)
ABSURD = Metric(
    f"{PREFIX}flow_absurd_records_total",
    "counter",
    "Records set aside because no network carries what they count (16 GB in a packet).",
    ("exporter",),
)
SPOILT = Metric(
    f"{PREFIX}flow_spoilt_records_total",
    "counter",
    "Records not counted because the program failed on them; its log says how.",
    ("exporter",),
)
REFUSED = Metric(f"{PREFIX}flow_refused_datagrams_total", "counter", "Datagrams thrown away, and why.", ("reason",))
REFUSED_SENDERS = Metric(
    f"{PREFIX}flow_refused_sender_datagrams",
    "gauge",
    "Datagrams that an address sent in this hour which the city file does not name; of 20 addresses at most.",
    ("address",),
)
UNASSIGNED = Metric(f"{PREFIX}flow_unassigned_bytes_total", "counter", f"Bytes of nobody's prefix. {_LAYER}")
ASIDE = Metric(
    f"{PREFIX}flow_set_aside_bytes_total",
    "counter",
    "Bytes of OPDs not counted here: internal (another exporter counts them), not_uplink, egress_copy.",
    ("reason",),
)
THROUGH = Metric(f"{PREFIX}flow_bytes_total", "counter", f"All bytes of all flows. {_LAYER}")
EVENTS = Metric(f"{PREFIX}flow_events_without_bytes_total", "counter", "Records that carry no traffic (NAT events).")
TIMEOUT = Metric(f"{PREFIX}flow_active_timeout_seconds", "gauge", "Longest flow an exporter reported.", ("exporter",))
SFLOW_DISCARDED = Metric(
    f"{PREFIX}flow_sflow_discarded_samples_total", "counter", "Samples of packets a switch discarded.", ("exporter",)
)
SFLOW_DROPS = Metric(
    f"{PREFIX}flow_sflow_dropped_samples_total", "counter", "Samples an agent dropped for want of time.", ("exporter",)
)
SFLOW_RECEIVE = Metric(
    f"{PREFIX}flow_sflow_interface_receive_bytes_total",
    "counter",
    "Octets by counter samples, layer 2.",
    ("exporter", "interface"),
)
SFLOW_TRANSMIT = Metric(
    f"{PREFIX}flow_sflow_interface_transmit_bytes_total",
    "counter",
    "Octets by counter samples, layer 2.",
    ("exporter", "interface"),
)
FORGOTTEN = Metric(
    f"{PREFIX}flow_forgotten_totals_total",
    "counter",
    "Flows (total counts) or connections (firewall) that found no place in the table; their next record counts whole.",
    ("exporter",),
)
HISTORY_FAILURES = Metric(
    f"{PREFIX}flow_history_failures_total", "counter", "Minutes of the history that could not be written."
)
ATTACK = Metric(
    f"{PREFIX}flow_attack_targets",
    "gauge",
    "Addresses, ports, sources, mail servers or calls that a sign of an attack counts, in the minute written last.",
    ("kind", "opd", "host", "way", "port", "network"),
)
COMPILED = Metric(
    f"{PREFIX}flow_counting_compiled",
    "gauge",
    "1 where usual flows are counted by compiled code, 0 where NumPy counts all: the same sums, slower.",
)
KERNEL_DROPS = Metric(f"{PREFIX}flow_socket_drops_total", "counter", "Datagrams the kernel dropped (SO_RXQ_OVFL).")

_OPD_METRICS = (OPD_RECEIVE, OPD_TRANSMIT, OPD_RECEIVE_PACKETS, OPD_TRANSMIT_PACKETS)
_WAYS = (RECEIVE, TRANSMIT)

CATALOGUE = (
    *_OPD_METRICS,
    RECORDS,
    DATAGRAMS,
    LOST,
    UNDECODED,
    UNSAMPLED,
    MALFORMED,
    COPIES,
    SOCKETS,
    UNTOLD,
    ABSURD,
    SPOILT,
    REFUSED,
    REFUSED_SENDERS,
    UNASSIGNED,
    ASIDE,
    THROUGH,
    EVENTS,
    TIMEOUT,
    SFLOW_DISCARDED,
    SFLOW_DROPS,
    SFLOW_RECEIVE,
    SFLOW_TRANSMIT,
    FORGOTTEN,
    KERNEL_DROPS,
    COMPILED,
    HISTORY_FAILURES,
    ATTACK,
    DISK_FREE,
    DISK_USED,
    *JOB_METRICS,
    *RELOAD_METRICS,
)


class FlowsPage:
    """The page of one collector. The samples of the OPDs, by far the most, are written from a template."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._of(collector.lookup.codes)

    def _of(self, codes: tuple[str, ...]) -> None:
        rows = [(code, "flow", scope) for code in codes for scope in SCOPES]
        # 500 OPDs are 4,000 samples, whose names and labels never change: only their values are written each time.
        self._codes, self._opds = codes, PageTemplate(lambda: [(metric, rows) for metric in _OPD_METRICS])

    def write(self, drops: int, failures: int = 0, signs: Sequence[AttackSign] = ()) -> bytes:
        """The page as it stands; ``drops``: datagrams the kernel dropped; ``failures``: minutes not written."""
        settle(self._collector)
        if self._codes is not self._collector.lookup.codes:
            self._of(self._collector.lookup.codes)
        shown = self._collector.totals.shown()
        columns = [array[:, way, :].ravel().tolist() for array in shown for way in _WAYS]
        opds = self._opds.write([value for column in columns for value in column])
        return opds.encode() + _rest(self._collector, drops, failures) + page([(ATTACK, _attacks(signs))])


def _rest(collector: Collector, drops: int, failures: int) -> bytes:
    totals, exporters = collector.totals, collector.exporters.items()

    def each(value: Callable[[FlowExporter], float]) -> list[tuple[tuple[str, ...], float]]:
        return [((source,), value(exporter)) for source, exporter in exporters]

    return page(
        [
            (RECORDS, each(lambda exporter: exporter.records)),
            (DATAGRAMS, each(lambda exporter: exporter.datagrams)),
            (LOST, each(FlowExporter.lost_counter)),
            (UNDECODED, each(lambda exporter: exporter.undecoded)),
            (UNSAMPLED, each(lambda exporter: exporter.unsampled)),
            (MALFORMED, each(lambda exporter: exporter.malformed)),
            (COPIES, each(lambda exporter: exporter.copies)),
            (SOCKETS, each(lambda exporter: len(exporter.sockets))),
            (UNTOLD, each(lambda exporter: exporter.untold)),
            (ABSURD, each(lambda exporter: exporter.absurd)),
            (SPOILT, each(lambda exporter: exporter.spoilt)),
            (REFUSED, [((reason,), number) for reason, number in collector.refused.items()]),
            (
                REFUSED_SENDERS,
                [((address,), number) for address, number in collector.refused_senders.datagrams().items()],
            ),
            (UNASSIGNED, [((), totals.unassigned)]),
            (ASIDE, [((reason,), number) for reason, number in totals.aside.items()]),
            (THROUGH, [((), totals.through)]),
            (EVENTS, [((), totals.events)]),
            (TIMEOUT, each(lambda exporter: exporter.longest_seconds)),
            (SFLOW_DISCARDED, each(lambda exporter: exporter.sflow.discarded)),
            (SFLOW_DROPS, each(lambda exporter: sum(exporter.sflow.drops.values()))),
            (SFLOW_RECEIVE, [(labels, interface.receive) for labels, interface in _interfaces(collector)]),
            (SFLOW_TRANSMIT, [(labels, interface.transmit) for labels, interface in _interfaces(collector)]),
            (FORGOTTEN, _evictions(collector)),
            (KERNEL_DROPS, [((), drops)]),
            (COMPILED, [((), int(collector.lane is not None))]),
            (HISTORY_FAILURES, [((), failures)]),
        ]
    )


def _interfaces(collector: Collector) -> Iterator[tuple[tuple[str, str], SflowInterface]]:
    for source, exporter in collector.exporters.items():
        for interface in exporter.sflow.interfaces.values():
            yield (source, str(interface.number)), interface


def _attacks(signs: Sequence[AttackSign]) -> list[tuple[tuple[str, ...], float]]:
    # One series each: an address of IPv4 and one of IPv6 may have the same name of a network cut off.
    return list({_evidence(sign): float(sign.number) for sign in reversed(signs)}.items())


def _evidence(sign: AttackSign) -> tuple[str, ...]:
    return sign.kind, sign.opd, sign.host, "out" if sign.outward else "in", str(sign.port), sign.network


def _evictions(collector: Collector) -> list[tuple[tuple[str], int]]:
    declared = (
        (source, exporter, exporter.total_counters.evictions + exporter.connections.evictions)
        for source, exporter in collector.exporters.items()
    )
    return [((source,), number) for source, exporter, number in declared if number or exporter.settings.total_counts]
