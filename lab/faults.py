"""What is broken in the city, and the kernel made to agree. Every fault is undone by ``heal``."""

from dataclasses import dataclass, field

from lab import LabError
from lab.network import Condition, Network
from lab.plan import Wire
from lab.services import Services

DIRECTIONS = {"both": frozenset({"up", "down"}), "up": frozenset({"up"}), "down": frozenset({"down"})}


@dataclass
class NetworkFaults:
    """The faults in force. ``up`` is towards the internet, ``down`` towards the offices."""

    network: Network
    services: Services
    cut_links: set[str] = field(default_factory=set)
    silent_links: dict[str, frozenset[str]] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    booting: set[str] = field(default_factory=set)
    _resting: dict[str, list[str]] = field(default_factory=dict)

    def cut(self, link: str) -> None:
        """A cut cable: both ends lose their carrier and stay administratively up."""
        wire = self.network.plan.wire(link)
        self.cut_links.add(link)
        self._agree(wire)

    def silence(self, link: str, direction: str = "both") -> None:
        """The link stays up and carries nothing: both ways, or only ``up`` or ``down``."""
        wire = self.network.plan.wire(link)
        if direction not in DIRECTIONS:
            raise LabError(f"direction {direction!r} of {link}: must be both, up or down")
        self.silent_links[link] = DIRECTIONS[direction]
        self._agree(wire)

    def heal(self, name: str | None = None) -> None:
        """Undo every fault of a link or node; of everything where no name is given."""
        if name is None:
            # A copy: healing takes names out of these very sets.
            for broken in [*self.cut_links, *self.silent_links, *self.dead]:
                self.heal(broken)
            return
        if name in self.network.plan.nodes and name not in {wire.name for wire in self.network.plan.wires}:
            self._wake(name)
            return
        wire = self.network.plan.wire(name)
        self.cut_links.discard(name)
        self.silent_links.pop(name, None)
        self._agree(wire)

    def kill(self, node: str) -> None:
        """A device without power: all its lines go dark and its programs die."""
        self._check_node(node)
        if node in self.dead:
            return
        self.dead.add(node)
        self._rest(node)
        for wire in self.network.plan.touching(node):
            self._agree(wire)

    def begin_reboot(self, node: str) -> None:
        """A device goes down to come back with other interface indexes and counters from zero."""
        self._check_node(node)
        if node in self.dead | self.booting:
            raise LabError(f"node {node} is down already; heal it first")
        self.booting.add(node)
        self._rest(node)
        self.network.unplug(node)

    def end_reboot(self, node: str) -> None:
        """The device is back; faults of its links that were in force still are."""
        self.network.replug(node)
        self.booting.discard(node)
        for wire in self.network.plan.touching(node):
            self._agree(wire)
        self._resume(node)

    def status(self) -> dict[str, object]:
        """What is broken, by name."""
        return {
            "cut": sorted(self.cut_links),
            "silent": {link: "both" if len(ways) == 2 else min(ways) for link, ways in self.silent_links.items()},
            "dead": sorted(self.dead),
            "booting": sorted(self.booting),
        }

    def _wake(self, node: str) -> None:
        if node in self.dead:
            self.dead.discard(node)
            for wire in self.network.plan.touching(node):
                self._agree(wire)
            self._resume(node)

    def _agree(self, wire: Wire) -> None:
        ends = {wire.upper.node, wire.lower.node}
        # An end of it does not exist at this moment; end_reboot looks at the wire again.
        if ends & self.booting:
            return
        carrier = wire.name not in self.cut_links and not ends & self.dead
        self.network.condition(wire, Condition(carrier, self.silent_links.get(wire.name, frozenset())))

    def _rest(self, node: str) -> None:
        self._resting[node] = self.services.of(node)
        for name in self._resting[node]:
            self.services.kill(name)

    def _resume(self, node: str) -> None:
        for name in self._resting.pop(node, []):
            self.services.start(name)

    def _check_node(self, node: str) -> None:
        if node not in self.network.plan.nodes:
            raise LabError(f"no node is called {node!r}; the nodes are {', '.join(self.network.plan.nodes)}")
