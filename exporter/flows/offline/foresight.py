"""What a file tells late of what stands before it: a collector that read it whole in, one that knows it beforehand out.

A capture begins anywhere: the rate of what it holds may be told after it, for options and templates come once in some
minutes, and what OUT_BYTES mean shows only after some records. What it tells first is taken for that of before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from exporter.flows.account.collector import Collector
from exporter.flows.account.sampling import V5_HEADER, SamplingRate
from exporter.flows.decode.templates import FlowTemplate


@dataclass(frozen=True)
class ExporterForesight:
    """The first ``rates`` and ``templates`` of each domain (version, number), and what speaks for two directions.

    ``templates`` only where sets were thrown away for want of one.
    """

    rates: Mapping[tuple[int, int], Mapping[int, SamplingRate]] = field(default_factory=dict)
    both_ways: int = 0
    templates: Mapping[tuple[int, int], Mapping[int, FlowTemplate]] = field(default_factory=dict)


def foresight(collector: Collector) -> dict[str, ExporterForesight]:
    """By exporter, after the last datagram; empty where the file told nothing that matters to what stood before it."""
    late: dict[str, ExporterForesight] = {}
    for address, exporter in collector.exporters.items():
        # Behind sockets that are told apart there are several exporters: what each tells is its own.
        domains = [] if exporter.sockets else exporter.domains.values()
        firsts = {(domain.version, domain.number): _of_before(domain.first) for domain in domains}
        rates = {key: first for key, first in firsts.items() if first}
        declared = collector.settings.get(address)
        by_itself = exporter.settings.out_bytes == "reverse" and (declared is None or declared.out_bytes is None)
        lacking = domains if exporter.undecoded else ()
        templates = {(domain.version, domain.number): domain.first_templates for domain in lacking}
        if rates or by_itself or any(templates.values()):
            late[address] = ExporterForesight(rates, exporter.both_ways if by_itself else 0, templates)
    return late


def foresee(collector: Collector, late: Mapping[str, ExporterForesight]) -> None:
    """Let a new collector know it; what the file tells again holds from there on, as ever."""
    for address, what in late.items():
        exporter = collector.exporter(address)
        if exporter is None:
            continue
        for (version, number), rates in what.rates.items():
            exporter.domain(version, number).hear(rates)
        for (version, number), templates in what.templates.items():
            exporter.domain(version, number).templates |= templates
        if what.both_ways:
            exporter.both_ways, exporter.settings = what.both_ways, replace(exporter.settings, out_bytes="reverse")


def _of_before(first: Mapping[int, SamplingRate]) -> dict[int, SamplingRate]:
    # A v5 header stands in every datagram: it tells of nothing before it.
    return {name: rate for name, rate in first.items() if name != V5_HEADER}
