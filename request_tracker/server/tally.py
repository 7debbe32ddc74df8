"""What the server did with those it could not serve: counted here, written as metrics elsewhere. Decides nothing."""

import threading
from collections import Counter
from dataclasses import dataclass, field

# A connection that is closed by us, and a request that is answered without the application.
HEAD_TIME, HEAD_SIZE, BODY_TIME, ANSWER_TIME, IDLE_TIME, CROWD = (
    *("head_time", "head_size", "body_time"),
    *("answer_time", "idle_time", "crowd"),
)
BODY_SIZE, NO_ROOM, BUSY = "body_size", "no_room", "busy"
CLOSED_FOR = (HEAD_TIME, HEAD_SIZE, BODY_TIME, ANSWER_TIME, IDLE_TIME, CROWD)
REFUSED_FOR = (BODY_SIZE, NO_ROOM, BUSY)


@dataclass
class ServerTally:
    """Counters since the start, by reason, and how many connections are open and bytes of bodies are held now."""

    closed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    held_bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def close(self, reason: str) -> None:
        """A connection was closed by us."""
        with self._lock:
            self.closed[reason] += 1

    def refuse(self, reason: str) -> None:
        """A request was refused before the application saw it."""
        with self._lock:
            self.refused[reason] += 1
