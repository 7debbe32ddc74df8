"""Evidence out of synthetic histories whose answers are known: a real Prometheus beside a plain reckoning."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from tracker_office import MBIT
from tracker_tsdb import serving_past
from use_histories import (
    BEGIN,
    DAYS,
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
    text,
    without,
)

from request_tracker.capacity.whatif import AllocationWish, what_if
from request_tracker.cases import Allocation, Desk
from request_tracker.evidence import prometheus
from request_tracker.evidence.advice import USUAL
from request_tracker.evidence.bandwidth import bandwidth_report
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.steps import line_of_opd, means_query, read_steps
from request_tracker.evidence.usage import Evidence, UseQuestion, gather
from request_tracker.evidence.use import read_use, read_uses
from request_tracker.ledger import allocations
from runtime.bounded_http import Bounds

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


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A real Prometheus that has scraped them."""
    with pytest.MonkeyPatch.context() as patch:
        # A machine that runs many tests at once may be slower than a page would wait.
        patch.setattr(prometheus, "_BOUNDS", Bounds(60.0, 61.0, prometheus.MOST_BYTES))
        with serving_past(tmp_path_factory.mktemp("histories"), text(histories())) as address:
            yield Prometheus(address)


@pytest.fixture
def month(desk: Desk) -> Desk:
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


@pytest.mark.parametrize("opd", ["dinkes", "rsud", "dishub", "dpupr"])
@pytest.mark.parametrize("way", ["receive", "transmit"])
def test_BTM_06_p95_peak_and_hours_are_those_of_a_plain_reckoning(
    past: Prometheus, month: Desk, opd: str, way: str
) -> None:
    means = means_of(opd, way)
    found = getattr(gather(past, month, UseQuestion(opd, None, NOW)), way)
    assert found.p95 == pytest.approx(plain_p95(means), rel=0.001)
    assert found.peak == pytest.approx(max(means.values()), rel=0.001)

    def ceiling(at: int) -> float:
        return SIXTY if opd == "dishub" and at >= LEAP else TWENTY

    assert found.hours_above == pytest.approx(plain_hours(means, ceiling, 0.8), abs=0.1)
    assert found.measured_days == pytest.approx(len(means) * STEP / 86_400, abs=0.01)


def test_two_instances_that_ask_one_port_do_not_double_its_use(past: Prometheus, month: Desk) -> None:
    found = bandwidth_report(past, month, "dinkes", NOW)
    one = plain_p95(means_of("dinkes", "receive"))
    assert found.receive.p95 == pytest.approx(one, rel=0.001) and found.measured > 0.999


def test_hours_are_judged_by_the_ceiling_of_their_time_and_so_is_the_graph(past: Prometheus, month: Desk) -> None:
    found = bandwidth_report(past, month, "dishub", NOW).receive
    means = means_of("dishub", "receive")
    right = plain_hours(means, lambda at: SIXTY if at >= LEAP else TWENTY, 0.8)
    today = plain_hours(means, lambda at: SIXTY, 0.8)
    assert found.above_80 is not None and found.above_80 * len(means) / 12 == pytest.approx(right, abs=0.1)
    assert right > today + 20
    assert found.ceilings == ((BEGIN, TWENTY), (LEAP, SIXTY))


def test_BTM_06_a_full_upload_is_judged_as_a_full_download_would_be(past: Prometheus, month: Desk) -> None:
    found = evidence(past, month, "rsud", 40, 40)
    assert found.verdict == "disarankan_sebagian"
    assert found.advised == {"receive": TWENTY, "transmit": 35 * MBIT}
    assert "Unduh tetap 20 Mbit/s: p95 " in found.reason.indonesian
    assert "unggah 35 Mbit/s: p95 19,6 Mbit/s dari 20 Mbit/s, 720 jam" in found.reason.indonesian
    less = evidence(past, month, "rsud", 10, 10)
    assert less.advised == {"receive": 10 * MBIT, "transmit": TWENTY}
    assert "Unduh turun ke 10 Mbit/s" in less.reason.indonesian


def test_BTM_06_the_verdict_names_its_number_and_a_tenfold_wish_is_not_granted_whole(
    past: Prometheus, month: Desk
) -> None:
    found = evidence(past, month, "dinkes", 190, 20)
    p95 = plain_p95(means_of("dinkes", "receive"))
    assert found.verdict == "disarankan_sebagian" and found.advised["receive"] == 30 * MBIT
    assert 16 * MBIT < p95 < 18 * MBIT
    assert (
        found.reason.indonesian.startswith("Unduh 30 Mbit/s: p95 1") and "jam dalam 30 hari" in found.reason.indonesian
    )
    assert evidence(past, month, "dinkes", 25, 20).verdict == "disarankan"


def test_BTM_06_nine_days_of_gap_and_reboots_are_judged_and_two_days_of_thirty_are_not(
    past: Prometheus, month: Desk
) -> None:
    gap = evidence(past, month, "dpupr", 30, 20)
    assert gap.verdict in ("disarankan", "disarankan_sebagian") and 20.9 < gap.measured_days < 21
    short = evidence(past, month, "bappeda", 30)
    assert short.verdict == "belum_dinilai" and short.measured_days == pytest.approx(2, abs=0.01)
    assert "Unduh terukur 2 dari 30 hari; penilaian memerlukan paling sedikit 50 %" in short.reason.indonesian
    none = evidence(past, month, "disdik", 30)
    assert none.verdict == "belum_dinilai" and "terukur 0 dari 30 hari" in none.reason.indonesian


def test_more_than_the_port_can_carry_is_said_left_out_and_not_judged(past: Prometheus, month: Desk) -> None:
    found = evidence(past, month, "bpkad", 30, 20)
    assert found.receive.peak is not None and found.receive.peak < 102 * MBIT
    assert any("kecepatan portnya (100 Mbit/s)" in note.indonesian for note in found.notes)
    assert found.verdict == "belum_dinilai" and "tidak dapat dipercaya" in found.reason.indonesian


def test_flows_that_contradict_the_port_are_said(past: Prometheus, month: Desk) -> None:
    found = evidence(past, month, "satpolpp", 30)
    assert ["aliran (flow) mencatat 60 %" in note.indonesian for note in found.notes] == [True]
    assert evidence(past, month, "dinkes", 30).notes == ()


def test_a_month_of_real_answers_is_replayed_and_who_was_at_its_ceiling_may_gain_for_as_long(
    past: Prometheus, month: Desk
) -> None:
    wish = AllocationWish("dinkes", Allocation(2 * MBIT, 40 * MBIT, 2 * MBIT, TWENTY), NOW, USUAL)
    # One was measured on two days, one has nine days of gap, five of twelve not at all: of download less than half.
    assert what_if(past, month, wish).ways[0].effects == ()
    easier = USUAL.model_copy(update={"least_measured_percent": 40})
    down, up = what_if(past, month, replace(wish, rule=easier)).ways
    held = plain_hours(means_of("dinkes", "receive"), lambda at: TWENTY, 0.95)
    assert down.held_hours == pytest.approx(held, abs=0.1) and held > 1
    (gain,) = down.effects[0].replay.changes
    assert gain.opd == "dinkes" and gain.gains.high == down.held_hours
    assert down.measured == pytest.approx(1, abs=0.001) and 0.4 < down.measured_all < 0.5
    assert up.effects[0].replay.changes == ()


@pytest.mark.parametrize("way", ["receive", "transmit"])
def test_many_offices_at_once_are_read_as_each_alone(past: Prometheus, month: Desk, way: str) -> None:
    opds = [*histories(), "disdik"]
    together = read_uses(past, month.city, (opds, way), float(END))
    alone = {opd: read_use(past, month.city, (opd, way), float(END), DAYS) for opd in opds}
    assert {opd: use.points for opd, use in together.items()} == {opd: u.points for opd, u in alone.items() if u.points}
    assert {opd: use.impossible for opd, use in together.items()} == {
        opd: use.impossible for opd, use in alone.items() if use.points
    }


def test_ninety_days_of_five_minutes_are_asked_for_in_parts(past: Prometheus) -> None:
    query = means_query(past, line_of_opd("dinkes", "receive", "interface"), float(END), 90)
    assert query is not None
    points = read_steps(past, query, float(END), 90)
    assert len(points) == pytest.approx(DAYS * 288, abs=2) and len({at for at, _ in points}) == len(points)
