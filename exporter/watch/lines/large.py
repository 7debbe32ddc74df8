"""Where large packets end: which nodes answer small requests but no large ones in, the links that swallow them out.

Pure. A tunnel or a radio with a smaller MTU that drops what is too large without saying so (an MTU black hole) is
invisible to small pings, while pages and letters hang. A link is named where large packets reach nobody behind it, and
its parent's node they do reach.
"""

from collections.abc import Mapping, Sequence

from exporter.watch.decide import Node

# A full Ethernet frame, 1500 bytes with the headers of IP (20, 40) and ICMP (8), never cut up on its way (DF).
PAYLOAD_BYTES = {4: 1472, 6: 1452}
# Each line is asked by a large request so often: it is no state that changes by the second.
EVERY_SECONDS = 30.0
# In a row, on a line that loses less than a tenth of its small ones: by chance once in a hundred thousand.
MISSES, MOST_LOSS = 5, 0.1


def where_large_packets_end(nodes: Sequence[Node], swallowed: Mapping[str, bool]) -> tuple[str, ...]:
    """The nearest links behind which no node is reached by large packets; nodes without a word say nothing."""
    passing: set[str] = set()
    judged: set[str] = set()
    for node in reversed(nodes):
        if node.name in swallowed:
            judged.add(node.name)
            if not swallowed[node.name]:
                passing.add(node.name)
        if node.parent is not None:
            passing |= {node.parent} if node.name in passing else set()
            judged |= {node.parent} if node.name in judged else set()
    ends = judged - passing
    return tuple(node.name for node in nodes if node.name in ends and node.parent not in ends)
