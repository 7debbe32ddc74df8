"""Collectors and exporters beside the lab's own, each pair with a fault of the field; all see the same traffic.

Every collector is the product's flow part with a city file of its own, in the noc; every exporter is a pmacctd in a
router. The lab's own exporters and collector are left as they are.
"""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flow_books import Counters, counters
from office import until

from lab import LabError
from lab.client import Lab
from lab.host import ROOT

NOC = "10.99.0.10"
CITY = ROOT / "inventory/example/city.yaml"
AGG = "kind: linux, description: Router agregasi"
CORE = "direction: ingress, internal: true"
CITIES = {
    "declared": (CORE, f"{CORE}, sampling: 10"),
    "doubled": (AGG, f"{AGG}, flows: [{{address: 10.255.0.2}}]"),
}
"""What is other in the city file of a collector."""
COLLECTORS = {"sampled": 1, "declared": 2, "lost": 3, "doubled": 4, "north": 5, "south": 6}
"""A collector's name and its number, from which its two ports follow."""
OWN = "flows"
EXPORTERS = (
    ("core", "span1", "", "10.255.0.1", ("sampled", "declared")),
    ("core", "wan", "", "10.255.0.1", ("lost", "doubled")),
    ("agg", "up", "", "10.255.0.2", ("doubled",)),
    ("core", "wan", "in", "10.255.0.1", ("north",)),
    ("core", "wan", "out", "10.255.0.1", ("south",)),
)
"""Node, interface, direction (none is both), source address and the collectors told."""
PMACCTD = """\
daemonize: false
pidfile: {pid}
pcap_interface: {interface}
pcap_direction: {direction}
promisc: true
snaplen: 128
plugin_pipe_size: 16384000
aggregate: src_host, dst_host, src_port, dst_port, proto, tos
nfprobe_source_ip: {source}
nfprobe_version: 10
nfprobe_timeouts: tcp=2:tcp.rst=2:tcp.fin=2:udp=2:icmp=2:general=2:maxlife=2:expint=1
plugins: {plugins}
"""
SPAN = """table netdev span {
  chain in { type filter hook ingress device "wan" priority 0; numgen inc mod 10 0 dup to "span0"
  }
  chain out { type filter hook egress device "wan" priority 0; numgen inc mod 10 0 dup to "span0"
  }
}
"""
"""A mirror port that shows each tenth packet of the uplink: whoever listens there samples and cannot know it."""
LOSS = """table inet loss {{
  chain c {{ type filter hook prerouting priority -400; {which} numgen random mod 2 0 drop
  }}
}}
"""
FETCH = "import json, sys, urllib.request as u; print(json.dumps([u.urlopen(a).read().decode() for a in sys.argv[1:]]))"


def flow_port(name: str) -> int:
    return 2130 + COLLECTORS[name]


def page_port(name: str) -> int:
    return 9812 if name == OWN else 9840 + COLLECTORS[name]


@dataclass(frozen=True)
class Worlds:
    """The collectors while they run."""

    lab: Lab
    pids: tuple[tuple[str, Path], ...]

    def read(self, names: Iterable[str]) -> dict[str, Counters]:
        """What these collectors counted until now."""
        addresses = [f"http://127.0.0.1:{page_port(name)}/metrics" for name in names]
        pages = json.loads(self.lab.run("noc", sys.executable, "-c", FETCH, *addresses).stdout)
        return {name: counters(page, instance=name) for name, page in zip(names, pages, strict=True)}

    def answers(self) -> bool:
        """Whether every exporter runs and every collector answers."""
        with suppress(LabError):
            return all(pid.exists() for _, pid in self.pids) and bool(self.read(COLLECTORS))
        return False

    def flush(self) -> None:
        """End every exporter in good order: each tells the flows it still holds."""
        for node, pid in self.pids:
            self.lab.run(node, "kill", "-INT", pid.read_text().strip())

    def still(self, names: tuple[str, ...]) -> None:
        """Wait until these collectors hear nothing new."""
        heard: dict[str, Counters] = {}

        def same() -> bool:
            nonlocal heard
            before, heard = heard, self.read(names)
            return before == heard

        until("the collectors are still", same, 180, 1.0)


@contextmanager
def worlds(lab: Lab, folder: Path) -> Iterator[Worlds]:
    """Everything beside the lab's own, taken away again afterwards."""
    folder.chmod(0o777)
    with ExitStack() as stack:
        lab.run("core", "ip", "link", "add", "span0", "type", "veth", "peer", "name", "span1")
        stack.callback(lab.run, "core", "ip", "link", "delete", "span0")
        for end in ("span0", "span1"):
            lab.run("core", "ip", "link", "set", end, "up")
        for name in COLLECTORS:
            stack.enter_context(lab.running("noc", "env", f"PYTHONPATH={ROOT}", *collector(folder, name)))
        pids = []
        for number, (node, interface, direction, source, told) in enumerate(EXPORTERS):
            pid, file = folder / f"{number}.pid", folder / f"{number}.conf"
            file.write_text(exporter(pid, interface, direction, source, told))
            stack.enter_context(lab.running(node, "pmacctd", "-f", str(file)))
            pids.append((node, pid))
        for node, table, text in (("core", "netdev span", SPAN), ("noc", "inet loss", loss("lost"))):
            lab.run(node, "nft", "-f", "-", stdin=text)
            stack.callback(lab.run, node, "nft", "delete", "table", *table.split())
        made = Worlds(lab, tuple(pids))
        until("exporters and collectors run", made.answers, 180, 0.5)
        time.sleep(1)
        yield made


def collector(folder: Path, name: str) -> list[str]:
    """The command of a collector; writes its files."""
    city, config = folder / f"{name}-city.yaml", folder / f"{name}.yaml"
    text = CITY.read_text()
    old, new = CITIES.get(name, ("", ""))
    assert old in text
    city.write_text(text.replace(old, new) if old else text)
    flows = {"listen": f"127.0.0.1:{page_port(name)}", "datagrams": [f"{NOC}:{flow_port(name)}"]}
    config.write_text(json.dumps({"inventory": str(city), "state": str(folder / name), "flows": flows}))
    return [sys.executable, "-m", "exporter.part", "flows", "--config", str(config)]


def exporter(pid: Path, interface: str, direction: str, source: str, told: tuple[str, ...]) -> str:
    """The configuration of a pmacctd that tells several collectors."""
    plugins = ", ".join(f"nfprobe[{name}]" for name in told)
    text = PMACCTD.format(pid=pid, interface=interface, direction=direction, source=source, plugins=plugins)
    text = text if direction else text.replace("pcap_direction: \n", "")
    return text + "".join(f"nfprobe_receiver[{name}]: {NOC}:{flow_port(name)}\n" for name in told)


def loss(name: str) -> str:
    """Half of the datagrams to a collector, at random, are dropped before it: by turns it might be the small ones."""
    return LOSS.format(which=f"udp dport {flow_port(name)}")
