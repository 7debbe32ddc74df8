"""What has gone wrong with an OPD's figures, one OPD for each thing, and the desk that knows their ceilings."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

import pytest
from tracker_office import MBIT
from use_histories import (
    BEGIN,
    END,
    STEP,
    Counter,
    counted,
    later,
    moment,
    office_hours,
    plain_hours,
    plain_means,
    plain_p95,
    without,
)

from request_tracker.cases import Allocation, Desk
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.usage import Evidence, UseQuestion, gather
from request_tracker.ledger import allocations

NOW = datetime.fromtimestamp(END, UTC)
TWENTY, SIXTY = 20 * MBIT, 60 * MBIT
LEAP = moment(15, 3)


@cache
def histories() -> Mapping[str, Mapping[str, tuple[Counter, ...]]]:
    """One OPD for each thing that has gone wrong."""
    busy, quiet = office_hours(18, 3, seed=1), office_hours(3, 1, seed=2)
    slow = {way: counted(rate, STEP) for way, rate in (("busy", busy), ("quiet", quiet))}
    down, up = counted(busy), counted(quiet)
    gap = without(counted(busy, STEP, resets=(moment(3, 4.1), moment(20, 5.05), moment(20, 9))), moment(8), moment(17))
    impossible = counted(lambda at: 300 * MBIT if at % 18_000 < STEP else busy(at), STEP)
    return {
        # Two instances ask one port, half a minute apart.
        "dinkes": {
            "receive": (Counter(down), Counter(later(down, 27), "b")),
            "transmit": (Counter(up), Counter(later(up, 27), "b")),
        },
        # The upload is full all month, the download idle.
        "rsud": {
            "receive": (Counter(slow["quiet"]),),
            "transmit": (Counter(counted(lambda _: 19.6 * MBIT, STEP)),),
        },
        "dishub": {
            "receive": (Counter(counted(lambda at: busy(at) if at < LEAP else 2 * busy(at), STEP)),),
            "transmit": (Counter(slow["quiet"]),),
        },
        "dpupr": {"receive": (Counter(gap),), "transmit": (Counter(slow["quiet"]),)},
        "bappeda": {way: (Counter(without(slow["busy"], 0, moment(28))),) for way in ("receive", "transmit")},
        "bpkad": {"receive": (Counter(impossible),), "transmit": (Counter(slow["quiet"]),)},
        "satpolpp": {
            way: (Counter(slow["busy"]), Counter(tuple((at, n * 6 // 10) for at, n in slow["busy"]), source="flow"))
            for way in ("receive", "transmit")
        },
    }


def know_ceilings(desk: Desk) -> Desk:
    """The desk with 20 Mbit/s for everybody since before the window, and the leap of one OPD to 60 Mbit/s."""
    write(desk, list(histories()), TWENTY, BEGIN - 86_400)
    write(desk, ["dishub"], SIXTY, LEAP)
    return desk


def write(desk: Desk, opds: list[str], ceiling: int, at: float) -> None:
    """The same ceiling both ways for these OPDs from a moment on."""
    rates = Allocation(2 * MBIT, ceiling, 2 * MBIT, ceiling)
    changes = [allocations.Change(opd, rates, "system", None, "uji") for opd in opds]
    with desk.store.transaction() as db:
        allocations.write(desk.store, db, changes, datetime.fromtimestamp(at, UTC))


def means_of(opd: str, way: str) -> dict[int, float]:
    """What the reckoning says of the first counter of an OPD."""
    return plain_means(histories()[opd][way][0].samples)


def evidence(past: Prometheus, desk: Desk, opd: str, receive: int, transmit: int | None = None) -> Evidence:
    """The evidence on a wish of so many Mbit/s."""
    up = transmit if transmit is not None else receive
    wanted = Allocation(2 * MBIT, receive * MBIT, 2 * MBIT, up * MBIT)
    return gather(past, desk, UseQuestion(opd, wanted, NOW))


def ceiling_of(opd: str, at: int) -> float:
    """The ceiling that was in force then, bytes per second."""
    return float(SIXTY if opd == "dishub" and at >= LEAP else TWENTY)


def judged_as_reckoned(past: Prometheus, desk: Desk, opd: str, way: str) -> None:
    """Fails where one direction of the evidence is not what the plain reckoning says."""
    means = means_of(opd, way)
    found = getattr(gather(past, desk, UseQuestion(opd, None, NOW)), way)
    assert found.p95 == pytest.approx(plain_p95(means), rel=0.001)
    assert found.peak == pytest.approx(max(means.values()), rel=0.001)
    right = plain_hours(means, lambda at: ceiling_of(opd, at), 0.8)
    assert found.hours_above == pytest.approx(right, abs=0.1)
    assert found.measured_days == pytest.approx(len(means) * STEP / 86_400, abs=0.01)
