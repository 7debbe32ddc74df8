"""Another city for a collector at work: settings read anew in, the same counters with new OPDs behind them out.

An OPD keeps its number as long as the process lives. One that the city lost keeps its counters where they stand and has
no address any more; a series that vanished and came back would be read as a counter that began anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.prefix_lookup import PrefixLookup, prefix_lookup
from exporter.flows.account.settings import FlowSettings


@dataclass(frozen=True)
class CityChange:
    """What changes: whose addresses are whose, and which exporters there are."""

    lookup: PrefixLookup
    exporters: Mapping[str, ExporterSettings]


def city_change(codes: tuple[str, ...], settings: FlowSettings) -> CityChange:
    """The change for a collector that counts for ``codes`` now; costs what a start costs. Raises ExporterError."""
    present = set(codes)
    all_codes = (*codes, *(code for code in settings.codes if code not in present))
    numbers = {code: number for number, code in enumerate(all_codes)}
    rows = [(prefix, numbers[settings.codes[number]]) for prefix, number in settings.prefixes]
    return CityChange(prefix_lookup(all_codes, rows), settings.exporters)


def adopt(collector: Collector, change: CityChange) -> None:
    """Count by it from now on. The collector's lock guards it."""
    before, now = collector.allowed or {}, change.exporters
    collector.totals.grow(len(change.lookup.codes))
    collector.lookup, collector.allowed = change.lookup, now
    collector.refused_senders.forget(now)
    for source in tuple(collector.exporters):
        if source not in now:
            # A stranger from now on: refused and counted, as every other is.
            del collector.exporters[source]
        elif now[source] != before.get(source):
            # Only what the city file changed: what was learnt of an exporter stands otherwise.
            collector.exporters[source].settings = now[source]
            collector.exporters[source].changes += 1
