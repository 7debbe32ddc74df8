"""HTTP service discovery for Prometheus: the city in, target groups out (prometheus.io/docs http_sd). Pure."""

from typing import TypedDict

from inventory.model import City


class TargetGroup(TypedDict):
    """One group as Prometheus reads it."""

    targets: list[str]
    labels: dict[str, str]


def snmp_targets(city: City) -> list[TargetGroup]:
    """One group per device that speaks SNMP. The target is the inventory's name, never an address."""
    return [{"targets": [device.name], "labels": {"device": device.name}} for device in city.devices if device.snmp]
