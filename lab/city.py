"""The city with its agents: builds the network, gives every router a real snmpd and the core a NetFlow exporter."""

import os
from dataclasses import dataclass
from pathlib import Path

from inventory.model import City
from lab import agents
from lab.credentials import make_environment, of_device
from lab.entry import search_path
from lab.network import Network
from lab.paths import Paths
from lab.plan import LabPlan
from lab.services import Service, Services

# snmptrap of RFC 3417; 2055 is where NetFlow is usually sent.
TRAP_PORT, FLOW_PORT = 162, 2055


@dataclass(frozen=True)
class Agents:
    """What was started in the routers: the names of the services, and the environment with the SNMP secrets."""

    names: tuple[str, ...]
    secrets: dict[str, str]


def environment() -> dict[str, str]:
    """What every program of the lab finds: no setting of the person's shell beyond the path and the language."""
    inherited = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ") if name in os.environ}
    return {"PATH": search_path(), "HOME": "/tmp", "PYTHONUNBUFFERED": "1", **inherited}


def add_agents(city: City, network: Network, paths: Paths, services: Services, netflow: str) -> Agents:
    """Write the agents' configurations and make their services known; starts none."""
    secrets = make_environment(city, paths.secrets)
    sink = f"{network.plan.noc_address}:{TRAP_PORT}"
    names = []
    for device in city.devices:
        credential = of_device(city, device.name)
        if credential is None:
            continue
        text = agents.snmpd(city, device, credential, secrets, sink)
        file = _write(paths.secrets / f"snmpd-{device.name}.conf", text)
        memory = paths.data(f"snmpd-{device.name}")
        memory.mkdir(parents=True, exist_ok=True)
        # net-snmp's own spelling of transports; without the prefix it takes an address for a host name to look up.
        address = f"udp6:[{device.address}]" if device.address.version == 6 else f"udp:{device.address}"
        services.catalogue[f"snmpd-{device.name}"] = Service(
            name=f"snmpd-{device.name}",
            node=device.name,
            argv=("snmpd", "-f", "-Lo", "-C", "-c", str(file), f"{address}:{device.snmp_port}"),
            ready=f"udp:{device.snmp_port}",
            environment={"SNMP_PERSISTENT_DIR": str(memory), "MIBS": ""},
        )
        names.append(f"snmpd-{device.name}")
    names += _add_flows(city, network.plan, paths, services, agents.NETFLOW_VERSIONS[netflow])
    return Agents(tuple(names), secrets)


def _add_flows(city: City, plan: LabPlan, paths: Paths, services: Services, version: int) -> list[str]:
    names = []
    for uplink in city.uplinks:
        sources = [source.address for source in city.device(uplink.device).flows]
        for direction in ("in", "out") if sources else ():
            name = f"netflow-{uplink.interface}-{direction}"
            sink = f"{plan.noc_address}:{FLOW_PORT}"
            text = agents.pmacctd(uplink.interface, direction, str(sources[0]), sink, version)
            file = _write(paths.config / f"{name}.conf", text)
            argv = ("pmacctd", "-f", str(file))
            services.catalogue[name] = Service(name=name, node=uplink.device, argv=argv)
            names.append(name)
    return names


def _write(file: Path, text: str) -> Path:
    # Before the text is in it: snmpd.conf holds the community and the v3 keys.
    file.touch(mode=0o600)
    file.write_text(text)
    return file
