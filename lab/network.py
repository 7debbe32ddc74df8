"""A plan in, namespaces with wires, addresses and routes out; and the state of every wire afterwards.

A wire is two veth pairs that meet in the namespace ``cable``, where all that enters one is sent out of the other.
So a cut is what it is in the field: both ends stay administratively up and lose their carrier, and a silent drop
touches neither end. Needs a private user, network and mount namespace; never touches the machine's own network.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lab.namespaces import run, switch_offloads_off, write_settings
from lab.plan import LabPlan, Wire, WireEnd

CABLE = "cable"
# Loose reverse path filters, because the answers of a city with two uplinks may leave by the other one; no duplicate
# address detection, which would keep an IPv6 address from use for a second after every reboot; no limit on ICMP errors,
# by which agents tell that a port is closed.
_EVERY = {
    "net/ipv4/ip_forward": "1",
    "net/ipv6/conf/all/forwarding": "1",
    "net/ipv4/conf/all/rp_filter": "0",
    "net/ipv4/conf/default/rp_filter": "0",
    "net/ipv6/conf/default/accept_dad": "0",
    "net/ipv6/conf/default/dad_transmits": "0",
    "net/ipv6/conf/default/router_solicitations": "0",
    "net/ipv4/icmp_ratelimit": "0",
}
_CABLE = {"net/ipv6/conf/default/disable_ipv6": "1", "net/ipv6/conf/all/disable_ipv6": "1"}


@dataclass
class Condition:
    """How a wire is meant to be: carrying or not, and which directions it swallows (``up``, ``down``)."""

    carrier: bool = True
    silent: frozenset[str] = frozenset()


@dataclass
class Network:
    """The city in the kernel. ``build`` once, then ``condition`` per wire and ``replace`` per rebooted node."""

    plan: LabPlan
    _numbers: dict[str, int] = field(default_factory=dict)
    _forwarding: set[str] = field(default_factory=set)

    def build(self) -> None:
        """Make everything. Takes about a second for a city of twelve offices."""
        self._numbers = {wire.name: number for number, wire in enumerate(self.plan.wires)}
        for name in (CABLE, *self.plan.nodes):
            run(["ip", "netns", "add", name])
            write_settings(name, _CABLE if name == CABLE else _EVERY)
            run(["ip", "-n", name, "link", "set", "dev", "lo", "up"])
        for node in self.plan.nodes:
            self._plug(node, self.plan.touching(node))
        for wire in self.plan.wires:
            self.condition(wire, Condition())
        for node in self.plan.nodes:
            self._address(node)

    def condition(self, wire: Wire, condition: Condition) -> None:
        """Make a wire as told, whatever it was before."""
        upper, lower = self.ends_in_cable(wire)
        for source, target, direction in ((upper, lower, "down"), (lower, upper, "up")):
            self._forward(source, target, direction not in condition.silent)
        state = "up" if condition.carrier else "down"
        run(["ip", "-n", CABLE, "-batch", "-"], [f"link set dev {end} {state}" for end in (upper, lower)])

    def ends_in_cable(self, wire: Wire) -> tuple[str, str]:
        """The interfaces in ``cable`` by which frames towards the offices enter and leave."""
        return self._inner(wire, "u"), self._inner(wire, "l")

    def unplug(self, node: str) -> None:
        """Take a node's interfaces away, as a reboot does; the neighbours lose their carrier and keep theirs."""
        for wire in self.plan.touching(node):
            self.condition(wire, Condition(carrier=False, silent=frozenset({"up", "down"})))
        run(["ip", "-n", node, "-batch", "-"], [f"link delete dev {end.interface}" for end in self._ends(node)])

    def replug(self, node: str) -> None:
        """Give a node new interfaces: other indexes, counters from zero, the same addresses. Wires stay dark."""
        self._plug(node, self.plan.touching(node))
        self._address(node)

    def _ends(self, node: str) -> list[WireEnd]:
        ends = [end for wire in self.plan.wires for end in (wire.upper, wire.lower)]
        return [end for end in ends if end.node == node]

    def _inner(self, wire: Wire, side: str) -> str:
        return f"w{self._numbers[wire.name]}{side}"

    def _plug(self, node: str, wires: Iterable[Wire]) -> None:
        pairs = [
            (end.interface, self._inner(wire, side))
            for wire in wires
            for end, side in ((wire.upper, "u"), (wire.lower, "l"))
            if end.node == node
        ]
        added = [f"link add name {name} type veth peer name {inner} netns {CABLE}" for name, inner in pairs]
        run(["ip", "-n", node, "-batch", "-"], [*added, *(f"link set dev {name} up" for name, _ in pairs)])
        # On both ends: what one side merges, the other would have to count.
        switch_offloads_off(node, [name for name, _ in pairs])
        switch_offloads_off(CABLE, [inner for _, inner in pairs])

    def _forward(self, source: str, target: str, carrying: bool) -> None:
        """All that enters ``source`` leaves by ``target``; without the rule the cable swallows it."""
        if carrying == (source in self._forwarding):
            return
        if carrying:
            # u32 0 0 matches everything: all protocols, ARP and LLDP too, as a cable does.
            every = f"filter add dev {source} parent ffff: protocol all u32 match u32 0 0"
            # mirred redirects below the IP layer, so the cable has no hop and no address of its own.
            lines = [f"qdisc add dev {source} ingress", f"{every} action mirred egress redirect dev {target}"]
            self._forwarding.add(source)
        else:
            lines = [f"qdisc del dev {source} ingress"]
            self._forwarding.remove(source)
        run(["tc", "-n", CABLE, "-batch", "-"], lines)

    def _address(self, node: str) -> None:
        present = {end.interface for end in self._ends(node)} | {"lo"}
        addresses = [
            f"addr replace {address} dev {interface}"
            for interface, address in self.plan.addresses.get(node, ())
            if interface in present
        ]
        routes = [
            line.replace("rule ", "rule add ", 1) if line.startswith("rule ") else f"route replace {line}"
            for line in self.plan.routes.get(node, ())
        ]
        run(["ip", "-n", node, "-batch", "-"], addresses)
        for family, mark in (("-4", "."), ("-6", "::")):
            mine = [line for line in routes if (":" in line) == (mark == "::")]
            if mine:
                run(["ip", "-n", node, family, "-batch", "-"], mine)
