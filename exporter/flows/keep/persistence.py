"""What a collector has beyond its end: a folder in, counters and exporters' state back, also after kill -9.

The counters are written after the batches and before every page, the rest every few seconds; each names the other
by the counters' number.
"""

from pathlib import Path

from exporter.flows.account.collector import Collector
from exporter.flows.account.pipeline import settle
from exporter.flows.keep import exporter_state
from exporter.flows.keep.counter_files import CounterFiles


class Persistence:
    """The files ``flows.json`` and ``flows.counters.*`` of a folder. The collector's lock guards all but ``save``."""

    def __init__(self, collector: Collector, folder: Path) -> None:
        self.folder = folder
        self._collector, self._path = collector, folder / "flows.json"
        self._counters = CounterFiles(collector, folder / "flows.counters")
        self._texts = exporter_state.exporter_texts()

    def load(self) -> None:
        """Go on where the last run ended, in good order or not."""
        number = exporter_state.load(self._collector, self._path)
        # Counters are written far more often than flows' totals: totals of another number are older than the counters.
        if self._counters.load() and self._counters.number != number:
            for exporter in self._collector.exporters.values():
                exporter.total_counters.doubt()

    def keep(self) -> None:
        """Write the counters. Raises OSError where they cannot be written."""
        self._counters.write()
        if self._counters.failure is not None:
            raise self._counters.failure

    def state(self) -> bytes:
        """What there is to ``save``, and the counters of the same moment written where they can be."""
        settle(self._collector)
        self._counters.write()
        return exporter_state.state_bytes(self._collector, self._counters.number, self._texts)

    def save(self, body: bytes) -> None:
        """Write that state, and all to the disk. Raises OSError; the file of before then still stands."""
        exporter_state.write(body, self._path)
        self._counters.sync()

    def close(self) -> None:
        """End in good order. Raises OSError."""
        settle(self._collector)
        self._counters.write(ended=True)
        body = exporter_state.state_bytes(self._collector, self._counters.number, self._texts)
        try:
            self.save(body)
        finally:
            self._counters.close()
