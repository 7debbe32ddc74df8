"""What a public form says is held against what is known: the line, the present allocation, the day, the contact."""

from datetime import date, datetime

import pytest
from tracker_office import CITY

from request_tracker.inbox.form_sense import OfficeFacts, contact_faults, outage_faults, request_faults, uplink_of
from request_tracker.ledger.allocation import Allocation

MBIT = 125_000
LINE = uplink_of(CITY, "dinkes")
TODAY = date(2026, 11, 23)
HAS = Allocation(5 * MBIT, 20 * MBIT, 5 * MBIT, 20 * MBIT)
FACTS = OfficeFacts(LINE, HAS, TODAY)


@pytest.mark.parametrize(
    ("clean", "field", "fact"),
    [
        ({"wanted_receive": 999_999_999 * MBIT}, "wanted_receive", "200 Mbit/s"),
        ({"wanted_receive": 50 * MBIT, "wanted_transmit": 300 * MBIT}, "wanted_transmit", "200 Mbit/s"),
        ({"wanted_receive": 10 * MBIT}, "wanted_receive", "20 Mbit/s"),
        ({"wanted_receive": 20 * MBIT}, "wanted_receive", "20 Mbit/s"),
        ({"wanted_receive": 1000}, "wanted_receive", "256 kbit/s"),
        ({"starts_on": "2020-01-01"}, "starts_on", "23-11-2026"),
        ({"starts_on": "2026-12-10", "ends_on": "2026-12-01"}, "ends_on", "10-12-2026"),
        ({"letter_date": "2027-01-01"}, "letter_date", "23-11-2026"),
        ({"contact_channel": "email"}, "contact_email", "surel"),
    ],
)
def test_what_cannot_be_so_is_told_at_its_field_with_the_fact(clean: dict[str, object], field: str, fact: str) -> None:
    faults = request_faults(clean, FACTS)
    assert list(faults) == [field] and fact in faults[field].indonesian and faults[field].english


@pytest.mark.parametrize(
    "clean",
    [
        {"wanted_receive": 50 * MBIT, "starts_on": "2026-11-23", "ends_on": "2026-11-23", "letter_date": "2026-11-23"},
        {"wanted_receive": 20 * MBIT, "wanted_transmit": 40 * MBIT},
        {"wanted_receive": 200 * MBIT, "contact_channel": "phone", "contact_phone": "0285 000"},
    ],
)
def test_what_can_be_so_is_taken(clean: dict[str, object]) -> None:
    assert request_faults(clean, FACTS) == {}


def test_of_an_office_nobody_knows_anything_of_nothing_is_said() -> None:
    nothing = OfficeFacts(None, None, TODAY)
    assert request_faults({"wanted_receive": 5 * MBIT}, nothing) == {} and uplink_of(CITY, "entah") in (None, LINE)


def test_an_outage_that_has_not_begun_yet_is_none() -> None:
    at = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001  # The office's clock, as the form has it.
    assert list(outage_faults({"since": "2026-11-23T10:00"}, at)) == ["since"]
    assert outage_faults({"since": "2026-11-23T09:05"}, at) == {} == outage_faults({}, at)


def test_a_complaint_without_a_telephone_asks_for_no_call() -> None:
    assert list(contact_faults({"contact_channel": "phone"})) == ["contact_phone"] and contact_faults({}) == {}
