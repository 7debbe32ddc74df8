"""Proof of what is in force: a reading as the tracker takes it, and verdicts on the delivery. Pure."""

from collections.abc import Mapping
from typing import Any

from shaping.drivers.base import Reading
from shaping.ledger import Revision
from shaping.queues import Count, Queue

# A verdict speaks of a quarter of a minute: long against the 50 ms of a queue, short against a scrape of a minute.
WINDOW_SECONDS = 15.0

# 8 kbit/s, ten times the watch's ping of 98 bytes each second: a line that carries no more is not used.
_IDLE_BYTES_PER_SECOND = 1_000

# The design's bound of a guarantee that is met (50-shaping, proof 2): the two readings are not of one moment.
_MET = 0.98

# From 3 % below its ceiling on a queue is at it: as above, and a class's rate was measured to differ by 0.4 %.
_CAPPED = 0.97


def problems(revision: Revision, reading: Reading) -> list[str]:
    """Every wanted queue that is not in force, or is not known to be; empty where the revision is proven."""
    sentences = []
    for queue in revision.queues:
        who, present = f"{queue.opd} {queue.direction}", reading.queues.get(queue.key)
        if present is None:
            sentences.append(f"{who}: {reading.missing.get(queue.key, 'nothing was read')}")
        elif present != queue:
            sentences.append(f"{who}: read back {_rates(present)}, wanted {_rates(queue)}")
    return sentences


def proof_body(revision: Revision, reading: Reading, about: Mapping[str, Any]) -> dict[str, Any]:
    """``POST /api/proofs``; ``about`` holds agent, driver, times, plan. ``readback`` holds only what was shown.

    ``undecided`` names queues of which nobody can say it: each has its sentence in ``problems`` too.
    """
    present = [reading.queues[queue.key] for queue in revision.queues if queue.key in reading.queues]
    back = [{"opd": queue.opd, "direction": queue.direction, **queue.rates} for queue in present]
    wrong = problems(revision, reading)
    identity = {"revision": revision.number, "hash": revision.hash, "readback": back}
    undecided = [{"opd": opd, "direction": direction} for opd, direction in sorted(reading.undecided)]
    open_ = {"undecided": undecided} if undecided else {}
    return {**identity, **about, **reading.evidence, **open_, "ok": not wrong, "problems": wrong}


def verdict(queue: Queue, before: Count, after: Count, seconds: float) -> str:
    """``idle``, ``below`` (by choice), ``met`` (under contention), ``capped`` or ``missed``."""
    rate = (after.bytes - before.bytes) / seconds
    # Backlog alone is enough: a queue that stands at the moment of reading is being held back.
    contended = after.drops > before.drops or after.backlog > 0
    if rate < _IDLE_BYTES_PER_SECOND and not contended:
        return "idle"
    if not contended:
        return "below"
    # The ceiling first: a queue that reaches it has had its guarantee as well.
    if rate >= _CAPPED * queue.ceiling_bytes_per_second:
        return "capped"
    return "met" if rate >= _MET * queue.guaranteed_bytes_per_second else "missed"


def _rates(queue: Queue) -> str:
    return f"{queue.guaranteed_bytes_per_second}/{queue.ceiling_bytes_per_second}"
