"""The way of one walk: names of rows in, whether it goes on or turns in a circle out. Pure.

Agents ascend, as they must (RFC 3416, 4.2.2), and a row is compared with the one before it. One that does not is
followed for as long as it says something new: each row is compared with all before it.
"""


class WalkedPath:
    """``last`` is the encoded name to go on from; ``unordered`` whether the agent went back at least once."""

    def __init__(self) -> None:
        self.last: bytes | None = None
        self.unordered = False
        self._arcs: tuple[int, ...] = ()
        self._names: list[bytes] = []
        self._seen: set[bytes] = set()

    def goes_on(self, name: bytes, text: str) -> bool:
        """Take a row by its encoded and its dotted name; False where it was there before."""
        arcs = tuple(map(int, text.split(".")))
        if arcs <= self._arcs and not self.unordered:
            self.unordered, self._seen = True, set(self._names)
        self._arcs, self.last = arcs, name
        self._names.append(name)
        if not self.unordered:
            return True
        new = name not in self._seen
        self._seen.add(name)
        return new
