"""Sessions between scrapes: one per target, bounded in number and in idle time, never closed while lent."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, cast

from exporter.snmp.drop_in.kept_sessions import IDLE_SECONDS, KeptSessions
from exporter.snmp.engines.interface import Login, Session, SnmpTarget


@dataclass
class Opened:
    """Stands for a session: counts how often it was closed."""

    target: SnmpTarget
    closings: int = 0

    def close(self) -> None:
        self.closings += 1


@dataclass
class Room:
    """Kept sessions over an engine that remembers what it opened, and a clock by hand."""

    most: int = 2
    now: float = 0.0
    opened: list[Opened] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kept = KeptSessions(self.open, lambda: self.most, lambda: self.now)

    def open(self, target: SnmpTarget) -> Session:
        self.opened.append(Opened(target))
        return cast(Session, self.opened[-1])

    def scrape(self, *contexts: str) -> None:
        for context in contexts:
            with self.kept.lent(view(context)) as session:
                assert cast(Any, session).closings == 0

    def still_open(self) -> list[str]:
        return [session.target.context for session in self.opened if not session.closings]


def view(context: str) -> SnmpTarget:
    login = Login(version="3", user="viewer")
    return SnmpTarget(name="core", address=str(ip_address("127.0.0.1")), login=login, context=context)


def test_a_target_that_is_asked_again_keeps_its_session() -> None:
    room = Room()
    room.scrape("a", "b", "a", "b")
    assert len(room.opened) == 2 and len(room.kept) == 2


def test_whoever_asks_for_ever_new_views_keeps_only_so_many_open() -> None:
    room = Room(most=2)
    room.scrape(*(f"vlan{number}" for number in range(100)))
    assert room.still_open() == ["vlan98", "vlan99"]
    assert all(session.closings <= 1 for session in room.opened)


def test_what_is_not_asked_for_any_more_is_closed_and_what_is_stays() -> None:
    room = Room(most=100)
    room.scrape("of the city before", "of both")
    room.now += IDLE_SECONDS - 1
    room.scrape("of both")
    room.now += 2
    room.scrape("of both")
    assert room.still_open() == ["of both"]


def test_a_session_that_is_lent_is_not_closed_by_others() -> None:
    room = Room(most=0)
    with room.kept.lent(view("long")), room.kept.lent(view("long")):
        room.now += 10 * IDLE_SECONDS
        room.scrape("short")
        assert room.still_open() == ["long"]
    assert room.still_open() == []


def test_at_the_end_all_are_closed() -> None:
    room = Room()
    room.scrape("a", "b")
    room.kept.close()
    assert room.still_open() == [] and len(room.kept) == 0
