"""What the inventory says of the exporters of flows: a city in, the settings of each of their addresses out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inventory.model import City, FlowSource


@dataclass(frozen=True)
class ExporterSettings:
    """What the inventory says of an exporter. ``uplinks`` are the ifIndexes of its lines to an ISP (none: any)."""

    sampling: int | None = None
    internal: bool = False
    direction: str = "ingress"
    total_counts: bool = False
    uplinks: frozenset[int] = frozenset()


def exporter_settings(city: "City") -> dict[str, ExporterSettings]:
    """The settings of every exporter of the inventory, by its address."""
    sources = [source for device in city.devices for source in device.flows]
    return {str(source.address): _settings(source) for source in sources}


def _settings(source: "FlowSource") -> ExporterSettings:
    return ExporterSettings(
        sampling=source.sampling,
        internal=source.internal,
        direction=source.direction,
        total_counts=source.total_counts,
        uplinks=frozenset(source.uplink_indexes),
    )
