"""A fallback plan came into force, or ended: told once each to those who signed it and to the head of section.

The agents' newest proofs in, an outbox row for each recipient out. An agent that says nothing ends nothing.
"""

from datetime import UTC, datetime

from inventory.titles import title
from request_tracker.capacity.fallback import FallbackInForce, fallbacks_in_force, signers_of
from request_tracker.cases import Desk
from request_tracker.store.database import Row
from request_tracker.store.outbox import Notice, Outgoing, put

BEGUN, OVER = "fallback_begun", "fallback_over"
# Who answers for the network in working hours, whoever signed.
SECTION = "role:head_of_section"


def tell_fallback(desk: Desk, now: datetime) -> list[str]:
    """Write what is not written yet; the uplinks whose loss begins or ends to be met by a plan."""
    running = fallbacks_in_force(desk.store, desk.city)
    return [*_begun(desk, running, now), *_over(desk, running, now)]


def _begun(desk: Desk, running: list[FallbackInForce], now: datetime) -> list[str]:
    losses = []
    for plan in running:
        if _rows(desk, f"{BEGUN}:{_name(plan)}:"):
            continue
        with desk.store.transaction() as db:
            for to in (*signers_of(desk.store, plan.loss), SECTION):
                put(db, Outgoing(f"{BEGUN}:{_name(plan)}:{to}", to, _notice(desk, plan)), now)
        losses.append(plan.loss)
    return losses


def _over(desk: Desk, running: list[FallbackInForce], now: datetime) -> list[str]:
    """To whoever was told of its beginning. Nobody is called at night: nothing has to be done."""
    last = {_name(plan) for plan in running}
    losses = []
    for row in _rows(desk, f"{BEGUN}:"):
        loss, uplink, since, to = row["key"].removeprefix(f"{BEGUN}:").split(":", 3)
        key = f"{OVER}:{loss}:{uplink}:{since}:{to}"
        if f"{loss}:{uplink}:{since}" in last or desk.store.row("SELECT 1 FROM outbox WHERE key = ?", [key]):
            continue
        moment = f"{desk.calendar.local(now):%d-%m-%Y %H.%M %Z}"
        about = f"{title(desk.city, loss)}: berakhir {moment}"
        notice = Notice(OVER, "Mode cadangan", about, f"Jalur {title(desk.city, uplink)}")
        with desk.store.transaction() as db:
            put(db, Outgoing(key, to, notice, calm=True), now)
        losses.append(loss)
    return list(dict.fromkeys(losses))


def _rows(desk: Desk, prefix: str) -> list[Row]:
    # A prefix as a range, which the index on key serves: ";" is the sign after ":".
    end = f"{prefix.removesuffix(':')};"
    return desk.store.rows("SELECT key FROM outbox WHERE key >= ? AND key < ? ORDER BY id", [prefix, end])


def _name(plan: FallbackInForce) -> str:
    return f"{plan.loss}:{plan.uplink}:{plan.since:.0f}"


def _notice(desk: Desk, plan: FallbackInForce) -> Notice:
    since = desk.calendar.local(datetime.fromtimestamp(plan.since, UTC))
    stale = "; alokasi berubah sejak disetujui" if plan.stale else ""
    return Notice(
        template=BEGUN,
        number="Mode cadangan",
        title=f"{title(desk.city, plan.loss)} hilang: {plan.words.said('id')}{stale}",
        subject=f"Jalur {title(desk.city, plan.uplink)}, sejak {since:%d-%m-%Y %H.%M %Z}",
    )
