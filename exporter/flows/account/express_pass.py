"""A batch on its way through the express lane, and what it has that came before (``copies``)."""

from dataclasses import dataclass

from exporter.flows.account.batch_groups import SetRows
from exporter.flows.account.copies import RecentDatagrams, RememberedBatch, StreamName, checksum, doubtful, further
from exporter.flows.decode.batches import DatagramBatch, Integers


@dataclass(frozen=True)
class SourceNumbers:
    """The sources of a batch and the number of each."""

    sources: tuple[str, ...]
    numbers: Integers


@dataclass
class ExpressPass:
    """A batch on its way; ``rest``: where the stages have to go on (its length: nowhere).

    ``heads``, ``stream`` and ``recent`` are None, nothing and None where no network copies anything.
    """

    batch: DatagramBatch
    now: float
    exporter: Integers
    rows: SetRows
    heads: RememberedBatch | None
    stream: Integers
    rest: int
    recent: RecentDatagrams | None = None

    def came_before(self, row: int) -> bool:
        """True where a datagram is a copy of one of the last second."""
        if self.heads is None or self.recent is None:
            return False
        last = self.recent.last(self._name(row))
        if last < 0 or doubtful(last, int(self.heads.sequence[row])):
            self.sum(row)
            return last >= 0 and self.recent.has(self.heads, row)
        return False

    def sum(self, row: int) -> None:
        """Note the sum of a whole datagram, with which others are compared."""
        if self.heads is not None:
            self.heads.sums[row] = checksum(self.batch, row)

    def is_late(self, row: int) -> bool:
        """True where a datagram leaves its stream where it was."""
        if self.heads is None or self.recent is None:
            return False
        number = int(self.heads.sequence[row])
        return further(self.recent.last(self._name(row)), number) != number

    def note(self, row: int) -> None:
        """Let the stream of a datagram that is taken alone go on."""
        if self.heads is not None and self.recent is not None:
            name = self._name(row)
            self.recent.follow(((name, further(self.recent.last(name), int(self.heads.sequence[row]))),))

    def remember(self) -> None:
        """Let what came be compared with what comes, as far as the pass went."""
        if self.heads is not None and self.recent is not None:
            came, rows = self.heads, slice(0, self.rest)
            part = came._replace(
                heads=came.heads[rows],
                lengths=came.lengths[rows],
                origin=came.origin[rows],
                sequence=came.sequence[rows],
                sums=came.sums[rows],
            )
            self.recent.remember(part)

    def _name(self, row: int) -> StreamName:
        return self.batch.sources[int(self.batch.origin[row])], int(self.stream[row])
