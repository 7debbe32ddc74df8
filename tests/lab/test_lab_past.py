"""The demo's made-up month in a real Prometheus: evidence reads thirty days of it, and each series says what it is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from tracker_office import new_desk
from tree import EXAMPLE_CITY

from inventory.reading import read_city
from lab.day import end_of_past
from lab.made_up import MadeUpPast, counters, hours, recorded
from lab.past import write_past
from request_tracker.bench.history import DATABASES, running
from request_tracker.cases import Desk
from request_tracker.evidence.bandwidth import bandwidth_report
from request_tracker.evidence.monitoring import made_up_notes
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.uptime import asked_of_opd, month_before, of_opd, read_uptime
from request_tracker.evidence.use import read_use

END = datetime(2026, 11, 30, 1, 20, tzinfo=UTC).timestamp()
CITY = read_city(EXAMPLE_CITY)
PAST = MadeUpPast(CITY, {opd.code: 2_500_000 for opd in CITY.opds}, END)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("past")
    (folder / "data").mkdir()
    write_past(PAST, folder / "data")
    with running(DATABASES[0], folder) as url:
        yield url


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path)
    yield made
    made.store.close()


def test_no_five_minutes_have_invented_and_measured_samples_in_them() -> None:
    assert end_of_past(END + 299) == END - 300
    assert end_of_past(END) == END - 300


def test_every_series_is_marked_and_has_a_row_of_values() -> None:
    series = (counters(CITY), recorded(CITY))
    assert all(("made_up", "yes") in row.labels for group in series for row in group)
    first = next(hours(PAST))
    assert [values.values.shape[0] for values in first] == [len(group) for group in series]


def test_evidence_reads_thirty_days_of_it_and_says_that_they_were_made_up(past: str, desk: Desk) -> None:
    prometheus, now = Prometheus(past, made_up_before=END), datetime.fromtimestamp(END, UTC)
    report = bandwidth_report(prometheus, desk, "dinkes", now)
    assert report.measured > 0.99
    assert "Data karangan (demo)" in report.notes[0] and "30-11-2026 08.20" in report.notes[0]
    # The office of the letter is near its ceiling, by ports; one that flows measure has its month as well.
    assert report.receive.p95 is not None and 0.8 < report.receive.p95 / 2_500_000 < 1
    assert read_use(prometheus, CITY, ("dinsos", "receive"), END, 30).measured(30) > 0.99


def test_a_line_that_was_cut_is_seen_in_its_availability(past: str, desk: Desk) -> None:
    now = datetime.fromtimestamp(END, UTC)
    of = (of_opd("dinkes"), asked_of_opd("dinkes"))
    uptime = read_uptime(Prometheus(past), desk, of, month_before(desk, now), [])
    # 92 minutes, in whole five minutes.
    assert uptime.down == 95 and uptime.measured_share > 0.99


def test_nothing_is_called_made_up_where_nothing_of_the_window_was(desk: Desk) -> None:
    assert made_up_notes(Prometheus(None), desk.calendar, END, 30) == ()
    assert made_up_notes(Prometheus(None, made_up_before=END), desk.calendar, END + 86_400, 1) == ()
    assert made_up_notes(Prometheus(None, made_up_before=END), desk.calendar, END + 86_399, 1)


def test_boards_have_what_the_rules_would_have_recorded(past: str) -> None:
    question = {"query": 'count by (__name__) ({made_up="yes", __name__=~".*:.*"})', "time": str(END)}
    rows = requests.get(f"{past}/api/v1/query", params=question, timeout=60).json()["data"]["result"]
    counts = {row["metric"]["__name__"]: int(row["value"][1]) for row in rows}
    assert counts["opd:receive:rate5m"] == counts["opd:receive:mean5m"] == len(CITY.opds)
    assert counts["uplink:utilisation:ratio"] == counts["uplink:mean5m:ratio"] == 2
