"""Evidence out of synthetic histories whose answers are known: a real Prometheus beside a plain reckoning."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from known_histories import (
    LEAP,
    NOW,
    SIXTY,
    TWENTY,
    evidence,
    histories,
    judged_as_reckoned,
    know_ceilings,
    means_of,
    write,
)
from tracker_office import CALENDAR, CITY, MBIT
from tracker_tsdb import serving_past
from use_histories import BEGIN, DAYS, END, plain_hours, plain_p95, text

from request_tracker.capacity.whatif import AllocationWish, what_if
from request_tracker.cases import Allocation, Desk
from request_tracker.evidence import prometheus
from request_tracker.evidence.advice import USUAL
from request_tracker.evidence.bandwidth import bandwidth_report
from request_tracker.evidence.contradictions import contradictions
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.steps import line_of_opd, means_query, read_steps
from request_tracker.evidence.use import read_use, read_uses
from request_tracker.store.database import Store, migrate
from runtime.bounded_http import Bounds


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
    """The desk with the ceilings of these thirty days."""
    return know_ceilings(desk)


@pytest.mark.parametrize("opd", ["dinkes", "rsud", "dishub", "dpupr"])
@pytest.mark.parametrize("way", ["receive", "transmit"])
def test_BTM_06_p95_peak_and_hours_are_those_of_a_plain_reckoning(
    past: Prometheus, month: Desk, opd: str, way: str
) -> None:
    judged_as_reckoned(past, month, opd, way)


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


def test_BTM_06_before_the_ledger_s_first_row_no_ceiling_is_known_and_that_is_said(
    past: Prometheus, tmp_path: Path
) -> None:
    """Six days before the end the ledger begins; of "dishub" it never does."""
    desk, since = Desk(Store(tmp_path / "tracker.db"), CALENDAR, CITY), END - 6 * 86_400
    migrate(desk.store)
    write(desk, ["dinkes"], TWENTY, since)
    found, means = evidence(past, desk, "dinkes", 30), means_of("dinkes", "receive")
    right = plain_hours({at: mean for at, mean in means.items() if at >= since}, lambda at: TWENTY, 0.8)
    assert found.receive.hours_above == pytest.approx(right, abs=0.1) and found.receive.ceiling_days == 6
    assert "jam di atas 80 % dihitung atas 6 hari yang plafonnya diketahui" in found.reason.indonesian
    (note,) = found.notes
    assert note.indonesian.startswith("Plafon OPD ini diketahui pada 6 dari 30 hari yang terukur. Jam di dekat plafon")
    assert found.data()["receive"]["ceiling_days"] == 6
    report = bandwidth_report(past, desk, "dinkes", NOW)
    assert report.receive.ceiling_share == pytest.approx(0.2, abs=0.001) and report.receive.above_80 is not None
    unknown = evidence(past, desk, "dishub", 30)
    assert (unknown.receive.hours_above, unknown.receive.ceiling_days) == (None, 0)
    assert bandwidth_report(past, desk, "dishub", NOW).receive.above_80 is None


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


def test_a_contradiction_beyond_all_measure_is_said_in_words() -> None:
    said = {books: [note.indonesian for note in contradictions({}, books)] for books in (0.95, 1.2, 10.0, 2.4e6)}
    assert said[0.95] == [] and "mencatat 120 %" in said[1.2][0] and "mencatat 1000 %" in said[10.0][0]
    assert "mencatat lebih dari sepuluh kali byte" in said[2.4e6][0] and "000" not in said[2.4e6][0]


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
