"""The number of an allocation as a form says it: four rates and two days in, the proposal to be signed out."""

from collections.abc import Mapping
from datetime import date

from inventory.rate_texts import read_one_rate
from inventory.sentences import MisreadError
from request_tracker.cases import Allocation, Case
from request_tracker.cases.advice import wanted_days
from request_tracker.cases.proposing import SINCE, UNTIL
from request_tracker.errors import Refused
from request_tracker.ledger.allocation import AllocationProposal
from request_tracker.sop.forms import FORM_UNIT, wrong
from request_tracker.web.shell.formats import typed_rate
from request_tracker.words.bilingual import Both
from request_tracker.words.labels import phrase
from request_tracker.words.written import day_of

RATES = ("receive_guaranteed", "receive_ceiling", "transmit_guaranteed", "transmit_ceiling")


def sent_proposal(sent: Mapping[str, str]) -> AllocationProposal | None:
    """The number on the form; None where its rates were left empty. Raises Refused where one of them is no rate."""
    if not any(sent.get(key, "").strip() for key in RATES):
        return None
    rates = Allocation(*(_rate(sent, key) for key in RATES))
    return AllocationProposal(rates, _day(sent, "since", SINCE), _day(sent, "until", UNTIL))


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
    return {**rates, **days}


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
