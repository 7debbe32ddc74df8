"""The link made again: sent to the given contact alone, once a day, and in no row of the outbox."""

import json
from datetime import timedelta

import pytest
from tracker_office import MONDAY

from request_tracker.cases import Desk, OpenCase, Supplied
from request_tracker.errors import BadForm, NotThere
from request_tracker.inbox.entries import hand_in
from request_tracker.inbox.sorting import accept
from request_tracker.inbox.tracking import (
    TrackingPlace,
    case_behind,
    checked_word,
    entry_behind,
    link_of,
    reached_by,
    send_link,
    sending_behind,
    sending_of,
)
from request_tracker.notifications.delivery import OFFICE, Carriers, Destination, text_of
from request_tracker.store.database import Row

KEY = b"kunci kantor"
CARRIERS = Carriers({"email": "json://127.0.0.1:9/{to}"}, ("json://127.0.0.1:9/",), "http://kantor.invalid", KEY)
FORM = {"opd": "dinkes", "wanted_receive": "50 Mbit/s", "purpose": "uji", "contact_name": "A", "contact_phone": "0285"}


def sent(desk: Desk, **contact: str) -> TrackingPlace:
    """A request that waits in the inbox."""
    papers = {"surat": Supplied(note="surat menyusul")}
    command = OpenCase("PKL-BW", "Penambahan bandwidth", "dinkes", form=FORM, contact=contact, documents=papers)
    hand_in(desk, command, "request", MONDAY)
    place = sending_of(desk, "TT-1")
    assert place is not None
    return place


def messages(desk: Desk) -> list[Row]:
    """What waits to be sent of links."""
    return desk.store.rows("SELECT * FROM outbox WHERE key LIKE 'link:%'")


def test_the_link_goes_to_the_contact_and_neither_into_the_row_nor_to_the_office(desk: Desk) -> None:
    place = sent(desk, name="A", email="orang@kota.invalid")
    contact = reached_by(desk, place, frozenset(CARRIERS.personal))
    assert contact is not None
    for at in (MONDAY, MONDAY + timedelta(minutes=5)):
        with desk.store.transaction() as db:
            send_link(db, desk, place, contact["id"], at)
    (row,) = messages(desk)
    link = f"http://kantor.invalid/lacak/{link_of(KEY, place)}"
    own = Destination(f"contact:{contact['id']}", "email", ())
    assert link in text_of(desk, CARRIERS, own, row, MONDAY)[1]
    assert "/lacak/" not in text_of(desk, CARRIERS, Destination(OFFICE, OFFICE, ()), row, MONDAY)[1]
    assert link_of(KEY, place) not in json.dumps(row)


@pytest.mark.parametrize("contact", [{"name": "A", "phone": "0285"}, {"email": "a@b.invalid", "channel": "page"}, {}])
def test_who_gave_no_address_of_ours_is_sent_nothing(desk: Desk, contact: dict[str, str]) -> None:
    assert reached_by(desk, sent(desk, **contact), frozenset({"email"})) is None


def test_the_link_of_the_entry_leads_to_its_case_once_there_is_one(desk: Desk) -> None:
    place = sent(desk)
    token = link_of(KEY, place)
    assert entry_behind(desk, KEY, token).receipt == "TT-1" and sending_behind(desk, KEY, token, MONDAY) == place
    with pytest.raises(NotThere):
        case_behind(desk, KEY, token, MONDAY)
    number = accept(desk, 1, "user:1", MONDAY).number
    assert case_behind(desk, KEY, token, MONDAY) == number
    of_case = sending_of(desk, number)
    assert of_case is not None and case_behind(desk, KEY, link_of(KEY, of_case), MONDAY) == number
    with pytest.raises(NotThere):
        entry_behind(desk, KEY, link_of(KEY, of_case))


def test_a_word_is_compared_without_its_spaces_and_capitals_and_a_useless_one_is_refused() -> None:
    assert checked_word("  Melati   PUTIH ") == "melati putih" and checked_word(" ") == ""
    for word in ("pendek"[:5], "x" * 41):
        with pytest.raises(BadForm, match="6 sampai 40"):
            checked_word(word)
