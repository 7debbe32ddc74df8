"""Where delay begins: how long answers of each node take in, what each link adds to them out. Pure.

Every packet to a node crosses the links above it, so no link takes longer than the quickest node behind it. What that
node takes beyond the quickest behind the link's parent begins at the link. A router that answers its own pings late
accuses nobody as long as something behind it is quick, and an office behind a slow trunk adds nothing.

Two shares of the answers are compared, not two medians: a line that is slow in bursts about half of the time would else
seem slow to one node and quick to the next, and an innocent would be named.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exporter.watch.decide import Node
from exporter.watch.lines.windows import STEPS_PER_OCTAVE

# Of 150 answers a share is off by four hundredths (one standard error); the two shares stand twenty apart.
FEWEST_ANSWERS = 150
LOWER_SHARE, UPPER_SHARE = 0.4, 0.6
# Round trips are counted in steps of a fourth of an octave: what is less than a step apart is no difference.
_STEP = 2 ** (1 / STEPS_PER_OCTAVE)


@dataclass(frozen=True)
class Trips:
    """The answers of a node in the window: two fifths were back within ``lower``, three within ``upper``. Seconds."""

    answered: int
    lower: float
    upper: float


def where_delay_begins(nodes: Sequence[Node], trips: Mapping[str, Trips]) -> Mapping[str, float]:
    """The seconds that begin at each link, with those of links that add less on the same way.

    So a way that is slow has one link that answers for all of it, the one that adds most; a second link on it answers
    for what is left. Nodes with few answers say nothing, nor does a link behind which nobody says anything.
    """
    enough = {name: node for name, node in trips.items() if node.answered >= FEWEST_ANSWERS}
    lower = _quickest_behind(nodes, {name: node.lower for name, node in enough.items()})
    upper = _quickest_behind(nodes, {name: node.upper for name, node in enough.items()})
    explained: dict[str, float] = {}
    own: dict[str, float] = {}
    for node in nodes:
        above = explained.get(node.parent or "", 0.0)
        explained[node.name] = max(above, upper.get(node.name, 0.0))
        if node.name in lower:
            own[node.name] = lower[node.name] - above if lower[node.name] > _STEP * above else 0.0
    return _with_lesser(nodes, own)


def _quickest_behind(nodes: Sequence[Node], seconds: Mapping[str, float]) -> Mapping[str, float]:
    quickest = dict(seconds)
    for node in reversed(nodes):
        if node.parent is not None and node.name in quickest:
            quickest[node.parent] = min(quickest.get(node.parent, math.inf), quickest[node.name])
    return quickest


def _with_lesser(nodes: Sequence[Node], own: Mapping[str, float]) -> Mapping[str, float]:
    """Each link's own seconds and those of the links that add less, on the way on which they are most."""
    ways: dict[str, tuple[str, ...]] = {}
    begun = dict(own)
    for node in nodes:
        ways[node.name] = (*ways.get(node.parent or "", ()), node.name)
        together = 0.0
        # The deeper first where two add as much: the upper one answers for both.
        for name in sorted((link for link in reversed(ways[node.name]) if link in own), key=lambda n: _size(own[n])):
            together += own[name]
            begun[name] = max(begun[name], together)
    return begun


def _size(seconds: float) -> float:
    """In steps of the counting: two that are as good as equal do not change places from look to look."""
    return round(math.log(seconds, _STEP)) if seconds > 0 else -math.inf
