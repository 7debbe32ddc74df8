"""Proof of what is in force: the read-back as the tracker takes it, and verdicts on the delivery. Pure."""

from collections.abc import Mapping
from typing import Any

from inventory.admission import DIRECTIONS
from shaping.drivers.linux.classes import Class
from shaping.drivers.linux.htb import Counted
from shaping.ledger import Revision

WINDOW_SECONDS = 15.0
_IDLE_BYTES_PER_SECOND = 1_000
_MET, _CAPPED = 0.98, 0.97


def proof_body(
    revision: Revision, read: Mapping[str, Mapping[int, Class]], minors: Mapping[str, int], about: Mapping[str, Any]
) -> dict[str, Any]:
    """``POST /api/proofs``. ``read`` holds the classes by direction; ``about`` agent, times and plan."""
    back = []
    problems = []
    for opd in sorted({opd for opd, _ in revision.rates}):
        for way in DIRECTIONS:
            one = read[way].get(minors[opd])
            wanted = revision.rates[opd, way]
            if one is None:
                problems.append(f"{opd} {way}: the class {minors[opd]:x} is not there")
                continue
            back.append({"opd": opd, "direction": way, "guaranteed": one.rate, "ceiling": one.ceil})
            if (one.rate, one.ceil) != (wanted.guaranteed, wanted.ceiling):
                problems.append(
                    f"{opd} {way}: read back {one.rate}/{one.ceil}, wanted {wanted.guaranteed}/{wanted.ceiling}"
                )
    told = {"revision": revision.number, "hash": revision.hash, "driver": "linux", "readback": back}
    return {**told, **about, "ok": not problems, "problems": problems}


def verdict(one: Class, before: Counted, after: Counted, seconds: float) -> str:
    """``idle``, ``below`` (by choice), ``met`` (under contention), ``capped`` or ``missed``."""
    rate = (after.bytes - before.bytes) / seconds
    contended = after.drops > before.drops or after.backlog > 0
    if rate < _IDLE_BYTES_PER_SECOND and not contended:
        return "idle"
    if not contended:
        return "below"
    if rate >= _CAPPED * one.ceil:
        return "capped"
    return "met" if rate >= _MET * one.rate else "missed"
