"""One message for an outage, with what a person must know, and one when it is over; never half a word."""

from datetime import timedelta
from pathlib import Path

import pytest
from receivers import Heard, config
from tracker_office import MONDAY
from tracker_site import NOW, Site

from request_tracker.cases import Desk
from request_tracker.notifications.delivery import send_outbox
from request_tracker.outages.back_again import tell_ends
from request_tracker.outages.call_text import LONGEST_TEXT, OFFICES_NAMED, cut, facts_of, facts_of_the_end
from request_tracker.outages.follow import escalate
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.people.addresses import set_address

# Apprise loads every plug-in at its first use, and one of them still imports a module that Python 3.13 drops.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
BEGAN = MONDAY.timestamp()


def record(offices: tuple[str, ...] = ("rsud",), ended: float | None = None) -> OutageRecord:
    return OutageRecord("agg-timur", "link", "link_down", offices, BEGAN, ended, "watch")


def test_PKL_G_ESC_a_call_says_what_since_when_why_whom_and_what_to_look_at(desk: Desk) -> None:
    (number,) = reconcile(desk, [record()], MONDAY)
    assert facts_of(desk, number) == [
        "Router distribusi timur",
        f"Sejak / since: {MONDAY.astimezone(desk.calendar.zone):%d-%m-%Y %H.%M} WIB",
        "Sebab / cause: tautan mati / link down",
        "OPD terputus / offices cut off: 1: Rumah Sakit Umum Daerah",
        "Periksa dulu / look first at: listrik, kabel dan port di kedua ujung / power, cable and port at both ends",
    ]


@pytest.mark.parametrize("longest", [10, 3000])
def test_PKL_G_ESC_six_hundred_offices_behind_one_trunk_are_twenty_names_and_a_number(desk: Desk, longest: int) -> None:
    offices = tuple(f"{'kantor ' * (longest // 7)}{number}" for number in range(600))
    (number,) = reconcile(desk, [record(offices)], MONDAY)
    (line,) = (line for line in facts_of(desk, number) if line.startswith("OPD terputus"))
    assert "600: " in line and line.endswith(f", dan {600 - OFFICES_NAMED} lainnya / and {600 - OFFICES_NAMED} more")
    assert len("\n".join(facts_of(desk, number))) < LONGEST_TEXT - 600


def test_what_is_too_long_is_cut_at_a_word() -> None:
    assert cut("satu dua tiga", 13) == "satu dua tiga"
    assert cut("satu dua tiga", 12) == "satu dua…"
    assert cut("satu dua tiga", 9) == "satu dua…"
    assert len(cut("kata " * 2000)) <= LONGEST_TEXT


def test_PKL_G_ESC_its_end_is_one_message_with_its_minutes_to_whom_the_call_reached(
    site: Site, tmp_path: Path, chat: Heard
) -> None:
    set_address(site.desk.store, site.enter("technician"), "chat:piket", ("chat",), NOW)
    desk, settings = site.desk, config(tmp_path, "chat")

    def sent() -> None:
        while send_outbox(desk, settings, NOW + timedelta(minutes=13)):
            pass

    began = NOW.timestamp()
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud",), began, None, "watch")
    (number,) = reconcile(desk, [told], NOW)
    escalate(desk, NOW)
    sent()
    # One message: the step that waits is not told beside the call.
    assert [title for place, title, _ in chat.told if place == "piket"] == [
        f"{number}: Gangguan belum ada yang menangani."
    ]
    assert tell_ends(desk, NOW) == []
    over = OutageRecord("agg-timur", "link", "link_down", ("rsud",), began, began + 12 * 60, "watch")
    reconcile(desk, [over], NOW + timedelta(minutes=12))
    assert tell_ends(desk, NOW + timedelta(minutes=12)) == [number]
    assert tell_ends(desk, NOW + timedelta(minutes=13)) == []
    sent()
    ends = [(title, text) for place, title, text in chat.told if "pulih" in title and place == "piket"]
    assert [title for title, _ in ends] == [f"{number}: Gangguan pulih."]
    assert "Putus / down: 12 menit / minutes" in ends[0][1] and f"/gangguan/{number}" in ends[0][1]


def test_nobody_is_told_of_an_end_whom_no_call_has_reached(desk: Desk) -> None:
    (number,) = reconcile(desk, [record()], MONDAY)
    escalate(desk, MONDAY)
    reconcile(desk, [record(ended=BEGAN + 30)], MONDAY)
    assert tell_ends(desk, MONDAY + timedelta(minutes=1)) == []
    assert "Putus / down: 1 menit / minutes" in facts_of_the_end(desk, number)
