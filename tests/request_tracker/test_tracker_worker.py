"""The worker beside the pages: it sees what they changed, and sends what stands in the outbox to a real channel."""

import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tracker_office import CALENDAR, MONDAY, new_desk, request

from request_tracker import worker
from request_tracker.calendar import Calendar
from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.days import drop_day, put_day, with_own_days
from request_tracker.reminders import remind
from request_tracker.worker import Worker, send_outbox


def config(folder: Path) -> TrackerConfig:
    return TrackerConfig(inventory=folder / "city.yaml", database=folder / "tracker.db", files=folder)


def test_the_worker_sees_a_holiday_edited_by_page_at_its_next_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk(tmp_path)
    seen: list[Calendar] = []
    day = date(2028, 7, 5)
    twice = threading.Event()
    at_work = Worker(desk, config(tmp_path))

    def look(given: Desk, *_: object) -> None:
        seen.append(given.calendar)
        if len(seen) == 1:
            put_day(given.store, day, "Hari jadi kota", worked=False)
            at_work.hurry()
        else:
            twice.set()

    monkeypatch.setattr(worker, "follow_up", look)
    at_work.start()
    assert twice.wait(10)
    at_work.stop()
    assert day not in seen[0].closed
    assert seen[1].closed[day] == "Hari jadi kota"


def test_the_office_s_own_days_change_the_calendar_and_leave_it_when_dropped(desk: Desk) -> None:
    put_day(desk.store, MONDAY.date(), "Pelantikan", worked=False)
    assert with_own_days(desk).calendar.close_of_day(MONDAY - timedelta(days=3), 1) > MONDAY + timedelta(hours=24)
    drop_day(desk.store, MONDAY.date())
    assert with_own_days(desk).calendar == CALENDAR


class _Channel(BaseHTTPRequestHandler):
    heard: list[str]
    status = 200

    def do_POST(self) -> None:
        self.heard.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Channel]]:
    kind = type("Handler", (_Channel,), {"heard": []})
    server = HTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("CHANNEL", f"json://127.0.0.1:{server.server_port}")
    yield kind
    server.shutdown()
    thread.join()
    server.server_close()


# Apprise loads every plug-in at its first use, and one of them still imports a module that Python 3.13 drops.
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_a_reminder_reaches_the_office_s_channel_in_words_and_only_once(
    desk: Desk, tmp_path: Path, channel: type[_Channel]
) -> None:
    asked = config(tmp_path).model_copy(update={"notify": ("env:CHANNEL",)})
    number = request(desk)
    assert send_outbox(desk, asked, MONDAY) == len(channel.heard) == 2
    remind(desk, MONDAY + timedelta(minutes=50))
    channel.status = 500
    assert send_outbox(desk, asked, MONDAY + timedelta(minutes=50)) == 0
    channel.status = 200
    assert send_outbox(desk, asked, MONDAY + timedelta(minutes=55)) == 1
    assert send_outbox(desk, asked, MONDAY + timedelta(minutes=56)) == 0
    told = json.loads(channel.heard[-1])
    assert told["message"].startswith("Tiga perempat waktu langkah ini telah berlalu.")
    assert f"{number} – Hampir jatuh tempo: 23-11-2026 10.00 WIB" in told["message"]
    assert told["title"] == f"{number} (role:head_of_office)"
