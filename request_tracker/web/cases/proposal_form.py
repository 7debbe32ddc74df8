"""The number of an allocation as a form says it: four rates, two days and hours in, the proposal to be signed out."""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from inventory.rate_texts import read_one_rate
from inventory.sentences import MisreadError
from inventory.weekly_hours import WEEK, WeeklyHours
from request_tracker.cases import Allocation, Case
from request_tracker.cases.advice import wanted_days
from request_tracker.cases.proposing import HOURS, SINCE, UNTIL
from request_tracker.errors import Refused
from request_tracker.ledger.allocation import AllocationProposal
from request_tracker.sop.field_reading import FORM_UNIT, wrong
from request_tracker.web.shell.formats import typed_rate
from request_tracker.words.bilingual import Both
from request_tracker.words.labels import phrase
from request_tracker.words.written import day_of, hour_of

RATES = ("receive_guaranteed", "receive_ceiling", "transmit_guaranteed", "transmit_ceiling")


_WHOLE_HOURS = Both(
    "pilih harinya dan isi jam mulai dan jam selesai; kosongkan semua bila berlaku setiap saat",
    "choose the days and fill in begin and end; leave all empty if it holds at all hours",
)
_DAYS = tuple(f"hours_day_{day}" for day in range(WEEK))


def sent_proposal(sent: Mapping[str, str], zone: ZoneInfo) -> AllocationProposal | None:
    """The number on the form; None where its rates were left empty. Raises Refused where one of them is no rate.

    ``zone`` is the office's: hours of the week are hours there.
    """
    if not any(sent.get(key, "").strip() for key in RATES):
        return None
    rates = Allocation(*(_rate(sent, key) for key in RATES))
    return AllocationProposal(rates, _day(sent, "since", SINCE), _day(sent, "until", UNTIL), _hours(sent, zone))


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


def _hours(sent: Mapping[str, str], zone: ZoneInfo) -> WeeklyHours | None:
    days = tuple(day for day, key in enumerate(_DAYS) if sent.get(key))
    clocks = [sent.get(key, "").strip() for key in ("hours_begin", "hours_end")]
    if not days and not any(clocks):
        return None
    if not days or not all(clocks):
        raise Refused("bad_field", field=HOURS, reason=_WHOLE_HOURS)
    try:
        begin, end = map(hour_of, clocks)
    except ValueError as error:
        raise Refused("bad_field", field=HOURS, reason=_WHOLE_HOURS) from error
    # To the minute, as the field on the page has it.
    return WeeklyHours(days, begin.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0), zone.key)


def _rate(sent: Mapping[str, str], key: str) -> int:
    try:
        # A bare number is in Mbit/s, as the field on the page says.
        return read_one_rate(sent.get(key, "").strip(), FORM_UNIT)
    except MisreadError as error:
        raise Refused("bad_field", field=phrase(key), reason=Both(*error.sentence)) from error


def _day(sent: Mapping[str, str], key: str, name: Both) -> date | None:
    text = sent.get(key, "").strip()
    try:
        return day_of(text) if text else None
    except ValueError as error:
        raise Refused("bad_field", field=name, reason=wrong("date", text)) from error
