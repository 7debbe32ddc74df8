"""The number of an allocation as a form says it: four rates, two days and hours in, the proposal to be signed out."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from inventory.admission import capacity_of
from inventory.rates import exact_rate
from inventory.weekly_hours import WEEK, WeeklyHours
from request_tracker.cases import Allocation, Case
from request_tracker.cases.advice import wanted_days
from request_tracker.errors import WrongFields
from request_tracker.inbox.form_sense import OfficeFacts
from request_tracker.ledger.allocation import AllocationProposal
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import check_each
from request_tracker.web.shell.formats import typed_rate
from request_tracker.words.bilingual import Both
from request_tracker.words.labels import phrase
from request_tracker.words.weekly_text import DAY_NAMES
from request_tracker.words.written import hour_of

WAYS = (("receive", "unduh", "download"), ("transmit", "unggah", "upload"))
RATES = ("receive_guaranteed", "receive_ceiling", "transmit_guaranteed", "transmit_ceiling")
_WHOLE_HOURS = Both(
    "pilih harinya dan isi jam mulai dan jam selesai; kosongkan semua bila berlaku setiap saat",
    "choose the days and fill in begin and end; leave all empty if it holds at all hours",
)
_DAYS = tuple(f"hours_day_{day}" for day in range(WEEK))


def _rate_field(key: str) -> Field:
    name = phrase(key)
    return Field(key, name.indonesian.capitalize(), name.english.capitalize(), "rate", required=False)


NUMBER = (
    *(_rate_field(f"{way}_{part}") for way, _, _ in WAYS for part in ("ceiling", "guaranteed")),
    Field("since", "Berlaku mulai (kosongkan bila segera)", "Valid from (empty if at once)", "date", required=False),
    Field(
        "until",
        "Berlaku sampai akhir hari (kosongkan bila tetap)",
        "Until the end of (empty if permanent)",
        "date",
        required=False,
        ahead=True,
        after="since",
    ),
    *(Field(key, *name, "flag", required=False) for key, name in zip(_DAYS, DAY_NAMES, strict=True)),
    Field("hours_begin", "Jam mulai", "Begin", "hour", required=False),
    Field("hours_end", "Jam selesai (boleh lewat tengah malam)", "End (may be past midnight)", "hour", required=False),
)


def sent_proposal(sent: Mapping[str, str], zone: ZoneInfo) -> AllocationProposal | None:
    """The number on the form; None where its rates were left empty. Raises WrongFields for what is no rate or no day.

    ``zone`` is the office's: hours of the week are hours there.
    """
    if not any(sent.get(key, "").strip() for key in RATES):
        return None
    clean, wrong = check_each(NUMBER, sent)
    faults = {**number_faults(clean), **wrong}
    if faults:
        raise WrongFields(faults, {field.key: field.name for field in NUMBER})
    since, until = (date.fromisoformat(clean[key]) if key in clean else None for key in ("since", "until"))
    return AllocationProposal(Allocation(*(clean[key] for key in RATES)), since, until, _hours(clean, zone))


def number_faults(clean: Mapping[str, Any], facts: OfficeFacts | None = None) -> dict[str, Both]:
    """What cannot be so in an allocation's number; rates in bytes per second. ``facts`` knows the office's line."""
    faults: dict[str, Both] = {}
    if any(key in clean for key in RATES):
        faults = {key: Both("belum diisi", "is empty") for key in RATES if key not in clean}
    for way, indonesian, english in WAYS:
        ceiling, least = clean.get(f"{way}_ceiling"), clean.get(f"{way}_guaranteed")
        capacity = capacity_of(facts.uplink, way) if facts and facts.uplink else None
        if ceiling is not None and capacity is not None and ceiling > capacity:
            faults[f"{way}_ceiling"] = Both(
                f"{_shown(ceiling)} melebihi jalur {indonesian} ke ISP, yang seluruhnya {_shown(capacity)}",
                f"{exact_rate(ceiling)} is more than the whole line to the ISP ({english} {exact_rate(capacity)})",
            )
        elif ceiling is not None and least is not None and least > ceiling:
            faults[f"{way}_guaranteed"] = Both(
                f"{_shown(least)} melebihi batasnya, {_shown(ceiling)}",
                f"{exact_rate(least)} is above its ceiling, {exact_rate(ceiling)}",
            )
    days, clocks = [key for key in _DAYS if clean.get(key)], [clean.get("hours_begin"), clean.get("hours_end")]
    if days or any(clocks):
        lacking = [key for key in ("hours_begin", "hours_end") if not clean.get(key)]
        faults |= dict.fromkeys(lacking or ([] if days else ["hours_begin"]), _WHOLE_HOURS)
    return faults


def _shown(rate: int) -> str:
    return exact_rate(rate).replace(".", ",")


def asked_for(case: Case, wish: Allocation | None) -> AllocationProposal | None:
    """The number a form begins with: the one that stands, else what the request asks for with its days."""
    if case.proposal is not None:
        return case.proposal.proposal
    return AllocationProposal(wish, *wanted_days(case.form)) if wish else None


def field_values(proposal: AllocationProposal | None) -> dict[str, str]:
    """What stands in the form's fields; rates in Mbit/s."""
    if proposal is None:
        return {}
    rates = {key: typed_rate(getattr(proposal.allocation, key)) for key in RATES}
    days = {key: day.isoformat() for key in ("since", "until") if (day := getattr(proposal, key)) is not None}
    return {**rates, **days, **_hour_values(proposal.hours)}


def _hour_values(hours: WeeklyHours | None) -> dict[str, str]:
    if hours is None:
        return {}
    clocks = {"hours_begin": f"{hours.begin:%H:%M}", "hours_end": f"{hours.end:%H:%M}"}
    return {**{_DAYS[day]: "1" for day in hours.days}, **clocks}


def _hours(clean: Mapping[str, Any], zone: ZoneInfo) -> WeeklyHours | None:
    days = tuple(day for day, key in enumerate(_DAYS) if clean.get(key))
    if not days:
        return None
    # To the minute, as the field on the page has it.
    return WeeklyHours(days, hour_of(clean["hours_begin"]), hour_of(clean["hours_end"]), zone.key)
