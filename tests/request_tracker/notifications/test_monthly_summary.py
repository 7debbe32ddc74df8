"""The month's summary goes once to whoever of the book wishes it, and never with a figure that was not measured."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from receivers import Heard, config
from tracker_office import CALENDAR, CITY, MBIT

from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.evidence.direction import summary
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.uptime import of_opd
from request_tracker.notifications.delivery import Carriers, Destination, send_outbox, text_of
from request_tracker.notifications.monthly_summary import (
    A_TURN,
    KEEPERS,
    TURN_SECONDS,
    last_month,
    summary_lines,
    tell_months,
)
from request_tracker.outages.call_text import LONGEST_TEXT
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.people.contacts import add_entry, end_monthly, everybody, remove_entry, wish_monthly
from request_tracker.reports.months import MonthFigures, month_of
from request_tracker.reports.periods import Period, month
from request_tracker.store.database import Row
from runtime.rows import RowsFailed

PERSON = {"name": "Narahubung", "phone": "0800", "email": "rsud@opd.invalid"}
NOVEMBER = month("2026-11")
SILENT = "http://127.0.0.1:9"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CALENDAR.zone).astimezone(UTC)


IN_NOVEMBER, FIRST = local("2026-11-23T09:00"), local("2026-12-01T08:00")


def settings(prometheus: str | None = None) -> TrackerConfig:
    return TrackerConfig(
        inventory=Path("city.yaml"),
        database=Path("t.db"),
        files=Path("files"),
        prometheus=prometheus,
        public_url="https://jaringan.contoh.invalid/",
    )


def summaries(desk: Desk) -> list[Row]:
    return desk.store.rows("SELECT * FROM outbox WHERE key LIKE 'monthly:%' ORDER BY id")


def test_who_wishes_it_is_told_once_on_the_first_working_day_of_the_month(desk: Desk) -> None:
    add_entry(desk.store, "opd:dinkes", PERSON, IN_NOVEMBER, monthly=True)
    add_entry(desk.store, "opd:rsud", PERSON, IN_NOVEMBER)
    for early in ("2026-11-30T10:00", "2026-12-01T06:00"):
        assert tell_months(desk, settings(), local(early)) == [], early
    assert tell_months(desk, settings(), FIRST) == ["opd:dinkes"]
    # A tracker that was started anew has nothing but the outbox to know it by.
    for later in ("2026-12-01T08:10", "2026-12-02T08:00", "2026-12-31T10:00"):
        assert tell_months(desk, settings(), local(later)) == [], later
    (row,) = summaries(desk)
    told = json.loads(row["payload"])
    assert row["recipient"] == "contact:1" and told["title"] == CITY.opd("dinkes").name
    assert "https://jaringan.contoh.invalid/bulanan/2026-11/opd/dinkes" in told["step_text"]


def test_the_turn_of_the_year_waits_for_the_first_working_day_and_tells_december(desk: Desk) -> None:
    """1 January 2027 is a holiday and a Friday: Monday the fourth is the first working day."""
    add_entry(desk.store, f"uplink:{CITY.uplinks[0].name}", PERSON, local("2026-12-20T09:00"), monthly=True)
    for early in ("2027-01-01T10:00", "2027-01-03T10:00"):
        assert tell_months(desk, settings(), local(early)) == [], early
    assert tell_months(desk, settings(), local("2027-01-04T08:00")) == [f"uplink:{CITY.uplinks[0].name}"]
    assert summaries(desk)[0]["key"] == "monthly:2026-12:contact:1"
    assert last_month(desk, local("2027-02-28T10:00")).name == "2027-01"


def test_a_wish_holds_from_its_own_month_until_it_is_taken_back(desk: Desk) -> None:
    add_entry(desk.store, "opd:dinkes", PERSON, IN_NOVEMBER)
    entry = everybody(desk.store)[0]["entry"]
    wish_monthly(desk.store, entry, FIRST)
    wish_monthly(desk.store, entry, local("2027-01-02T09:00"))
    assert tell_months(desk, settings(), FIRST) == [], "November was over before anybody wished it"
    assert tell_months(desk, settings(), local("2027-01-04T08:00")) == ["opd:dinkes"]
    end_monthly(desk.store, entry)
    assert everybody(desk.store)[0]["wished_at"] is None
    assert tell_months(desk, settings(), local("2027-02-01T10:00")) == []


def test_who_leaves_the_book_takes_his_wish_along_and_the_journal_has_each_change(desk: Desk) -> None:
    add_entry(desk.store, "opd:dinkes", PERSON, IN_NOVEMBER, monthly=True)
    remove_entry(desk.store, everybody(desk.store)[0]["entry"], IN_NOVEMBER)
    assert desk.store.value("SELECT count(*) FROM monthly_wishes") == 0
    assert tell_months(desk, settings(), FIRST) == []
    kinds = [row["kind"] for row in desk.store.rows("SELECT kind FROM rights_journal ORDER BY seq")]
    assert kinds[-4:] == ["contact_entered", "monthly_wish_set", "monthly_wish_gone", "contact_removed"]


def test_a_silent_monitoring_holds_it_up_is_told_once_and_the_summary_follows(desk: Desk) -> None:
    for opd in ("dinkes", "rsud"):
        add_entry(desk.store, f"opd:{opd}", PERSON, IN_NOVEMBER, monthly=True)
    for moment in (FIRST, FIRST + timedelta(minutes=10), local("2026-12-02T08:00")):
        assert tell_months(desk, settings(SILENT), moment) == []
    assert summaries(desk) == []
    held_up = [row for row in desk.store.rows("SELECT * FROM outbox") if row["recipient"] == KEEPERS]
    assert len(held_up) == 1 and json.loads(held_up[0]["payload"])["template"] == "monthly_waits"
    assert tell_months(desk, settings(), local("2026-12-03T08:00")) == ["opd:dinkes", "opd:rsud"]


def test_a_silent_monitoring_is_asked_for_a_few_a_turn_and_not_for_everybody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for opd in CITY.opds[: A_TURN + 2]:
        add_entry(desk.store, f"opd:{opd.code}", PERSON, IN_NOVEMBER, monthly=True)
    questions = list[object]()

    def counting(*asked: Any) -> MonthFigures:
        questions.append(asked[1])
        return month_of(*asked)

    monkeypatch.setattr("request_tracker.notifications.monthly_summary.month_of", counting)
    assert tell_months(desk, settings(SILENT), FIRST) == []
    assert len(questions) == A_TURN


def test_a_few_are_told_at_a_time_and_an_office_that_left_the_city_holds_nobody_up(desk: Desk) -> None:
    codes = [opd.code for opd in CITY.opds][: A_TURN + 1]
    for code in ("bubar", *codes):
        add_entry(desk.store, f"opd:{code}", PERSON, IN_NOVEMBER, monthly=True)
    few = tell_months(desk, settings(), FIRST)
    assert len(few) == A_TURN and set(few) < {f"opd:{code}" for code in codes}
    rest = tell_months(desk, settings(), FIRST + timedelta(minutes=10))
    assert sorted([*few, *rest]) == sorted(f"opd:{code}" for code in codes)


def test_those_who_fail_each_time_hold_up_nobody_behind_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands first in the book: as many as a turn takes, whose month cannot be worked out."""
    codes = [opd.code for opd in CITY.opds][: A_TURN + 2]
    for code in codes:
        add_entry(desk.store, f"opd:{code}", PERSON, IN_NOVEMBER, monthly=True)

    def broken(desk: Desk, of: tuple[str, str, Period], *rest: Any) -> MonthFigures:
        if of[1] in codes[:A_TURN]:
            raise RuntimeError("a planted fault")
        return month_of(desk, of, *rest)

    monkeypatch.setattr("request_tracker.notifications.monthly_summary.month_of", broken)
    for turn in range(len(codes)):
        with pytest.raises(RowsFailed):
            tell_months(desk, settings(), FIRST + timedelta(seconds=turn * TURN_SECONDS))
    assert {json.loads(row["payload"])["title"] for row in summaries(desk)} == {
        CITY.opd(code).name for code in codes[A_TURN:]
    }


@pytest.fixture
def lived(desk: Desk) -> Desk:
    """A month measured throughout in which the office was cut off for 50 minutes."""
    begun = datetime(2026, 11, 5, 3, tzinfo=UTC).timestamp()
    record = OutageRecord("agg-utara", "link", "link_down", ("dinkes",), begun, begun + 3000, "watch")
    reconcile(desk, [record], datetime(2026, 11, 5, 5, tzinfo=UTC))
    with desk.store.transaction() as db:
        for number in range(30):
            day = (NOVEMBER.since + timedelta(days=number)).isoformat()
            db.execute("INSERT INTO measured_days VALUES (?, ?, 1430, 1440, 10000, 100)", [of_opd("dinkes"), day])
    return desk


def used(figures: MonthFigures, days: int) -> MonthFigures:
    """The same month with a use that is 18 Mbit/s all the time of its first days."""
    begin = int(NOVEMBER.moments(CALENDAR.zone)[0].timestamp())
    points = [(float(at), 18.0 * MBIT) for at in range(begin, begin + days * 86_400, 300)]
    use, ways = summary(points, 20.0 * MBIT, CALENDAR), ("receive", "transmit")
    return replace(figures, use=dict.fromkeys(ways, use), use_measured=dict.fromkeys(ways, days / 30))


def november(desk: Desk) -> MonthFigures:
    return month_of(desk, ("opd", "dinkes", NOVEMBER), FIRST, Prometheus(None))


def test_the_summary_says_what_was_got_in_both_languages(lived: Desk) -> None:
    lines = summary_lines(used(november(lived), 30))
    assert [line.indonesian for line in lines[2:]] == [
        "Pemakaian p95 unduh: 18 Mbit/s",
        "Pemakaian p95 unggah: 18 Mbit/s",
        "Ketersediaan: 99,30 % (terukur 100 % waktu)",
        "Gangguan tercatat: 1 kejadian, 50 menit",
    ]
    assert lines[4].english == "Availability: 99.30 % (100 % of the time measured)"
    assert lines[5].english == "Outages on record: 1, 50 minutes"
    assert lines[0].english.startswith("Allocation, download: ") and "Mbit/s" in lines[0].english


def test_of_what_was_not_measured_or_too_little_no_figure_is_said(desk: Desk) -> None:
    unmeasured = [line.indonesian for line in summary_lines(november(desk))[2:5]]
    assert all(line.endswith("belum dapat dinilai (terukur 0 % waktu)") for line in unmeasured), unmeasured
    short = summary_lines(used(november(desk), 3))
    assert short[2].indonesian == "Pemakaian p95 unduh: belum dapat dinilai (terukur 10 % waktu)"


def test_the_message_stays_within_what_a_channel_takes_whatever_the_office_is_called(lived: Desk) -> None:
    long = "Dinas " * 2000
    opds = tuple(o.model_copy(update={"name": long}) if o.code == "dinkes" else o for o in CITY.opds)
    desk = replace(lived, city=CITY.model_copy(update={"opds": opds}))
    add_entry(desk.store, "opd:dinkes", PERSON, IN_NOVEMBER, monthly=True)
    assert tell_months(desk, settings(), FIRST) == ["opd:dinkes"]
    carriers = Carriers({}, (), "https://jaringan.contoh.invalid")
    title, body = text_of(desk, carriers, Destination("contact:1", "email", ()), summaries(desk)[0], FIRST)
    assert len(body) < LONGEST_TEXT and body.endswith("/bulanan/2026-11/opd/dinkes")
    assert title == "Ringkasan 2026-11: Ringkasan layanan jaringan bulan lalu."


# Apprise loads every plug-in at its first use, and one of them still imports a module that Python 3.13 drops.
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_of_three_hours_that_a_real_monitoring_has_the_mail_says_no_figure(
    desk: Desk, tsdb: str, mail: Heard, tmp_path: Path
) -> None:
    add_entry(desk.store, "opd:dinkes", PERSON, IN_NOVEMBER, monthly=True)
    office = config(tmp_path, "email").model_copy(update={"prometheus": tsdb})
    assert tell_months(desk, office, FIRST) == ["opd:dinkes"]
    assert send_outbox(desk, office, FIRST) == 1
    ((place, title, text),) = mail.told
    assert place == PERSON["email"] and "Ringkasan 2026-11" in title
    assert "Pemakaian p95 unduh: belum dapat dinilai (terukur kurang dari 1 % waktu)" in text
