"""Where messages reach people: an account's own address, a requester's chosen channel. Data in, (channel, place) out.

An address is ``orang@kota.go.id`` or ``telegram:12345``: a channel of the configuration and what stands for the person
there, never a whole URL, so that no address can make the tracker call a machine of somebody's choice. Addresses are
personal data: they stand in no event and no message, are shown masked and are erased by command.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from request_tracker.errors import Refused
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.words.bilingual import Both, filled

EMAIL, WHATSAPP, PAGE = "email", "whatsapp", "page"
MAX_ADDRESS = 200  # Longer than any address people use; RFC 5321 allows an e-mail path of 256.
ADDRESS = Both("alamat kabar", "address for messages")
COUNTRY = "62"  # Indonesia (ITU-T E.164): a number written with 0 in front belongs to it.


class Address(NamedTuple):
    """``channel`` is a name in the configuration's ``channels``; ``place`` is the person there."""

    channel: str
    place: str


def read_address(text: str, channels: Collection[str]) -> Address:
    """The address somebody typed. Raises Refused where it is none, or of a channel the office does not have."""
    address = parsed_address(text.strip())
    # An @ that is neither first nor last, and a dot in the domain: more is known only by sending (RFC 5321 allows
    # much).
    bare = address.channel == EMAIL and ("@" not in address.place[1:-1] or "." not in address.place.rpartition("@")[2])
    if bare or not address.place or len(text) > MAX_ADDRESS or any(mark.isspace() for mark in address.place):
        reason = Both("tulis surel, atau saluran:alamat (telegram:12345)", "write an e-mail, or channel:address")
        raise Refused("bad_field", field=ADDRESS, reason=reason)
    if address.channel not in channels:
        unset = Both("saluran {} tidak diatur ({})", "the channel {} is not configured ({})")
        reason = filled(unset, address.channel, ", ".join(sorted(channels)) or "–")
        raise Refused("bad_field", field=ADDRESS, reason=reason)
    return address


def typed_address(text: str, channels: Collection[str]) -> str:
    """What somebody typed, without spaces around it; empty for none. Raises Refused as ``read_address``."""
    if text.strip():
        read_address(text, channels)
    return text.strip()


def set_address(store: Store, user: int, text: str, channels: Collection[str], now: datetime) -> None:
    """Give an account its address; an empty one takes it away."""
    address = typed_address(text, channels)
    with store.transaction() as db:
        set_address_inside(db, user, address, now)


def set_address_inside(db: Database, user: int, text: str, now: datetime) -> None:
    """The same inside a transaction that is already open, with an address that was read before."""
    forget_address(db, user)
    if text:
        db.table("addresses").insert({"user_id": user, "address": text, "changed_at": stamp(now)})


def forget_address(db: Database, user: int) -> None:
    """Erase an account's address; only inside a transaction."""
    db.execute("DELETE FROM addresses WHERE user_id = ?", [user])


def address_of(store: Store, user: int) -> str:
    """An account's address as it was typed; empty where there is none."""
    return str(store.value("SELECT address FROM addresses WHERE user_id = ?", [user]) or "")


def user_address(store: Store, user: int) -> Address | None:
    """Where an active account is reached."""
    sql = "SELECT a.address FROM addresses a JOIN users u ON u.id = a.user_id WHERE a.user_id = ? AND u.active = 1"
    text = store.value(sql, [user])
    return parsed_address(text) if text else None


def acting(store: Store, role: str, now: datetime) -> list[int]:
    """Active accounts that hold a role now, by themselves or as Plh./Plt."""
    rows = store.rows(
        "SELECT u.id FROM users u WHERE u.active = 1 AND (EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = u.id"
        " AND r.role = ?) OR EXISTS (SELECT 1 FROM delegations d WHERE d.to_user = u.id AND d.role = ?"
        " AND d.starts_at <= ? AND d.ends_at > ? AND d.revoked_at IS NULL)) ORDER BY u.id",
        [role, role, stamp(now), stamp(now)],
    )
    return [int(row["id"]) for row in rows]


def contact_address(row: Row, channels: Collection[str]) -> Address | None:
    """Where a requester wants to be told: the chosen channel where it can be used, else e-mail; ``page``: he looks."""
    chosen = row["channel"]
    if chosen == PAGE:
        return Address(PAGE, "")
    if chosen == WHATSAPP in channels and row["phone"]:
        return Address(WHATSAPP, _international(row["phone"]))
    if chosen != "phone" and EMAIL in channels and row["email"]:
        return Address(EMAIL, row["email"])
    return None


def masked_address(text: str) -> str:
    """The address as those see it who need not use it: ``t••••@kota.go.id``, ``telegram:••••``."""
    address = parsed_address(text)
    if address.channel == EMAIL:
        name, _, host = address.place.rpartition("@")
        return f"{name[:1]}••••@{host}"
    return f"{address.channel}:••••"


def parsed_address(text: str) -> Address:
    """Channel and place of an address that was read before."""
    channel, colon, place = text.partition(":")
    # An e-mail address may not hold a colon unquoted, so a colon always ends the name of a channel.
    return Address(channel.strip().lower(), place.strip()) if colon else Address(EMAIL, text)


def _international(phone: str) -> str:
    """A telephone number with its country and without a plus, as message gateways want it."""
    digits = "".join(mark for mark in phone if mark.isdecimal())
    return f"{COUNTRY}{digits[1:]}" if digits.startswith("0") else digits
