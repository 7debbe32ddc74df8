"""Who sends flows and stands in no city file: Prometheus and the city in, each address with the edit that adds it out.

The collector refuses and counts them (``exporter.flows.account.refused_senders``); a person decides whether it is ours.
"""

from dataclasses import dataclass
from ipaddress import ip_address

from inventory.divergence import Edit, EditKind, edit
from inventory.model import City
from inventory.titles import title
from request_tracker.evidence.prometheus import Prometheus

# In five minutes each target was read several times; the collector itself forgets an address with its hour.
_ASKED = "max by (address) (max_over_time(lebarpita_flow_refused_sender_datagrams[5m]))"


@dataclass(frozen=True)
class FlowNewcomer:
    """An address, what it sent in this hour, what it is called where a device has it, and what to write."""

    address: str
    datagrams: int
    device: str | None
    edit: Edit


def flow_newcomers(prometheus: Prometheus, city: City) -> list[FlowNewcomer]:
    """Who sends most first. Raises NoData."""
    devices = {str(device.address): device.name for device in city.devices}
    newcomers = [
        _newcomer(city, address, round(sample.value), devices.get(address))
        for sample in prometheus.query(_ASKED)
        if _is_address(address := sample.labels.get("address", ""))
    ]
    return sorted(newcomers, key=lambda newcomer: (-newcomer.datagrams, newcomer.address))


def _is_address(text: str) -> bool:
    """What stands on the page is typed into the city file, so it is an address and nothing else."""
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def _newcomer(city: City, address: str, datagrams: int, device: str | None) -> FlowNewcomer:
    where, name = (f"devices {device}", title(city, device)) if device else ("devices", None)
    lines = ["flows:", f"  - {{address: {address}}}"]
    return FlowNewcomer(address, datagrams, name, edit(EditKind.ADD, where, lines))
