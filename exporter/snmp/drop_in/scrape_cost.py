"""What a drop-in page says of its own scrape, as snmp_exporter names it: a session in, samples out."""

import time

from exporter.metrics import Metric, Sample
from exporter.snmp.engines.interface import Session

_WALK = Metric("snmp_scrape_walk_duration_seconds", "gauge", "Time SNMP walk/bulkwalk took.")
_ROWS = Metric("snmp_scrape_pdus_returned", "gauge", "PDUs returned from get, bulkget, and walk.")
_SENT = Metric("snmp_scrape_packets_sent", "gauge", "Packets sent for get, bulkget, and walk; including retries.")
_RETRIED = Metric("snmp_scrape_packets_retried", "gauge", "Packets retried for get, bulkget, and walk.")
_WHOLE = Metric("snmp_scrape_duration_seconds", "gauge", "Total SNMP time scrape took (walk and processing).")


class CostMeter:
    """Begins when it is made; ``walked`` when the device has been read."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._began = time.perf_counter()
        self._sent, self._retried = session.sent, session.retried
        self._rows, self._walk = 0, 0.0

    def walked(self, rows: int) -> None:
        """The device was read, with so many rows."""
        self._rows, self._walk = rows, time.perf_counter() - self._began

    def families(self) -> list[tuple[Metric, list[Sample]]]:
        """The five samples."""
        return [
            (_WALK, [((), self._walk)]),
            (_ROWS, [((), self._rows)]),
            (_SENT, [((), self._session.sent - self._sent)]),
            (_RETRIED, [((), self._session.retried - self._retried)]),
            (_WHOLE, [((), time.perf_counter() - self._began)]),
        ]
