"""Where loss begins: how many requests of each node were lost in, the links that lose them out. Pure.

From the top of the tree, ``base`` is the pass ratio that is explained already. A link's pass ratio is the median of
those of the nodes behind it. It loses what it is below ``base``, unless a node behind it does clearly better than half
way: every packet to that node crosses the link. So a router that limits its own answers accuses nobody as long as
something behind it answers, and an ill office is no fault of its trunk.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from exporter.watch.decide import Node

# Less than half a minute of requests says nothing of a share of some hundredths.
FEWEST_REQUESTS = 60
# A line that loses one packet in a hundred now and then is no ill line: 22 of 600 are lost by chance, where 6 are
# expected, once in some million windows.
LEAST_LOSS = 0.035
# Standard errors below the base: by chance once in 300,000, for 500 links are looked at every few seconds.
CLEARLY = 4.5
# Of an interval: it holds the true share in 95 of 100 looks.
PLAINLY = 2.0
# The standard error of a median of many is so much more than that of their mean (square root of pi/2).
_OF_A_MEDIAN = 1.2533


@dataclass(frozen=True)
class Tally:
    """Requests to a node in the window, and how many were lost."""

    sent: int
    lost: int

    @property
    def passed(self) -> float:
        """The share that was answered."""
        return 1 - self.lost / self.sent


@dataclass(frozen=True)
class LossyLink:
    """A link that loses a share of what crosses it both ways, with its interval of two standard errors."""

    link: str
    loss: float
    low: float
    high: float


@dataclass(frozen=True)
class _Ratio:
    """A pass ratio and its standard error."""

    share: float
    error: float


def where_loss_begins(nodes: Sequence[Node], tallies: Mapping[str, Tally]) -> tuple[LossyLink, ...]:
    """The links that lose more than their lines above explain, parents first. Nodes without a tally say nothing."""
    behind = _behind(nodes, {name: tally for name, tally in tallies.items() if tally.sent >= FEWEST_REQUESTS})
    bases: dict[str, _Ratio] = {}
    lossy = []
    for node in nodes:
        base = bases.get(node.parent or "", _Ratio(1.0, 0.0))
        bases[node.name] = base
        among = behind.get(node.name)
        if not among:
            continue
        ratio = _of(among)
        if ratio.share >= base.share or _disproved(ratio, base, among):
            continue
        # Also where it is too little to be named: what all behind it have in common is no fault of one of them.
        bases[node.name] = ratio
        if _loses(ratio, base) and _could_be_disproved(ratio, base, among):
            lossy.append(_link(node.name, ratio, base))
    return tuple(lossy)


def _behind(nodes: Sequence[Node], tallies: Mapping[str, Tally]) -> dict[str, list[Tally]]:
    behind: dict[str, list[Tally]] = {}
    for node in reversed(nodes):
        among = behind.setdefault(node.name, [])
        if node.name in tallies:
            among.append(tallies[node.name])
        if node.parent is not None:
            behind.setdefault(node.parent, []).extend(among)
    return behind


def _of(among: Sequence[Tally]) -> _Ratio:
    """The median of the nodes' pass ratios."""
    share = median(tally.passed for tally in among)
    error = _error(share, min(tally.sent for tally in among))
    return _Ratio(share, error if len(among) == 1 else error * _OF_A_MEDIAN / math.sqrt(len(among)))


def _loses(ratio: _Ratio, base: _Ratio) -> bool:
    below = base.share - ratio.share
    return below >= LEAST_LOSS * base.share and below >= CLEARLY * math.hypot(ratio.error, base.error)


def _disproved(ratio: _Ratio, base: _Ratio, among: Sequence[Tally]) -> bool:
    """True where a node does better than half way, by more than the luckiest of so many would by chance."""
    return any(_better_than_half_way(tally, ratio, base, len(among)) for tally in among)


def _could_be_disproved(ratio: _Ratio, base: _Ratio, among: Sequence[Tally]) -> bool:
    """True once a node that loses nothing would be heard: before that, a trunk's loss is its router's too."""
    least = min(tally.sent for tally in among)
    return _better_than_half_way(Tally(least, round(least * (1 - base.share))), ratio, base, len(among))


def _better_than_half_way(tally: Tally, ratio: _Ratio, base: _Ratio, among: int) -> bool:
    """By more than the luckiest of so many would be by chance."""
    clearly = 1 + math.sqrt(2 * math.log(among))
    return tally.passed - clearly * _error(tally.passed, tally.sent) > (base.share + ratio.share) / 2


def _link(name: str, ratio: _Ratio, base: _Ratio) -> LossyLink:
    loss = 1 - ratio.share / base.share
    error = PLAINLY * math.hypot(ratio.error, base.error) / base.share
    return LossyLink(name, loss, max(0.0, loss - error), min(1.0, loss + error))


def _error(share: float, sent: int) -> float:
    """The standard error of a share, of one miss at least: none lost of so many is not nought for certain."""
    near = min(max(share, 1 / sent), 1 - 1 / sent)
    return math.sqrt(near * (1 - near) / sent)
