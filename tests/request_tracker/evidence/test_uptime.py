"""Availability has one definition: unmeasured is neither up nor down, and every paper of a day says the same."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tracker_office import CALENDAR, CITY, MONDAY
from tracker_tsdb import serving_past

from request_tracker.cases import Desk
from request_tracker.evidence.bandwidth import bandwidth_report
from request_tracker.evidence.outage import report
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.evidence.uptime import (
    Query,
    Uptime,
    asked_of_opd,
    midnight,
    minutes_of,
    month_before,
    of_opd,
    read_uptime,
    said,
)
from request_tracker.evidence.uptime_days import keep_between, keep_recent, kept_days
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile, ticket

UNTIL = CALENDAR.local(MONDAY).date()
SINCE = UNTIL - timedelta(days=30)
LINK = next(link.name for link in CITY.links if link.opd == "dinkes")
DAY_MINUTES = 1440
# Of the thirty days the first ten were not measured; on the twentieth the line was down for an hour and a half.
BEGUN = midnight(SINCE + timedelta(days=10), CALENDAR.zone)
DOWN = midnight(SINCE + timedelta(days=20), CALENDAR.zone)
MEASURED = Uptime(30 * DAY_MINUTES, 20 * DAY_MINUTES, 20 * DAY_MINUTES - 90)


def past() -> str:
    """A sample a minute; the next day begins with minutes that count for none of these thirty."""
    lines = ["# TYPE lebarpita_reachable gauge"]
    end = midnight(UNTIL, CALENDAR.zone) + 600
    # Half a minute before each minute, as scrapes never hit it.
    times = range(int(BEGUN) - 30, int(end), 60)
    labels = f'opd="dinkes",link="{LINK}"'
    for at in times:
        lines.append(f"lebarpita_reachable{{{labels}}} {float(not DOWN <= at + 30 < DOWN + 5400)} {at}")
    return "\n".join((*lines, "# EOF", ""))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving_past(Path(tmp_path_factory.mktemp("month")), past()) as address:
        yield address


def of_dinkes(desk: Desk, url: str | None, queries: list[Query] | None = None) -> Uptime:
    asked: list[Query] = [] if queries is None else queries
    return read_uptime(Prometheus(url), desk, (of_opd("dinkes"), asked_of_opd("dinkes")), (SINCE, UNTIL), asked)


def test_what_was_not_measured_is_neither_up_nor_down(desk: Desk, month: str) -> None:
    assert month_before(desk, MONDAY) == (SINCE, UNTIL)
    queries: list[Query] = []
    found = of_dinkes(desk, month, queries)
    assert found == MEASURED and found.down == 90
    assert found.share == pytest.approx(1 - 90 / (20 * DAY_MINUTES)) and found.measured_share == pytest.approx(2 / 3)
    assert [Prometheus(month).first_value(*query) for query in queries] == [found.up, found.measured]


def test_days_that_are_over_are_kept_and_give_the_same_figure_without_the_monitoring(desk: Desk, month: str) -> None:
    at, kept = MONDAY, list[str]()
    while more := keep_recent(desk, Prometheus(month), at):
        kept += more
    # The newest first; what was never measured is not kept, for the monitoring may only have been away.
    assert kept == [(UNTIL - timedelta(days=n)).isoformat() for n in range(1, 21)]
    assert of_dinkes(desk, month) == MEASURED
    minutes = 30 * DAY_MINUTES
    assert kept_days(desk.store, (SINCE, UNTIL), minutes)[of_opd("dinkes")].uptime == MEASURED
    days = (SINCE + timedelta(days=10), UNTIL)
    same = read_uptime(Prometheus(None), desk, (of_opd("dinkes"), asked_of_opd("dinkes")), days, [])
    assert (same.measured, same.up) == (MEASURED.measured, MEASURED.up)
    with pytest.raises(NoData):
        of_dinkes(desk, None)


def test_a_quarter_keeps_what_is_over_and_leaves_today(desk: Desk, month: str) -> None:
    keep_between(desk, Prometheus(month), (SINCE, UNTIL + timedelta(days=40)), MONDAY)
    days = desk.store.value("SELECT max(day) FROM measured_days")
    assert days == (UNTIL - timedelta(days=1)).isoformat()
    subjects = desk.store.value("SELECT count(DISTINCT subject) FROM measured_days")
    assert subjects == len(CITY.opds) + len(CITY.uplinks)


def test_the_papers_of_a_day_say_the_same_of_an_office_and_of_its_own_line(desk: Desk, month: str) -> None:
    told = OutageRecord(LINK, "opd", "link_down", ("dinkes",), MONDAY.timestamp(), MONDAY.timestamp() + 60, "watch")
    (number,) = reconcile(desk, [told], MONDAY + timedelta(hours=5))
    row, prometheus = ticket(desk, number), Prometheus(month)
    assert row is not None
    outage = report(prometheus, desk, row, MONDAY.timestamp() + 300)
    for hours in (0, 7):
        use = bandwidth_report(prometheus, desk, "dinkes", MONDAY + timedelta(hours=hours))
        assert (use.availability, use.availability_measured) == (MEASURED.share, MEASURED.measured_share)
        assert (outage.availability, outage.availability_measured) == (use.availability, use.availability_measured)
    assert outage.availability_least == use.availability_least == 0.5


@pytest.mark.parametrize(
    ("share", "measured", "indonesian", "english"),
    [
        (1 - 1 / 43_200, 1.0, "99,99 % (terukur 100 % waktu)", "99.99 % (100 % of the time measured)"),
        (1.0, 0.9999, "100,00 % (terukur 99 % waktu)", "100.00 % (99 % of the time measured)"),
        (0.9986, 0.58, "99,86 % (terukur 58 % waktu)", "99.86 % (58 % of the time measured)"),
        (0.88, 0.001, "belum dapat dinilai (terukur kurang dari 1 % waktu)",
         "cannot be judged yet (less than 1 % of the time measured)"),
        (None, 0.0, "tidak terukur", "not measured"),
    ],
)  # fmt: skip
def test_a_share_is_never_rounded_up(share: float | None, measured: float, indonesian: str, english: str) -> None:
    assert said(share, measured, 0.5) == (indonesian, english)


def test_windows_add_up_and_nothing_is_said_of_too_little() -> None:
    week, day = Uptime(10_080, 5_040, 5_000), Uptime(1_440, 0, 0)
    both = week + day
    assert (both.minutes, both.measured, both.down) == (11_520, 5_040, 40)
    assert week.judged(0.5) == pytest.approx(5_000 / 5_040) and both.judged(0.5) is None and day.share is None


def test_a_day_has_the_minutes_that_the_zone_gives_it() -> None:
    assert minutes_of(date(2026, 3, 29), CALENDAR.zone) == DAY_MINUTES
    assert datetime.fromtimestamp(midnight(UNTIL, CALENDAR.zone), UTC).hour == 17
