"""A batch on its way through the express lane. Plain data."""

from dataclasses import dataclass

from exporter.flows.account.batch_groups import SetRows
from exporter.flows.account.copies import RememberedBatch
from exporter.flows.decode.batches import DatagramBatch, Integers


@dataclass(frozen=True)
class SourceNumbers:
    """The sources of a batch and the number of each."""

    sources: tuple[str, ...]
    numbers: Integers


@dataclass
class ExpressPass:
    """A batch on its way; ``rest``: where the stages have to go on (its length: nowhere)."""

    batch: DatagramBatch
    now: float
    exporter: Integers
    rows: SetRows
    heads: RememberedBatch | None
    stream: Integers
    rest: int
