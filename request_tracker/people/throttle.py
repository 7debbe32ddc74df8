"""Wrong passwords and codes slow down who sends them, and keep nobody out of a device he is known on. No hash is made.

A try comes from an ``Origin``. At a known device (or in an open session) only that device's own failures count. From
anywhere else three counts decide: this account from this address, this account from all unknown places, this address
against all accounts; the longest wait holds. Names that are no account are counted alike, so no wait says which exist.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from request_tracker.store.chain import stamp
from request_tracker.store.database import Store

# More than a tired person needs.
FREE_TRIES = 5
# Four tries an hour are no attack on ten letters, and a person can wait it out.
LONGEST_WAIT = timedelta(minutes=15)
# Wrong tries from unknown places after which the person and the administrator hear of them, once a day.
TELLING = 5


@dataclass(frozen=True)
class Origin:
    """Where a try comes from: its address, and the known device or open session it was made at; empty for none."""

    address: str = ""
    device: str = ""


ELSEWHERE = Origin()


@dataclass(frozen=True)
class Slowing:
    """After ``free`` failures each next try waits ``first``, then twice as long, to ``longest``.

    A count is forgotten once its last failure is older than ``forgotten``.
    """

    free: int
    first: timedelta
    longest: timedelta
    forgotten: timedelta


# One place against one account: a person who has forgotten, or a guesser; the sixth try waits half a minute.
FROM_ONE_PLACE = Slowing(FREE_TRIES, timedelta(seconds=30), LONGEST_WAIT, timedelta(days=1))
# All unknown places against one account. NIST SP 800-63B (5.2.2) allows 100 failures in a row; a wait of five minutes
# at most leaves a guesser 288 tries a day, and the person who sits at a new machine a chance between them.
AT_ONE_ACCOUNT = Slowing(20, timedelta(seconds=5), timedelta(minutes=5), timedelta(hours=1))
# One address against all accounts: behind it may stand a whole office, so it begins late and never waits long.
FROM_ONE_ADDRESS = Slowing(30, timedelta(seconds=2), timedelta(minutes=1), timedelta(hours=1))


@dataclass(frozen=True)
class TryCount:
    """One count that a try falls under: its key in the table and how it slows."""

    key: str
    slowing: Slowing


@dataclass(frozen=True)
class TryOutcome:
    """What a wrong try leads to: its place must wait now; the account has had enough of them to be told of."""

    waits: bool
    telling: bool


def counts_of(name: str, origin: Origin) -> tuple[TryCount, ...]:
    """What a try for ``name`` from there is counted under; the first is its own place's."""
    if origin.device:
        return (TryCount(_key("device", name, origin.device), FROM_ONE_PLACE),)
    return (
        TryCount(_key("place", name, origin.address), FROM_ONE_PLACE),
        TryCount(_key("account", name), AT_ONE_ACCOUNT),
        TryCount(_key("address", origin.address), FROM_ONE_ADDRESS),
    )


def clean(store: Store, counts: tuple[TryCount, ...]) -> bool:
    """True where nothing is counted: the usual case, which writes nothing."""
    return not any(_failures(store, count) for count in counts)


def waiting(store: Store, counts: tuple[TryCount, ...], now: datetime) -> bool:
    """True while another try must wait."""
    moment = stamp(now)
    for count in counts:
        until = store.value("SELECT wait_until FROM login_tries WHERE key = ?", [count.key])
        # A wait longer than we ever set was written while the clock was ahead; it holds nobody out.
        if until and moment < until <= stamp(now + count.slowing.longest):
            return True
    return False


def count_failure(store: Store, db: Database, counts: tuple[TryCount, ...], now: datetime) -> TryOutcome:
    """Count a wrong try, inside a transaction."""
    moment = stamp(now)
    # Days after the last failure a count says nothing any more, and strangers' tries must not fill the disk.
    db.execute("DELETE FROM login_tries WHERE last_at < ?", [stamp(now - FROM_ONE_PLACE.forgotten)])
    totals = []
    for count in counts:
        slowing = count.slowing
        row = store.row("SELECT failures, last_at FROM login_tries WHERE key = ?", [count.key])
        lasting = row is not None and stamp(now - slowing.forgotten) <= row["last_at"] <= moment
        failures = (row["failures"] if row and lasting else 0) + 1
        until = stamp(now + _wait(slowing, failures))
        record = {"key": count.key, "failures": failures, "last_at": moment, "wait_until": until}
        db.table("login_tries").upsert(record, pk="key")
        totals.append(failures)
    return TryOutcome(totals[0] >= counts[0].slowing.free, len(counts) > 1 and totals[1] >= TELLING)


def forgive(store: Store, db: Database, counts: tuple[TryCount, ...]) -> int:
    """Forget the failures of a place that now knew the secret, inside a transaction; how many there were.

    Not those of the account or the address: who has one account could otherwise go on guessing at all the others.
    """
    failures = _failures(store, counts[0])
    db.execute("DELETE FROM login_tries WHERE key = ?", [counts[0].key])
    return failures


def _wait(slowing: Slowing, failures: int) -> timedelta:
    if failures < slowing.free:
        return timedelta(0)
    # Bounded so that no number of failures overflows: 2 ** 20 seconds are longer than any wait of ours.
    doubled: int = 2 ** min(failures - slowing.free, 20)
    return min(slowing.first * doubled, slowing.longest)


def _failures(store: Store, count: TryCount) -> int:
    return int(store.value("SELECT failures FROM login_tries WHERE key = ?", [count.key]) or 0)


def _key(kind: str, *parts: str) -> str:
    # A sign that stands in no part between them, so that no two places share a key.
    return f"{kind}:{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()}"
