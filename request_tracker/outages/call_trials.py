"""Trials of the calls for outages: a message to each person who would be called, and who has confirmed it when.

A trial goes the way of a real call: the outbox, the person's own address, the signed link with one button. Whoever has
confirmed none for a month is reached by nothing that anybody has seen arrive.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from request_tracker.cases import Desk
from request_tracker.outages.answer_links import TRIAL
from request_tracker.outages.follow import CHAIN
from request_tracker.people.accounts import name_of
from request_tracker.people.addresses import acting, user_address
from request_tracker.people.roster import RANKS, on_duty
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.store.outbox import Notice, Outgoing, put
from runtime.families import Family, family
from runtime.metrics import PREFIX, Metric

TEMPLATE = "call_trial"
# Telephones, numbers and channels change; a trial a month is one message a person and finds it before an outage does.
CONFIRMED_FOR = timedelta(days=30)
UNCONFIRMED = Metric(
    f"{PREFIX}call_trial_unconfirmed",
    "gauge",
    "People who would be called for an outage and have confirmed no trial call for 30 days.",
)
# A prefix as a range, which the index on key serves: ";" is the sign after ":".
_LAST = (
    "SELECT o.created_at, o.sent_at, o.channel, o.attempts, o.error FROM outbox o"
    " WHERE o.key >= 'call-trial:' AND o.key < 'call-trial;' AND o.recipient = ? ORDER BY o.id DESC LIMIT 1"
)
_CONFIRMED = (
    "SELECT max(l.at) FROM answer_links_used l JOIN outbox o ON o.id = l.message"
    " WHERE o.key >= 'call-trial:' AND o.key < 'call-trial;' AND l.user_id = ?"
)


@dataclass(frozen=True)
class CallPerson:
    """Somebody who would be called: the roles for which, whether on duty now, the channel, the last trial."""

    user: int
    name: str
    roles: tuple[str, ...]
    on_duty: bool
    channel: str | None
    trial: Row | None
    confirmed_at: datetime | None
    now: datetime

    @property
    def is_confirmed(self) -> bool:
        """Whether a trial was confirmed lately."""
        return self.confirmed_at is not None and self.now - self.confirmed_at <= CONFIRMED_FOR

    @property
    def state(self) -> str:
        """``good``, or ``bad``."""
        return "good" if self.is_confirmed else "bad"


def call_people(store: Store, now: datetime) -> list[CallPerson]:
    """Everybody whom the chain of calls may reach, in its order: who is first called stands first."""
    roles: dict[int, list[str]] = {}
    for role in dict.fromkeys(role for _, role, _ in CHAIN):
        for user in acting(store, role, now):
            roles.setdefault(user, []).append(role)
    turns = {on_duty(store, rank, now) for rank in RANKS}
    people = [_person(store, user, (tuple(own), user in turns), now) for user, own in roles.items()]
    return sorted(people, key=lambda person: not person.on_duty)


def _person(store: Store, user: int, duty: tuple[tuple[str, ...], bool], now: datetime) -> CallPerson:
    address, seconds = user_address(store, user), store.value(_CONFIRMED, [user])
    confirmed_at = None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    trial = store.row(_LAST, [f"user:{user}"])
    channel, name = address.channel if address else None, name_of(store, f"user:{user}")
    return CallPerson(user, name, *duty, channel, trial, confirmed_at, now)


def begin_trial(desk: Desk, now: datetime) -> int:
    """Write a message to each of them; how many there are."""
    users = [person.user for person in call_people(desk.store, now)]
    subject = "Tidak ada gangguan. Tekan tautan agar tercatat bahwa panggilan sampai. / No outage: press the link."
    notice = Notice(TEMPLATE, TRIAL, "Uji panggilan gangguan", subject)
    with desk.store.transaction() as db:
        for user in users:
            put(db, Outgoing(f"call-trial:{stamp(now)}:{user}", f"user:{user}", notice), now)
    return len(users)


def trial_figures(store: Store, now: datetime) -> Iterator[Family]:
    """How many have confirmed none lately; no person stands in it."""
    yield family(UNCONFIRMED, [((), sum(not person.is_confirmed for person in call_people(store, now)))])
