"""OPDs measured by their RouterOS simple queue (MIKROTIK-MIB mtxrQueueSimpleTable). Names walked seldom, then one GET.

A queue counts "in" what comes from its target and "out" what goes to it, so receive (towards the OPD) is out. The name
is asked with the counters: RouterOS numbers queues anew when one is removed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.snmp.device.plan import OpdQueue
from exporter.snmp.device.reading import EXACT, counter
from exporter.snmp.device.requests import ObjectGroup
from exporter.snmp.engines.interface import Session
from exporter.snmp.wire.ber import Value

QUEUE_NAME = "1.3.6.1.4.1.14988.1.1.2.1.1.2"
# Columns of mtxrQueueSimpleTable (MIKROTIK-MIB).
BYTES_IN, BYTES_OUT, PACKETS_IN, PACKETS_OUT = (f"1.3.6.1.4.1.14988.1.1.2.1.1.{n}" for n in (8, 9, 10, 11))
# As a reading has them: received, transmitted; bytes, then packets.
COUNTERS = (BYTES_OUT, BYTES_IN, PACKETS_OUT, PACKETS_IN)


@dataclass(frozen=True)
class QueuePlace:
    """Where an OPD's queue is now."""

    queue: OpdQueue
    index: str

    @property
    def oid(self) -> str:
        """The object that must still hold the queue's name."""
        return f"{QUEUE_NAME}.{self.index}"

    @property
    def group(self) -> ObjectGroup:
        """What to ask for."""
        return ObjectGroup(self.oid, tuple(f"{column}.{self.index}" for column in COUNTERS))


async def find_queues(session: Session, wanted: tuple[OpdQueue, ...]) -> tuple[QueuePlace, ...]:
    """The places of the wanted queues; one that is missing or stands twice has none. Raises SnmpFailure."""
    if not wanted:
        return ()
    indexes: dict[bytes, list[str]] = {}
    for oid, name in await session.walk(QUEUE_NAME):
        if isinstance(name, bytes):
            indexes.setdefault(name, []).append(oid.removeprefix(f"{QUEUE_NAME}."))
    candidates = ((queue, indexes.get(queue.name.encode(), [])) for queue in wanted)
    return tuple(QueuePlace(queue, places[0]) for queue, places in candidates if len(places) == 1)


def read_queues(places: tuple[QueuePlace, ...], values: Mapping[str, Value]) -> dict[str, tuple[int | None, ...]]:
    """Per OPD its four counters: bytes received and transmitted, packets received and transmitted."""
    return {
        place.queue.opd: tuple(_count(values.get(f"{column}.{place.index}")) for column in COUNTERS) for place in places
    }


def _count(value: Value | None) -> int | None:
    count = counter(value)
    return None if count is None else count % EXACT
