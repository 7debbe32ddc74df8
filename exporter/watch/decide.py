"""Which branch of the tree is the root of an outage: who is silent and who answers in, what opened and closed out.

Pure. A branch passes as long as its own node or any node behind it answers: traffic that passes is no outage. A branch
behind which all are silent is cut when that lasted longer than a flap and is improbable for what its lines lose
otherwise. A child is held while its parent is silent, and until somebody behind the parent answered after the child
fell silent; when a parent comes back, its children are counted anew, so that they never flash as roots of their own.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from inventory.model import Address, City
from inventory.topology import Branch, branches

# Of answers without a gap: one alone may be a flap, and an end that is told too early is a second page.
CLOSE_SECONDS = 1.0
# Of silence by itself, five requests in a row: less is a lost packet, which the loss of the line counts.
FLAP_SECONDS = 0.5
# So improbable must a run of misses be for its line: one false alarm of 500 lines in some thirty years of requests.
IMPROBABLE = -math.log(1e-9)
# What passes nothing for so long is an outage for those behind it, however much the line lost before.
DOUBT_SECONDS = 10.0
# After an outage of their parent, routers behind it may need one more request for an address (RFC 4861: 1 s).
RETURN_SECONDS = 1.0
DEVICE = "device"
NEVER = -math.inf


@dataclass(frozen=True)
class Node:
    """A branch as the watch sees it. ``kind`` is ``device`` for the root router itself, else the branch's kind.

    ``far`` is the device behind it, where it is one.
    """

    name: str
    kind: str
    parent: str | None
    device: str
    interface: str
    address: Address | None
    opd: str
    opds: tuple[str, ...]
    far: str = ""


@dataclass(frozen=True)
class Silence:
    """A node that owes answers, all times those of sending: the first and the last request that is overdue.

    ``weight`` is minus the natural logarithm of the probability of so many misses in a row on this line.
    """

    since: float
    until: float
    weight: float


@dataclass(frozen=True)
class Seat:
    """What is remembered of a node. ``since`` its silence lasts, None while it passes.

    ``passing_since`` is None until it was first seen to pass; its silence is counted from ``counted_from`` at the
    earliest.
    """

    open: bool = False
    since: float | None = None
    passing_since: float | None = None
    counted_from: float = NEVER


@dataclass(frozen=True)
class Answers:
    """Who owes answers at this moment, and when the last answered request of each node was sent (NEVER: none was).

    ``lost`` is the same of the last answered request before which others stayed without an answer.
    """

    silent: Mapping[str, Silence]
    answered: Mapping[str, float]
    lost: Mapping[str, float]


@dataclass(frozen=True)
class Round:
    """What one look decided. ``flapped`` was silent by itself, lost something, and answered before it was an outage."""

    seats: Mapping[str, Seat]
    opened: tuple[str, ...]
    closed: tuple[str, ...]
    flapped: tuple[str, ...]


@dataclass(frozen=True)
class _Branch:
    """A silent branch: the silence of all behind it as one. ``weight`` is the second best proof, if there are two."""

    since: float
    until: float
    weight: float


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


def decide(
    nodes: Sequence[Node], seats: Mapping[str, Seat], answers: Answers, at: float, lasting_seconds: float
) -> Round:
    """Judge the moment ``at``; a silence longer than ``lasting_seconds`` may be an outage."""
    passing = _passing(nodes, answers.silent)
    answered, lost = _upwards(nodes, answers.answered), _upwards(nodes, answers.lost)
    silent = _silent_branches(nodes, passing, answers, answered)
    after: dict[str, Seat] = {}
    opened, flapped = [], []
    for node in nodes:
        seat = seats.get(node.name, Seat())
        if node.name in passing:
            # Only a silence of its own is a flap: when the parent was silent too, the parent's line is what flapped.
            # And only one that lost something: whoever begins to answer late has lost nothing.
            if _flapped(seat, at) and _alone(node, seats) and lost.get(node.name, NEVER) > (seat.since or at):
                flapped.append(node.name)
            again = seat.since is not None or seat.passing_since is None
            after[node.name] = Seat(seat.open, None, at if again else seat.passing_since)
            continue
        branch = silent.get(node.name)
        counted = max(seat.counted_from, _counted_from(node, seats, passing, at))
        since = max(branch.since if branch else at, counted)
        after[node.name] = replace(seat, since=since, counted_from=counted)
        free = node.parent is None or (node.parent in passing and answered.get(node.parent, NEVER) >= since)
        if branch and free and not seat.open and _proven(branch, since, lasting_seconds):
            opened.append(node.name)
    closed = [name for name, seat in after.items() if seat.open and _back(seat, at)]
    # After both lists are made: whether a node opens is judged by the moment, not by what else opened in it.
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
        far=branch.far if branch.kind == "link" else "",
    )


def _passing(nodes: Sequence[Node], silent: Mapping[str, Silence]) -> set[str]:
    """Nodes that answer or have somebody behind them who does; a node nobody can ask passes with its parent."""
    passing = {node.name for node in nodes if node.address is not None and node.name not in silent}
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


def _upwards(nodes: Sequence[Node], answered: Mapping[str, float]) -> dict[str, float]:
    """The last answered request of each branch: of its own node or of any behind it."""
    latest = dict(answered)
    for node in reversed(nodes):
        if node.parent is not None:
            latest[node.parent] = max(latest.get(node.parent, NEVER), latest.get(node.name, NEVER))
    return latest


def _silent_branches(
    nodes: Sequence[Node], passing: set[str], answers: Answers, answered: Mapping[str, float]
) -> dict[str, _Branch]:
    behind: dict[str, list[Silence]] = {}
    for node in reversed(nodes):
        if node.name in passing:
            continue
        mine = behind.setdefault(node.name, [])
        if node.name in answers.silent:
            mine.append(answers.silent[node.name])
        if node.parent is not None and node.parent not in passing:
            behind.setdefault(node.parent, []).extend(mine)
    return {name: _joined(silences, answered.get(name, NEVER)) for name, silences in behind.items() if silences}


def _joined(silences: Iterable[Silence], answered: float) -> _Branch:
    """One silence of all: it began with the first request to any of them after the last that any answered.

    One node's run alone may be its own line's; so two must be improbable, where there are two.
    """
    among = list(silences)
    since = min((s.since for s in among if s.since > answered), default=max(s.since for s in among))
    weights = sorted((s.weight for s in among), reverse=True)
    return _Branch(since, max(s.until for s in among), weights[min(1, len(weights) - 1)])


def _proven(branch: _Branch, since: float, lasting_seconds: float) -> bool:
    length = branch.until - since
    return length >= DOUBT_SECONDS or (length >= lasting_seconds and branch.weight >= IMPROBABLE)


def _counted_from(node: Node, seats: Mapping[str, Seat], passing: set[str], at: float) -> float:
    """A parent that comes back at this moment after a silence of its own has its children counted anew."""
    parent = seats.get(node.parent or "", Seat())
    if parent.since is None or node.parent not in passing or at - parent.since < FLAP_SECONDS:
        return NEVER
    return at + (RETURN_SECONDS if parent.open else 0.0)


def _back(seat: Seat, at: float) -> bool:
    return seat.since is None and seat.passing_since is not None and at - seat.passing_since >= CLOSE_SECONDS


def _flapped(seat: Seat, at: float) -> bool:
    before = seat.since is not None and seat.passing_since is not None and not seat.open
    return before and at - (seat.since or at) >= FLAP_SECONDS


def _alone(node: Node, seats: Mapping[str, Seat]) -> bool:
    """True where the node was silent by itself: its parent passed."""
    return node.parent is None or seats.get(node.parent, Seat()).since is None
