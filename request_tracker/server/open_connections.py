"""All connections of the server: each let in while there is room, closed when its time is over, by the second.

When there is no room, those make some that wait for nothing of ours; first those of the address that has the most. So
one machine with thousands of connections only ever pushes out its own, and an ordinary visitor gets in.
"""

from collections import Counter

from request_tracker.config import ServerPart
from request_tracker.server.connection import BoundConnection, Phase
from request_tracker.server.tally import CROWD, ServerTally

# A thirty-second part at once: looking through all of them takes some milliseconds, which must not be paid for each
# newcomer of a flood.
SHARE_TO_GO = 32


class OpenConnections:
    """Those that are open now, ``most`` at once."""

    def __init__(self, bounds: ServerPart, most: int, tally: ServerTally) -> None:
        self.bounds, self.tally = bounds, tally
        self._most, self._open = most, set[BoundConnection]()

    def enter(self, connection: BoundConnection) -> None:
        """Let it in; where nobody can make room it is closed again."""
        if len(self._open) >= self._most and not self._make_room():
            connection.over(CROWD)
            return
        self._open.add(connection)
        self.tally.connections = len(self._open)

    def leave(self, connection: BoundConnection) -> None:
        """It is gone."""
        self._open.discard(connection)
        self.tally.connections = len(self._open)

    def sweep(self, now: float) -> None:
        """Close those whose time is over; ``now`` by the loop's clock."""
        for connection in [connection for connection in self._open if connection.deadline < now]:
            connection.late()

    def _make_room(self) -> bool:
        of_address = Counter(connection.address for connection in self._open)
        may_go = sorted(
            (connection for connection in self._open if connection.phase is not Phase.WORK),
            key=lambda connection: (-of_address[connection.address], connection.phase, connection.since),
        )
        for connection in may_go[: max(1, self._most // SHARE_TO_GO)]:
            self._open.discard(connection)
            connection.over(CROWD)
        return bool(may_go)
