"""Proof of what is in force: a reading as the tracker takes it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from inventory.model import City
from shaping.drivers.base import Reading
from shaping.ledger import Revision
from shaping.queues import Queue


def problems(revision: Revision, reading: Reading) -> list[str]:
    """Every wanted queue that is not in force, or is not known to be; empty where the revision is proven."""
    return _problems(revision.queues, reading)


def faults_of(revision: Revision, reading: Reading) -> list[str]:
    """Why an apply must be taken back: the same, but for what is written well and the device reads later by itself."""
    return _problems([queue for queue in revision.queues if queue.key not in reading.awaited], reading)


def _problems(queues: Sequence[Queue], reading: Reading) -> list[str]:
    sentences = list(reading.faults)
    for queue in queues:
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
    identity: dict[str, Any] = {"revision": revision.number, "hash": revision.hash, "readback": back}
    if revision.as_of is not None:
        identity["as_of"] = revision.as_of
    undecided = [{"opd": opd, "direction": direction} for opd, direction in sorted(reading.undecided)]
    open_ = {"undecided": undecided} if undecided else {}
    return {**identity, **about, **reading.evidence, **open_, "ok": not wrong, "problems": wrong}


def agent_name(city: City, uplink: str) -> str:
    """The device's, with the uplink's where one device shapes several: each agent's proofs are its own."""
    device = city.uplink(uplink).device
    alone = sum(other.device == device for other in city.uplinks) == 1
    return device if alone else f"{device}/{uplink}"


def _rates(queue: Queue) -> str:
    return f"{queue.guaranteed_bytes_per_second}/{queue.ceiling_bytes_per_second}"
