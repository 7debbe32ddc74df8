"""Open vSwitch as an exporter: its NetFlow v5, IPFIX and sFlow of one transfer, read by the collector's code.

The switch runs in user space (``datapath_type=netdev``), so no kernel module is needed. It stands between an
office and the internet on wires of its own, and every exporter is set on the one bridge.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from flow_exporters import CITY, NOC, counted, listening, read_files, until_calm
from iperf import transfer

from lab.client import Lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]

SWITCH = "bpkad"
"""The node it stands in: an office's, for of the routers every interface is asked by SNMP."""
SERVER, OFFICE = "198.51.100.77", "10.10.1.77"
KINDS = {"ovs-v5": 2111, "ovs-ipfix": 2112, "ovs-sflow": 2113}
CACHE = ["sampling=1", "cache_active_timeout=2", "cache_max_flows=1024"]
SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"
PORTS = {"dinkes": "ovs0", "isp": "ovs1"}
"""The nodes beside the switch and its port towards each; the node's end of that wire is called ``line``."""
COUNTED = """table inet ovs {{
  counter {way} {{ }}
  chain c {{ type filter hook prerouting priority -300; iifname "line" ip {side} {office} counter name {way}; }}
}}
"""
COUNTERS = {
    "dinkes": COUNTED.format(way="receive", side="daddr", office=OFFICE),
    "isp": COUNTED.format(way="transmit", side="saddr", office=OFFICE),
}
UNITS = ("bytes", "packets")
ETHERNET = 14
"""Bytes of a frame's header, which Open vSwitch's NetFlow counts (its IPFIX and sFlow do not)."""


@dataclass(frozen=True)
class Told:
    """The datagrams of every exporter as files, and what the kernel behind the switch counted of IP."""

    folder: Path
    octets: dict[str, int]
    packets: dict[str, int]


def wires(lab: Lab) -> None:
    """From the office and the internet to the switch, offloads off so that every packet is one of the wire."""
    for node, port in PORTS.items():
        lab.run(SWITCH, "ip", "link", "add", port, "type", "veth", "peer", "name", "line", "netns", node)
        lab.run(SWITCH, "ip", "link", "set", port, "up")
        lab.run(node, "ip", "link", "set", "line", "up")
        for place, interface in ((SWITCH, port), (node, "line")):
            off = f"from lab.namespaces import switch_offloads_off as off; off({place!r}, [{interface!r}])"
            lab.run(place, sys.executable, "-c", off)
    for node, own, other in (("dinkes", OFFICE, SERVER), ("isp", SERVER, OFFICE)):
        lab.run(node, "ip", "address", "add", f"{own}/32", "dev", "line")
        lab.run(node, "ip", "route", "add", other, "dev", "line", "src", own)


def vsctl(lab: Lab, folder: Path, *words: str) -> None:
    lab.run(SWITCH, "ovs-vsctl", f"--db=unix:{folder}/db.sock", "--timeout=10", *words)


def switch(lab: Lab, folder: Path, stack: ExitStack) -> None:
    """The two daemons, a bridge with a port to each side, and its three exporters."""
    lab.run(SWITCH, "ovsdb-tool", "create", f"{folder}/conf.db", SCHEMA)
    environment = ["env", *(f"OVS_{name}={folder}" for name in ("RUNDIR", "LOGDIR", "DBDIR", "SYSCONFDIR"))]
    database = [*environment, "ovsdb-server", f"--remote=punix:{folder}/db.sock", f"{folder}/conf.db"]
    stack.enter_context(lab.running(SWITCH, *database))
    while not (folder / "db.sock").exists():
        time.sleep(0.05)
    daemon = [*environment, "ovs-vswitchd", "--disable-system", f"unix:{folder}/db.sock"]
    stack.enter_context(lab.running(SWITCH, *daemon))
    ports = [word for port in PORTS.values() for word in ("--", "add-port", "br0", port)]
    vsctl(lab, folder, "add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev", *ports)
    target = {kind: f'"{NOC}:{port}"' for kind, port in KINDS.items()}
    exporters = {
        "netflow": ["NetFlow", f"targets={target['ovs-v5']}", "active_timeout=2"],
        "ipfix": ["IPFIX", f"targets={target['ovs-ipfix']}", *CACHE],
        "sflow": ["sFlow", f"targets={target['ovs-sflow']}", "sampling=1", "agent=eth0", "polling=0", "header=128"],
    }
    for column, row in exporters.items():
        vsctl(lab, folder, "--", "set", "bridge", "br0", f"{column}=@it", "--", "--id=@it", "create", *row)


@pytest.fixture(scope="module")
def told(_bare_lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    lab, folder = _bare_lab, tmp_path_factory.mktemp("ovs")
    with ExitStack() as stack:
        stack.enter_context(listening(lab, folder, KINDS))
        for port in PORTS.values():
            stack.callback(lab.run, SWITCH, "ip", "link", "delete", port, check=False)
        wires(lab)
        switch(lab, folder, stack)
        stack.enter_context(lab.running("isp", "iperf3", "-s", "-p", "5603", "-B", SERVER))
        time.sleep(1)
        for node, counters in COUNTERS.items():
            lab.run(node, "nft", "-f", "-", stdin=counters)
        for way in ([], ["-R"]):
            transfer(lab, "dinkes", SERVER, "5603", OFFICE, "-n", "1M", "-b", "20M", *way)
        until_calm(folder, 5)
        kernel = [{} | counted(lab, "dinkes", "ovs", unit) | counted(lab, "isp", "ovs", unit) for unit in UNITS]
        for node in COUNTERS:
            lab.run(node, "nft", "delete", "table", "inet", "ovs")
    yield Told(folder, *kernel)


@pytest.fixture
def read(told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, int]]:
    """What an exporter told of the office where the city file declares its ``direction`` so."""

    def reading(kind: str, direction: str = "ingress") -> dict[str, int]:
        city = tmp_path / "city.yaml"
        city.write_text(Path(CITY).read_text().replace("direction: ingress", f"direction: {direction}"))
        found = read_files(told.folder, kind, capsys, city)
        assert (found["undecoded_sets"], found["lost_records"]) == (0, 0)
        # Of ten records and more of each kind `flows read` names the copies; how many there are is a matter of chance.
        assert (kind, direction) == ("ovs-ipfix", "ingress") or found["problems"] == []
        ways = found["opd"]["dinkes"]
        return {"receive": ways["receive_bytes"], "transmit": ways["transmit_bytes"]}

    return reading


def test_sflow_of_every_packet_is_the_kernels_count(told: Told, read: Callable[..., dict[str, int]]) -> None:
    assert min(told.octets.values()) > 1_000_000
    assert read("ovs-sflow") == told.octets


def test_netflow_v5_counts_frames_so_each_packet_is_fourteen_bytes_more(
    told: Told, read: Callable[..., dict[str, int]]
) -> None:
    frames = {way: octets + ETHERNET * told.packets[way] for way, octets in told.octets.items()}
    assert read("ovs-v5") == frames


def test_ipfix_tells_every_packet_coming_and_going_so_it_is_declared_both(
    told: Told, read: Callable[..., dict[str, int]]
) -> None:
    assert read("ovs-ipfix", direction="both") == told.octets
    assert read("ovs-ipfix", direction="ingress") == {way: 2 * octets for way, octets in told.octets.items()}
