"""The city of a benchmark's farm: how many devices and interfaces in, the plan of that city out. Pure.

Built without a file: reading 12,000 offices from YAML takes half a minute and is no part of what is measured.
"""

from collections.abc import Sequence
from ipaddress import ip_address

from exporter.snmp.device.plan import CityPlan, DevicePlan, Port
from exporter.snmp.engines.interface import Login
from inventory.model import City, Credential, Device, Settings

V2C = Login("2c", "lab")
V3 = Login(
    version="3",
    user="bench",
    auth="SHA",
    auth_key="bench-authentication",
    privacy="AES",
    privacy_key="bench-privacy-key",
)
# The logins of the farm; they guard nothing but agents of a benchmark on loopback.
SECRETS = {
    "LEBARPITA_BENCH_COMMUNITY": "lab",
    "LEBARPITA_BENCH_AUTH": V3.auth_key,
    "LEBARPITA_BENCH_KEY": V3.privacy_key,
}

_CREDENTIALS = {
    "2c": Credential(name="c", community="env:LEBARPITA_BENCH_COMMUNITY"),
    "3": Credential(
        name="c",
        version="3",
        user=V3.user,
        auth="SHA",
        auth_key="env:LEBARPITA_BENCH_AUTH",
        privacy="AES",
        privacy_key="env:LEBARPITA_BENCH_KEY",
    ),
}
# Bytes per second.
_GIGABIT = 125_000_000


def city_of_farm(
    agents: Sequence[str], interfaces: Sequence[str], port: int, version: str, opds_here: bool = False
) -> CityPlan:
    """One device per agent; every interface is a line and leads to an OPD that is measured elsewhere, or here.

    Here means that its packets are asked for, too.
    """
    devices = tuple(
        Device(name=f"d{n}", address=ip_address(a), snmp="c", snmp_port=port, snmp_retries=0, refresh_seconds=3)
        for n, a in enumerate(agents)
    )
    settings = Settings(name="Bench", watch_from="d0")
    lists = {"credentials": (_CREDENTIALS[version],), "devices": devices, "uplinks": (), "links": (), "opds": ()}
    plans = {device.name: DevicePlan(device.name, _ports(device.name, interfaces, opds_here)) for device in devices}
    opds = tuple((f"o-{p.link}", "O", "", p.link) for plan in plans.values() for p in plan.ports)
    return CityPlan(City.model_construct(None, city=settings, **lists), plans, opds)


def _ports(device: str, interfaces: Sequence[str], opds_here: bool) -> tuple[Port, ...]:
    links = ((f"{device}-{interface}", interface) for interface in interfaces)
    return tuple(Port(link, interface, True, _GIGABIT, f"o-{link}" if opds_here else None) for link, interface in links)
