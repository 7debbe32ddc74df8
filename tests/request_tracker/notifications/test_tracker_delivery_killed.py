"""kill -9 while messages go out: every message reaches everybody; only the one in hand at a kill may come twice."""

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from kills import MOMENTS, killed
from receivers import config
from test_tracker_delivery import KINDS, people, quick
from tracker_office import MONDAY

from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.notifications import delivery
from request_tracker.notifications.delivery import IN_DOUBT, LEASE, Carriers, send_outbox
from request_tracker.people.addresses import set_address
from request_tracker.store.database import Row
from request_tracker.store.outbox import Notice, Outgoing, put

__all__ = ["quick"]
MESSAGES_A_MOMENT = 3
TOLD = Notice("step_waiting", "UJI", "Uji", "uji")


@pytest.fixture
def taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """A channel that writes down at once what it took, and goes on a moment before it answers; what it took."""
    place = os.open(tmp_path / "taken", os.O_CREAT | os.O_RDWR | os.O_APPEND)

    def take(desk: Desk, carriers: Carriers, target: delivery.Destination, row: Row, now: datetime) -> bool:
        _, body = delivery.text_of(desk, carriers, target, row, now)
        os.write(place, f"{row['id']}|{target.who}|{IN_DOUBT in body}\n".encode())
        os.fsync(place)
        return True

    monkeypatch.setattr(delivery, "send", take)
    monkeypatch.setenv("CHAT", "json://127.0.0.1:9/{to}")
    return lambda: (tmp_path / "taken").read_text().split()


def fill(desk: Desk, count: int) -> set[str]:
    """So many messages to the three technicians; what must reach whom."""
    users = people(desk, "lain", "lagi")
    holders = [users[3], *users[4:]]
    for user in holders:
        set_address(desk.store, user, f"chat:{user}", KINDS, MONDAY)
    with desk.store.transaction() as db:
        for number in range(count):
            put(db, Outgoing(f"k{number}", "role:technician", replace(TOLD, number=f"UJI/{number}")), MONDAY)
    rows = desk.store.rows("SELECT id FROM outbox")
    return {f"{row['id']}|user:{user}" for row in rows for user in holders}


def sends(settings: TrackerConfig) -> Callable[[Desk, int], str]:
    """What a child does: each turn is a round of the worker, later than every lease of the turn before."""
    return lambda desk, turn: str(send_outbox(desk, settings, MONDAY + turn * 2 * LEASE))


def test_X_AUD_killed_while_sending_no_message_is_lost_and_only_those_in_hand_come_twice(
    desk: Desk, tmp_path: Path, taken: Callable[[], list[str]]
) -> None:
    settings, chance = config(tmp_path, "chat"), random.Random("delivers")
    wanted = fill(desk, MESSAGES_A_MOMENT * MOMENTS)
    for moment in range(MOMENTS):
        killed(desk, sends(settings), 1000 * moment, chance.uniform(0.002, 0.03))
    begun_anew = 1000 * MOMENTS
    for turn in range(MESSAGES_A_MOMENT * MOMENTS):
        if sends(settings)(desk, begun_anew + turn) == "0":
            break
    told = [line.rpartition("|") for line in taken()]
    times = Counter(whom for whom, _, _ in told)
    assert set(times) == wanted, "everybody has every message"
    assert sum(times.values()) - len(wanted) <= MOMENTS
    first: set[str] = set()
    for whom, _, doubt in told:
        assert whom not in first or doubt == "True", "what comes a second time says so"
        first.add(whom)
    assert desk.store.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0


def test_a_message_that_nobody_was_killed_over_comes_once_and_says_nothing_of_it(
    desk: Desk, tmp_path: Path, taken: Callable[[], list[str]]
) -> None:
    wanted = fill(desk, 12)
    for turn in range(4):
        send_outbox(desk, config(tmp_path, "chat"), MONDAY + timedelta(hours=turn))
    assert sorted(taken()) == sorted(f"{one}|False" for one in wanted)
