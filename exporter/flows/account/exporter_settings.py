"""What the inventory says of the exporters of flows: a city in, the settings of each of their addresses out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inventory.model import City, FlowSource


@dataclass(frozen=True)
class ExporterSettings:
    """What the inventory says of an exporter. ``uplinks`` are the ifIndexes of its lines to an ISP (none: any).

    ``packet_interval``: what a packet interval (305) without a space means, ``one_in`` or ``sampled`` (of RFC 5477).
    ``out_bytes``: what OUT_BYTES beside IN_BYTES are, the ``same`` flow or the ``reverse``; None: found by itself.
    """

    sampling: int | None = None
    internal: bool = False
    direction: str = "ingress"
    total_counts: bool = False
    uplinks: frozenset[int] = frozenset()
    packet_interval: str = "one_in"
    out_bytes: str | None = None


def exporter_settings(city: "City") -> dict[str, ExporterSettings]:
    """The settings of every exporter of the inventory, by its address; equal ones are one object."""
    # So that exporters that mean the same are told by identity (``shared_blocks``).
    sources = [source for device in city.devices for source in device.flows]
    same: dict[ExporterSettings, ExporterSettings] = {}
    rows = ((str(source.address), _settings(source)) for source in sources)
    return {address: same.setdefault(settings, settings) for address, settings in rows}


def _settings(source: "FlowSource") -> ExporterSettings:
    return ExporterSettings(
        sampling=source.sampling,
        internal=source.internal,
        direction=source.direction,
        total_counts=source.total_counts,
        uplinks=frozenset(source.uplink_indexes),
        packet_interval=source.packet_interval,
        out_bytes=source.out_bytes,
    )
