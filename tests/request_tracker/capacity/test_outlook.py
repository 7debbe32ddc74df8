"""When an uplink is full: known days in, the date with its interval, what requests do to it, what more line buys."""

import inspect
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from daily_use import DailyUse
from tracker_office import CITY, FIFTY, HEAD, MBIT, MONDAY, numbered, request, walk_to
from tracker_site import NOW, Site

from request_tracker.capacity.outlook import LineOutlook, PendingNeed, outlooks, pending_needs
from request_tracker.cases import Allocation, Desk, Sign, history
from request_tracker.cases import fold as fold_of_cases
from request_tracker.cases.fold import OF_THE_WISH, fold
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.ledger import allocations

TODAY = MONDAY.date()
BODIES = re.compile(r"^def (\w+)\(.*?\n((?:[ \n].*\n|\n)+)", re.MULTILINE)
RISING = [100 + day for day in range(31)]
FLAT = [100 + day % 2 for day in range(31)]


def seen(desk: Desk, **ways: Sequence[float]) -> tuple[LineOutlook, LineOutlook]:
    down, up = outlooks(desk, DailyUse(ways=ways), (), MONDAY)
    assert (down.way, up.way) == ("receive", "transmit")
    return down, up


def about(day: date | None, days: int) -> None:
    assert day is not None and abs((day - TODAY).days - days) <= 1


def test_KTM_CT_the_date_is_where_the_line_reaches_95_percent_of_the_capacity(desk: Desk) -> None:
    down, up = seen(desk, receive=RISING, transmit=FLAT)
    # 130 today, one more each day, 190 of 200 may be used; with 100 more line 285 of 300.
    assert down.as_it_is and down.more and down.growth
    about(down.as_it_is.day, 60)
    about(down.more.day, 155)
    assert down.growth.value == pytest.approx(30 * MBIT) and down.with_pending == down.as_it_is
    assert up.as_it_is is not None and up.as_it_is.day is None


def test_KTM_CT_what_open_requests_ask_for_brings_the_date_nearer(desk: Desk) -> None:
    request(desk)
    request(desk, form={"wanted_receive": "30 Mbit/s", "purpose": "lagi"})
    down, up = seen(desk, receive=RISING, transmit=FLAT)
    # The OPD holds 10 and asks for 50 down and 20 up; its smaller wish does not count beside the larger.
    assert down.pending == PendingNeed(40 * MBIT, 1) and up.pending == PendingNeed(10 * MBIT, 1)
    assert down.with_pending and down.more_with_pending
    about(down.with_pending.day, 20)
    about(down.more_with_pending.day, 115)


def test_what_officials_have_set_counts_and_not_what_was_asked_for(desk: Desk) -> None:
    number = request(desk)
    part = replace(FIFTY, receive_ceiling=25 * MBIT)
    walk_to(desk, number, [(HEAD, numbered(Sign("PKL-B-02", note="proses"), part))])
    assert pending_needs(desk, (), MONDAY + timedelta(hours=1))["isp-utama", "receive"] == PendingNeed(15 * MBIT, 1)


def test_the_events_of_the_wish_alone_say_what_the_whole_history_says(desk: Desk) -> None:
    number = request(desk)
    walk_to(desk, number, [(HEAD, numbered(Sign("PKL-B-02", note="proses"), FIFTY))])
    events = history(desk, number)
    assert "allocation_proposed" in {event.kind for event in events}
    for end in range(1, len(events) + 1):
        whole, wish = fold(events[:end]), fold(event for event in events[:end] if event.kind in OF_THE_WISH)
        assert (wish.opd, wish.form, wish.proposal) == (whole.opd, whole.form, whole.proposal)


def test_no_other_event_moves_the_wish() -> None:
    source = inspect.getsource(fold_of_cases)
    moving = {name for name, body in BODIES.findall(source) if re.search(r"\b(opd|form|proposal)=", body)}
    assert moving == {"_opened", "_signed", "_decided"}
    kinds = re.findall(r'"(\w+)": (?:lambda case, event: replace\(\s*case, proposal=|_signed|_decided)', source)
    assert {"opened", *kinds} == {*OF_THE_WISH}


def test_the_interval_holds_the_date_and_a_full_line_is_full_today(desk: Desk) -> None:
    random = Random(7)
    noisy = [100 + 0.8 * day + random.gauss(0, 4) for day in range(60)]
    down, up = seen(desk, receive=noisy, transmit=[195.0 + day % 3 for day in range(30)])
    found = down.as_it_is
    assert found and found.day and found.earliest and found.latest and found.earliest < found.day < found.latest
    assert (found.earliest - TODAY).days < (190 - 100 - 0.8 * 59) / 0.8 < (found.latest - TODAY).days
    assert up.as_it_is and up.as_it_is.day == TODAY


def test_below_fourteen_days_and_without_an_answer_there_is_no_date(desk: Desk) -> None:
    down, _ = seen(desk, receive=RISING[:13], transmit=FLAT)
    assert down.as_it_is is None and down.use.days == 13 and down.use.problem is None
    silent, _ = outlooks(desk, DailyUse(), (), MONDAY)
    assert silent.as_it_is is None and silent.use.problem


def page(site: Site, prometheus: Prometheus) -> str:
    extensions = site.client.application.extensions
    extensions["office"] = replace(extensions["office"], prometheus=prometheus)
    rates = Allocation(2 * MBIT, 10 * MBIT, 2 * MBIT, 10 * MBIT)
    changes = [allocations.Change(opd.code, rates, "system", None, "saldo awal") for opd in CITY.opds]
    with site.desk.store.transaction() as db:
        allocations.write(site.desk.store, db, changes, NOW - timedelta(days=40))
    site.request()
    site.enter("head_of_office")
    return " ".join(site.get("/prospek").split())


def test_the_page_names_lines_by_their_titles_and_says_every_date(site: Site) -> None:
    text = page(site, DailyUse(ways={"receive": RISING, "transmit": FLAT}))
    assert "<h2>ISP Contoh</h2>" in text and "isp-utama" not in text
    assert "Penuh bila semua permohonan dikabulkan dan dipakai" in text and "tidak dalam tiga tahun" in text
    assert "Penuh dengan tambahan 100 Mbit/s" in text and 'href="/prospek"' in text
    site.client.set_cookie("bahasa", "en")
    assert "Full with 100 Mbit/s more" in site.get("/prospek")


def test_the_page_says_where_nothing_was_measured(site: Site) -> None:
    assert "Pemantauan tidak menjawab; tidak ada prospek." in page(site, DailyUse())
