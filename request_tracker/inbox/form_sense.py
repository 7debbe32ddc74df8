"""Whether what a public form says can be so: its values and what the office knows in, a fault at a field out. Pure.

A fault names the fact it goes by (the line's capacity, what the office has now, today). It is told before anything is
stored; what comes on paper at the counter is not held to it, because a letter stands as it was written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from inventory.admission import LOWEST_BYTES_PER_SECOND, capacity_of
from inventory.model import City, Uplink
from inventory.rates import exact_rate
from request_tracker.ledger.allocation import Allocation
from request_tracker.people.addresses import EMAIL, WHATSAPP
from request_tracker.words.bilingual import Both

Faults = dict[str, Both]
WAYS = (("wanted_receive", "receive", "unduh", "download"), ("wanted_transmit", "transmit", "unggah", "upload"))
# A clock of a telephone may be ahead of ours by some minutes.
SLACK = timedelta(minutes=10)


@dataclass(frozen=True)
class OfficeFacts:
    """What is known of the office that asks: its line to the ISP, what it has now, and which day it is there."""

    uplink: Uplink | None
    present: Allocation | None
    today: date


def uplink_of(city: City, opd: str) -> Uplink | None:
    """The line to the ISP that an office uses; None where the city does not say."""
    named = next((office.uplink for office in city.opds if office.code == opd), None)
    only = city.uplinks[0] if len(city.uplinks) == 1 else None
    return next((uplink for uplink in city.uplinks if uplink.name == named), only)


def request_faults(clean: Mapping[str, Any], facts: OfficeFacts) -> Faults:
    """What cannot be so in a request for bandwidth; rates in bytes per second, days in ISO."""
    return _rate_faults(clean, facts) | _day_faults(clean, facts.today) | contact_faults(clean)


def outage_faults(clean: Mapping[str, Any], local_now: datetime) -> Faults:
    """What cannot be so in a report of an outage; ``local_now`` is the office's clock, as the form's is."""
    faults = contact_faults(clean)
    since = clean.get("since")
    if since and datetime.fromisoformat(since).replace(tzinfo=None) > local_now.replace(tzinfo=None) + SLACK:
        faults["since"] = Both(
            f"belum terjadi; sekarang {local_now:%d-%m-%Y %H.%M}", f"has not come yet; it is {local_now:%Y-%m-%d %H:%M}"
        )
    return faults


def contact_faults(clean: Mapping[str, Any]) -> Faults:
    """A way of being told that nothing was given for."""
    channel = clean.get("contact_channel")
    if channel == EMAIL and not clean.get("contact_email"):
        return {
            "contact_email": Both("belum diisi, padahal Anda minta dikabari lewat surel", "is empty: you want mail")
        }
    if channel in (WHATSAPP, "phone") and not clean.get("contact_phone"):
        return {
            "contact_phone": Both(
                "belum diisi, padahal Anda minta dikabari lewat nomor itu", "is empty: you want to be told by it"
            )
        }
    return {}


def _rate_faults(clean: Mapping[str, Any], facts: OfficeFacts) -> Faults:
    faults: Faults = {}
    for key, way, indonesian, english in WAYS:
        wanted = clean.get(key)
        if not wanted:
            continue
        capacity = capacity_of(facts.uplink, way) if facts.uplink else None
        has = getattr(facts.present, f"{way}_ceiling") if facts.present else 0
        if capacity is not None and wanted > capacity:
            faults[key] = Both(
                f"{_rate(wanted)} melebihi jalur {indonesian} ke ISP, yang seluruhnya {_rate(capacity)}",
                f"{exact_rate(wanted)} is more than the whole line to the ISP ({english} {exact_rate(capacity)})",
            )
        elif wanted < LOWEST_BYTES_PER_SECOND:
            faults[key] = Both(
                f"paling kecil {_rate(LOWEST_BYTES_PER_SECOND)}", f"at least {exact_rate(LOWEST_BYTES_PER_SECOND)}"
            )
        elif wanted < has:
            faults[key] = Both(
                f"kurang dari yang sudah dimiliki OPD ini: {indonesian} {_rate(has)}",
                f"is less than this office has already: {english} {exact_rate(has)}",
            )
    return faults or _nothing_more(clean, facts)


def _nothing_more(clean: Mapping[str, Any], facts: OfficeFacts) -> Faults:
    """A request for just what the office has; an upload that nobody names stays what it is."""
    if facts.present is None or not clean.get("wanted_receive"):
        return {}
    wanted = (clean["wanted_receive"], clean.get("wanted_transmit") or facts.present.transmit_ceiling)
    if wanted != (facts.present.receive_ceiling, facts.present.transmit_ceiling) or clean.get("ends_on"):
        return {}
    has = facts.present.receive_ceiling
    return {"wanted_receive": Both(f"sudah dimiliki OPD ini: {_rate(has)}", f"this office has it: {exact_rate(has)}")}


def _day_faults(clean: Mapping[str, Any], today: date) -> Faults:
    days = {key: date.fromisoformat(clean[key]) for key in ("starts_on", "ends_on", "letter_date") if clean.get(key)}
    faults: Faults = {}
    for key in ("starts_on", "ends_on"):
        if key in days and days[key] < today:
            faults[key] = Both(f"sudah lewat; hari ini {today:%d-%m-%Y}", f"is over; today is {today}")
    if "ends_on" in days and "starts_on" in days and days["ends_on"] < days["starts_on"]:
        begins = days["starts_on"]
        faults["ends_on"] = Both(f"sebelum mulai digunakan, {begins:%d-%m-%Y}", f"is before its start, {begins}")
    if "letter_date" in days and days["letter_date"] > today:
        faults["letter_date"] = Both(f"belum tiba; hari ini {today:%d-%m-%Y}", f"is yet to come; today is {today}")
    return faults


def _rate(value: int) -> str:
    return exact_rate(value).replace(".", ",")
