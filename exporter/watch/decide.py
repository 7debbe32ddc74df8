"""Which branch of the tree is the root of an outage: one round of answers in, what opened and closed out. Pure.

A branch counts as answered when its own node or any node behind it answered: traffic that passes is no outage. So a
parent never misses more often than its children. A child whose parent misses is held until the parent's own round
is known; when a parent comes back, its children are counted anew, so that they never flash as roots of their own.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from inventory.model import Address, City
from inventory.topology import Branch, branches

# One answer alone may be a flap: an end that is told too early is a second page.
ANSWERS_TO_CLOSE = 2
DEVICE = "device"


@dataclass(frozen=True)
class Node:
    """A branch as the watch sees it. ``kind`` is ``device`` for the root router itself, else the branch's kind."""

    name: str
    kind: str
    parent: str | None
    device: str
    interface: str
    address: Address | None
    opd: str
    opds: tuple[str, ...]


@dataclass(frozen=True)
class Seat:
    """What is remembered of a node from round to round; ``since`` is when the first of its present misses was asked."""

    misses: int = 0
    answers: int = 0
    open: bool = False
    since: float = 0.0


@dataclass(frozen=True)
class Round:
    """What one round decided. ``flapped`` missed at least once and answered before it was an outage."""

    seats: Mapping[str, Seat]
    opened: tuple[str, ...]
    closed: tuple[str, ...]
    flapped: tuple[str, ...]


def watched(city: City) -> tuple[Node, ...]:
    """The watch's tree, parents before children: the root router, then every branch."""
    root = city.city.watch_from
    everyone = tuple(sorted(opd.code for opd in city.opds))
    top = Node(
        name=root,
        kind=DEVICE,
        parent=None,
        device=root,
        interface="",
        address=city.device(root).address,
        opd="",
        opds=everyone,
    )
    return (top, *(_node(branch, root) for branch in branches(city)))


def decide(nodes: Sequence[Node], seats: Mapping[str, Seat], answered: AbstractSet[str], at: float, need: int) -> Round:
    """Judge one round that was asked at ``at``; ``need`` misses in a row make an outage."""
    passing = _passing(nodes, answered)
    after: dict[str, Seat] = {}
    flapped = []
    for node in nodes:
        seat = seats.get(node.name, Seat())
        if node.name in passing:
            # Only a miss of its own is a flap: when the parent missed too, the parent's line is what flapped.
            if seat.misses and not seat.open and _alone(node, seats):
                flapped.append(node.name)
            after[node.name] = replace(seat, misses=0, answers=min(seat.answers + 1, ANSWERS_TO_CLOSE))
        else:
            # The parent answers again after having missed: what its children missed meanwhile was its fault, so they
            # begin at one.
            returned = node.parent in passing and seats.get(node.parent or "", Seat()).misses > 0
            again = returned or not seat.misses
            after[node.name] = Seat(1 if again else seat.misses + 1, 0, seat.open, at if again else seat.since)
    opened = [n.name for n in nodes if _opens(n, after[n.name], passing, need)]
    closed = [name for name, seat in after.items() if seat.open and seat.answers >= ANSWERS_TO_CLOSE]
    # After both lists are made: whether a node opens is judged by the round, not by what else opened in it.
    after |= {name: replace(after[name], open=True) for name in opened}
    after |= {name: replace(after[name], open=False) for name in closed}
    return Round(after, tuple(opened), tuple(closed), tuple(flapped))


def _node(branch: Branch, root: str) -> Node:
    opd = branch.far if branch.kind == "opd" else ""
    parent = branch.parent or root
    return Node(
        name=branch.name,
        kind=str(branch.kind),
        parent=parent,
        device=branch.device,
        interface=branch.interface,
        address=branch.address,
        opd=opd,
        opds=branch.offices,
    )


def _passing(nodes: Sequence[Node], answered: AbstractSet[str]) -> set[str]:
    """Nodes that answered or have somebody behind them who did; a node nobody can ask passes with its parent."""
    passing = set(answered)
    asked_below: set[str] = set()
    # From the leaves up: the nodes are ordered parents first, so every child has been looked at before its parent.
    for node in reversed(nodes):
        if node.address is not None:
            asked_below.add(node.name)
        if node.parent is not None:
            if node.name in passing:
                passing.add(node.parent)
            if node.name in asked_below:
                asked_below.add(node.parent)
    # And from the root down: a node without an address, and with none below it, shares the fate of what it hangs on.
    for node in nodes:
        if node.name not in asked_below and node.parent in passing:
            passing.add(node.name)
    return passing


def _opens(node: Node, seat: Seat, passing: AbstractSet[str], need: int) -> bool:
    return not seat.open and seat.misses >= need and (node.parent is None or node.parent in passing)


def _alone(node: Node, seats: Mapping[str, Seat]) -> bool:
    """True where the node missed by itself: its parent had answered."""
    return node.parent is None or not seats.get(node.parent, Seat()).misses
