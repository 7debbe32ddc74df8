"""What is broken in the city, and the kernel made to agree. Every fault is undone by ``heal``."""

import sys
from dataclasses import dataclass, field

from lab import LabError
from lab.host import ROOT
from lab.network import CABLE, Condition, Network
from lab.plan import Wire
from lab.services import Service, Services

DIRECTIONS = {"both": frozenset({"up", "down"}), "up": frozenset({"up"}), "down": frozenset({"down"})}
# Of the namespace of the cables, in which nothing else listens: a port for each wire's delay.
_FIRST_PORT = 4000
# A service has eight seconds to end, and what is under way arrives before that.
LONGEST_DELAY_SECONDS = 5.0


@dataclass
class NetworkFaults:
    """The faults in force. ``up`` is towards the internet, ``down`` towards the offices."""

    network: Network
    services: Services
    cut_links: set[str] = field(default_factory=set)
    silent_links: dict[str, frozenset[str]] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
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
        self._hurry(wire)
        self.silent_links[link] = DIRECTIONS[direction]
        self._agree(wire)

    def delay(self, link: str, seconds: float) -> None:
        """What the link carries towards the offices comes so many seconds late; nothing is lost."""
        wire = self.network.plan.wire(link)
        if not 0 < seconds <= LONGEST_DELAY_SECONDS:
            raise LabError(f"delay {seconds:g} s of {link}: must be more than 0 and at most {LONGEST_DELAY_SECONDS:g}")
        self._hurry(wire)
        self.silent_links.pop(link, None)
        self.delays[link] = seconds
        self._carry_late(wire)
        self._agree(wire)

    def heal(self, name: str | None = None) -> None:
        """Undo every fault of a link or node; of everything where no name is given."""
        if name is None:
            # A copy: healing takes names out of these very sets.
            for broken in [*self.cut_links, *self.silent_links, *self.delays, *self.dead]:
                self.heal(broken)
            return
        if name in self.network.plan.nodes and name not in {wire.name for wire in self.network.plan.wires}:
            self._wake(name)
            return
        wire = self.network.plan.wire(name)
        self.cut_links.discard(name)
        self.silent_links.pop(name, None)
        self._hurry(wire)
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
            if wire.name in self.delays:
                # Its ends are new ones.
                self.services.kill(_delay_of(wire))
                self._carry_late(wire)
            self._agree(wire)
        self._resume(node)

    def status(self) -> dict[str, object]:
        """What is broken, by name."""
        return {
            "cut": sorted(self.cut_links),
            "silent": {link: "both" if len(ways) == 2 else min(ways) for link, ways in self.silent_links.items()},
            "late": dict(self.delays),
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
        silent = self.silent_links.get(wire.name, frozenset())
        # What comes late is not carried by the cable itself.
        late = DIRECTIONS["down"] if wire.name in self.delays else frozenset()
        self.network.condition(wire, Condition(carrier, silent | late))

    def _carry_late(self, wire: Wire) -> None:
        port = _FIRST_PORT + self.network.plan.wires.index(wire)
        ends, seconds = self.network.ends_in_cable(wire), self.delays[wire.name]
        argv = (sys.executable, "-m", "lab.delay", *ends, str(seconds), str(port))
        name = _delay_of(wire)
        self.services.catalogue[name] = Service(name, CABLE, argv, f"udp:{port}", {"PYTHONPATH": str(ROOT)})
        self.services.start(name)

    def _hurry(self, wire: Wire) -> None:
        """Nothing is late any more; what is under way arrives first, and meanwhile the cable carries again."""
        if self.delays.pop(wire.name, None) is not None:
            self._agree(wire)
            self.services.stop(_delay_of(wire))
            # A service that is known is one of the lab's own, which is to run.
            del self.services.catalogue[_delay_of(wire)]

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


def _delay_of(wire: Wire) -> str:
    return f"delay-{wire.name}"
