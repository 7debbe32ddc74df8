"""Delivery: outbox rows in, messages at people's own addresses out; what reached nobody is said, never counted as sent.

A message to a person goes to that person, one to a role to everybody who holds it now; where nobody of them has an
address, the office's own channels (``notify``) take it. Every address that was reached is written down at once, so a
message that is tried again goes only to the others. A message is leased first, so it is never sent twice at once. Only
what was in a channel's hands when the tracker was killed may come twice; it says so itself.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import apprise

from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig, secret, signing_key
from request_tracker.errors import NotStored, TrackerError
from request_tracker.inbox.tracking import LINK_AGAIN, link_of, sending_of
from request_tracker.outages.answer_links import make_link
from request_tracker.outages.call_text import cut, facts_of, facts_of_the_end
from request_tracker.people.addresses import PAGE, Address, acting, contact_address, parsed_address, user_address
from request_tracker.people.contacts import reached_at
from request_tracker.people.roles import ROLES
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row
from request_tracker.store.each_row import rows_of_a_job
from request_tracker.store.outbox import BY_HAND, CALM, OUT_OF_THE_QUEUE, PAGES
from request_tracker.store.rights_journal import RightsAct, record
from request_tracker.words.message_words import MESSAGES

LEASE = timedelta(minutes=2)  # Longer than a channel takes to answer; a killed sender's message is free again soon.
LONGEST_WAIT = timedelta(minutes=30)  # A channel that is back after a day gets its messages within half an hour.
# A round ends in time for the next one: a call for an outage that comes meanwhile must not wait behind a queue.
AT_ONCE, ROUND_SECONDS = 10, 10.0
# A channel that refuses says so at once; for one that hangs Apprise waits 4 s (web services) or 15 s (mail servers).
SILENCE_SECONDS = 3.0
TRIES_OF_ONE_S_OWN = 5  # After 10, 20, 40, 80 and 160 s, five minutes in all, the address is taken for dead.
# Channels and whom they missed, as the page of messages shows them; an alert may name the whole office.
MAX_PROBLEM = 300
OFFICE = "office"
PLACE = "{to}"
_FACTS = {"outage_waiting": facts_of, "outage_back": facts_of_the_end}
_ANSWERS = {"outage_waiting": "Saya tangani / I take it", "call_trial": "Saya terima / It arrived"}
_OF_TICKETS = (*_FACTS, "estimate_missed", "isp_call_due")
IN_DOUBT = "Mungkin sudah Anda terima. / You may have had this before."


@dataclass(frozen=True)
class Carriers:
    """``personal``: channel to Apprise URL with ``{to}``; ``office``: the URLs that take what no person can be sent."""

    personal: Mapping[str, str]
    office: tuple[str, ...]
    public_url: str
    key: bytes | None = None


@dataclass(frozen=True)
class Destination:
    """Who is meant (``user:N``, ``contact:N`` or ``office``), by which channel, and Apprise's URLs."""

    who: str
    channel: str
    urls: tuple[str, ...]


def send_outbox(desk: Desk, config: TrackerConfig, now: datetime) -> int:
    """Send what is due, calls for outages first; the number of messages that have reached everybody they are for.

    A round ends after a while: a channel that does not answer must not hold up what the worker does besides.
    """
    due, moments = _due(desk, now)
    if not desk.store.value(f"SELECT 1 FROM outbox WHERE {due} LIMIT 1", moments):
        return 0
    carriers, over = carriers_of(config), time.monotonic() + ROUND_SECONDS
    run, silent = rows_of_a_job(), set[str]()
    for _ in range(AT_ONCE):
        row = _lease(desk, due, moments, now) if time.monotonic() < over else None
        if row is None:
            break
        run.do(str(row["id"]), partial(_delivered, desk, carriers, row, now, silent))
    return len(run.over())


def _delivered(desk: Desk, carriers: Carriers, row: Row, now: datetime, silent: set[str]) -> list[str]:
    """Deliver one message; one that cannot even be tried waits like one that no channel took, behind the others."""
    try:
        return [str(row["id"])] if _deliver(desk, carriers, row, now, silent) else []
    except NotStored:
        raise
    except Exception as error:
        _try_again(desk, row, f"could not be tried: {error!r}", now)
        raise


def carriers_of(config: TrackerConfig) -> Carriers:
    """The channels with their secrets. Raises TrackerError naming the channel, never its secret."""
    personal = {name: secret(reference) for name, reference in config.channels.items()}
    for name, url in personal.items():
        if PLACE not in url:
            raise TrackerError(f"channels: {name} has no {PLACE} where the person's address belongs; put it in the URL")
    office = tuple(secret(reference) for reference in config.notify)
    key = signing_key(config.secret_key) if config.secret_key else None
    return Carriers(personal, office, config.public_url.rstrip("/"), key)


def targets_of(desk: Desk, carriers: Carriers, row: Row, now: datetime) -> list[Destination]:
    """Where a message goes now; empty where nobody can be addressed."""
    kind, _, name = row["recipient"].partition(":")
    if kind in ("contact", "opd"):
        query = "SELECT * FROM contacts WHERE id = ? AND masked_at IS NULL"
        contacts = reached_at(desk.store, name) if kind == "opd" else desk.store.rows(query, [int(name)])
        own_choice = ((f"contact:{contact['id']}", contact_address(contact, carriers.personal)) for contact in contacts)
        targets = [_destination(carriers, who, address) for who, address in own_choice]
    elif kind == "mail":
        targets = [_destination(carriers, row["recipient"], parsed_address(name))]
    else:
        users = [int(name)] if kind == "user" else acting(desk.store, name, now)
        targets = [_destination(carriers, f"user:{user}", user_address(desk.store, user)) for user in users]
    own = [target for target in targets if target is not None]
    # Somebody's address may have died: after some tries it is the office that must know.
    if own and not (carriers.office and row["attempts"] >= TRIES_OF_ONE_S_OWN):
        return own
    return [Destination(OFFICE, OFFICE, carriers.office)] if carriers.office else own


def _destination(carriers: Carriers, who: str, address: Address | None) -> Destination | None:
    if address is None:
        return None
    if address.channel == PAGE:
        return Destination(who, PAGE, ())
    # Quoted, so that no address can add a path, a parameter or another host to the channel's URL.
    url = carriers.personal.get(address.channel)
    return Destination(who, address.channel, (url.replace(PLACE, quote(address.place, safe="@")),)) if url else None


def _due(desk: Desk, now: datetime) -> tuple[str, list[str]]:
    """Which messages are due and nobody is sending, as a condition and its values.

    A moment further off than we ever set is due as well: it was written while the clock was ahead, and would keep its
    message until then. Calm ones wait for the office's hours.
    """
    working = desk.calendar.worked(now, now + timedelta(minutes=1)) > timedelta()
    due = (
        "sent_at IS NULL AND (next_at > ? AND next_at <= ? OR next_at > ?) AND channel <> ?"
        " AND (coalesce(leased_until, '') < ? OR leased_until > ?)"
    )
    moments = [OUT_OF_THE_QUEUE, stamp(now), stamp(now + LONGEST_WAIT), "" if working else CALM]
    return due, [*moments, stamp(now), stamp(now + LEASE)]


def _lease(desk: Desk, due: str, moments: list[str], now: datetime) -> Row | None:
    """Take the next message for oneself; None where nothing is due any more."""
    # A comparison is 1 or 0 in SQLite: calls for outages come first, then the oldest.
    first = f"{PAGES} DESC, id"
    # Read and leased in one transaction: two workers never take the same message.
    with desk.store.transaction() as db:
        row = desk.store.row(f"SELECT * FROM outbox WHERE {due} ORDER BY {first} LIMIT 1", moments)
        if row is not None:
            db.execute("UPDATE outbox SET leased_until = ? WHERE id = ?", [stamp(now + LEASE), row["id"]])
    return row


def _deliver(desk: Desk, carriers: Carriers, row: Row, now: datetime, silent: set[str]) -> bool:
    """Send one message to whom it has not reached yet; True once it has reached everybody.

    A channel in ``silent`` is not tried: it has let this round wait already, and would do so for each person anew.
    """
    targets = targets_of(desk, carriers, row, now)
    if not targets:
        _take_out(desk, row)
        return False
    # By who and not by address: whoever changes his address meanwhile is not told twice.
    arrivals = desk.store.rows("SELECT who FROM outbox_reached WHERE outbox_id = ?", [row["id"]])
    reached = {arrival["who"] for arrival in arrivals}
    failed = []
    for target in (target for target in targets if target.who not in reached):
        began = time.monotonic()
        if target.channel not in silent and send(desk, carriers, target, row, now):
            with desk.store.transaction() as db:
                arrival = {"outbox_id": row["id"], "who": target.who, "channel": target.channel, "at": stamp(now)}
                db.table("outbox_reached").insert(arrival)
                if _may_answer(carriers, target, json.loads(row["payload"])):
                    record(db, RightsAct("answer_link_made", target.who, {"message": row["id"]}))
        else:
            failed.append(f"{target.channel} ({target.who})")
            silent |= {target.channel} if time.monotonic() - began > SILENCE_SECONDS else set()
    if failed:
        _try_again(desk, row, f"did not take the message: {', '.join(failed)}; look at channels and notify", now)
        return False
    with desk.store.transaction() as db:
        change = [stamp(now), targets[0].channel, row["id"]]
        db.execute("UPDATE outbox SET sent_at = ?, channel = ?, leased_until = NULL WHERE id = ?", change)
    return True


def _take_out(desk: Desk, row: Row) -> None:
    """Nobody can be addressed: the message waits for a person to tell it, outside the queue."""
    with desk.store.transaction() as db:
        change = [BY_HAND, OUT_OF_THE_QUEUE, "nobody has an address", row["id"]]
        db.execute("UPDATE outbox SET channel = ?, next_at = ?, error = ?, leased_until = NULL WHERE id = ?", change)


def _try_again(desk: Desk, row: Row, problem: str, now: datetime) -> None:
    # Twice as long after each try; the exponent is bounded so that no number of tries overflows.
    wait = min(timedelta(seconds=10 * 2 ** min(row["attempts"], 10)), LONGEST_WAIT)
    with desk.store.transaction() as db:
        db.execute(
            "UPDATE outbox SET attempts = attempts + 1, error = ?, next_at = ?, leased_until = NULL WHERE id = ?",
            [problem[:MAX_PROBLEM], stamp(now + wait), row["id"]],
        )


def send(desk: Desk, carriers: Carriers, target: Destination, row: Row, now: datetime) -> bool:
    """Hand the message to a target's channel; True where it took it."""
    if target.channel == PAGE:
        return True
    sender = apprise.Apprise()
    if not all(sender.add(url) for url in target.urls):
        return False
    title, body = text_of(desk, carriers, target, row, now)
    # Apprise catches what its plug-ins raise and tells True or False.
    return bool(sender.notify(title=title, body=body))


def text_of(desk: Desk, carriers: Carriers, target: Destination, row: Row, now: datetime) -> tuple[str, str]:
    """Title and body. No person stands in them; on the office's channel the title says who is meant, by role."""
    message: dict[str, Any] = json.loads(row["payload"])
    indonesian, english = MESSAGES.get(message["template"], (message["title"], ""))
    meant = f" (untuk {who_is_meant(desk, row['recipient'])})" if target.who == OFFICE else ""
    lines = (
        f"{indonesian} / {english}" if english else indonesian,
        f"{message['number']} – {message['title']}",
        message["subject"],
        *_facts(desk, message),
        message["step_text"] or message["ending"],
        _answer(carriers, target, row, message, now),
        _own_link(desk, carriers, target, message) or _place(carriers, target, message),
        # Who was sending it was killed: the last one taken may not have been written down. Better twice than never.
        IN_DOUBT if row["leased_until"] else None,
    )
    text = "\n".join(str(line) for line in lines if line)
    return f"{message['number']}: {indonesian}{meant}", cut(text) if message["template"] in _FACTS else text


def _facts(desk: Desk, message: Mapping[str, Any]) -> list[str]:
    """What stands on a call for an outage, and on the message of its end, as it is known now."""
    facts = _FACTS.get(message["template"])
    return facts(desk, message["number"]) if facts else []


def who_is_meant(desk: Desk, recipient: str) -> str:
    """The recipient by role or OPD, never by name."""
    kind, _, name = recipient.partition(":")
    if kind == "opd":
        return f"narahubung {next((opd.name for opd in desk.city.opds if opd.code == name), name)}"
    if kind == "mail":
        return "penerima jangkar"
    if kind != "user":
        return ROLES.get(name, ROLES["requester"])
    rows = desk.store.rows("SELECT role FROM user_roles WHERE user_id = ? ORDER BY role", [int(name)])
    return ", ".join(ROLES[row["role"]] for row in rows) or ROLES["technician"]


def _may_answer(carriers: Carriers, target: Destination, message: Mapping[str, Any]) -> bool:
    return message["template"] in _ANSWERS and carriers.key is not None and target.who.startswith("user:")


def _answer(carriers: Carriers, target: Destination, row: Row, message: Mapping[str, Any], now: datetime) -> str | None:
    """The link with which the person called takes the outage; nobody else gets one."""
    if carriers.key is None or not _may_answer(carriers, target, message):
        return None
    user = int(target.who.partition(":")[2])
    token = make_link(carriers.key, message["number"], user, row["id"], now)
    return f"{_ANSWERS[message['template']]}: {carriers.public_url}/tanggap/{token}"


def _own_link(desk: Desk, carriers: Carriers, target: Destination, message: Mapping[str, Any]) -> str | None:
    """The requester's link, where he had it sent to himself; made as it goes out, so that no row holds it."""
    if message["template"] != LINK_AGAIN or carriers.key is None or not target.who.startswith("contact:"):
        return None
    sending = sending_of(desk, message["number"])
    return f"{carriers.public_url}/lacak/{link_of(carriers.key, sending)}" if sending else None


def _place(carriers: Carriers, target: Destination, message: Mapping[str, Any]) -> str | None:
    """Where to read on: the case's page for those who log in; a requester has the secret link of the receipt."""
    if not message.get("sop"):
        return None
    if message["template"] == "outage_over":
        return f"{carriers.public_url}/status"
    if target.who.startswith("contact:"):
        return "Buka tautan rahasia pada tanda terima. / Open the secret link on your receipt."
    room = "gangguan" if message["template"] in _OF_TICKETS else "kasus"
    return f"{carriers.public_url}/{room}/{message['number']}"
