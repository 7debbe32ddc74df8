"""The receipt has an address of its own, its link comes again to whom it was given, a number and a word lead back."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tracker_site import NOW, Site

from request_tracker.inbox.tracking import SHORTEST, link_of, sending_of
from request_tracker.people.throttle import FREE_TRIES

FORM = {"opd": "dinkes", "wanted_receive": "50", "purpose": "SIMRS", "contact_name": "Nama", "contact_phone": "0800"}
WORD = "Melati Putih"


def sent(site: Site, **more: str) -> str:
    """The address of the receipt of a request that was sent."""
    page = re.search(r'name="csrf_token" value="([^"]+)"', site.client.get("/permohonan").text)
    assert page is not None
    answer = site.client.post("/permohonan", data={"csrf_token": page[1], "key": "k" * 16, **FORM, **more})
    assert answer.status_code == 303 and answer.location.partition("?")[0].endswith("/tanda-terima")
    return str(answer.location)


def tracked(site: Site, number: str, word: str) -> Any:
    """The answer to a number and a word."""
    return site.post("/lacak/nomor", "/lacak", number=number, word=word)


def test_the_receipt_is_the_same_after_a_reload(site: Site) -> None:
    address = sent(site)
    first, again = (re.sub(r'name="\w+" value="[^"]+"', "", site.get(address)) for _ in range(2))
    assert first == again and 'id="tanda-terima">TT-1<' in first and "50 Mbit/s" in first


def test_the_form_sent_once_more_after_going_back_leads_to_its_receipt(site: Site) -> None:
    sent(site)
    again = site.get(sent(site, purpose="SIMRS dan antrean"))
    assert "TT-1" in again and 'id="sudah-diterima"' in again and 'id="tautan"' in again
    assert site.desk.store.value("SELECT count(*) FROM inbox") == 1


def test_a_number_and_the_word_lead_to_the_page_before_and_after_it_has_a_case(site: Site) -> None:
    receipt = site.get(sent(site, tracking_word=WORD))
    answer = tracked(site, "tt-1", "  melati  PUTIH ")
    assert answer.status_code == 303 and "TT-1" in site.get(answer.location)
    number = site.accepted(receipt)
    for name in (number, "TT-1"):
        answer = tracked(site, name.lower(), WORD)
        assert answer.status_code == 303 and number in site.get(answer.location)


def test_a_wrong_word_and_a_number_that_is_not_there_are_answered_alike(site: Site) -> None:
    sent(site, tracking_word=WORD)
    answers = [
        tracked(site, number, word) for number, word in (("TT-1", "mawar merah"), ("TT-9", WORD), ("x", "kamboja"))
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert len({re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}) == 1


@pytest.mark.parametrize("number", ["TT-1", "TT-9"])
def test_who_guesses_waits_whether_the_number_is_there_or_not(site: Site, number: str) -> None:
    sent(site, tracking_word=WORD)
    for _ in range(FREE_TRIES + 1):
        assert tracked(site, number, "bukan katanya").status_code == 422
    assert tracked(site, number, WORD).status_code == 422
    assert site.desk.store.value("SELECT count(*) FROM login_tries WHERE wait_until > ?", [NOW.isoformat()]) >= 1


def test_a_word_that_was_never_chosen_opens_nothing(site: Site) -> None:
    sent(site)
    assert tracked(site, "TT-1", "").status_code == 422


def test_the_word_is_chosen_on_the_receipt_and_changed_there(site: Site) -> None:
    address = sent(site)
    page = address.removesuffix("/tanda-terima")
    short = site.post(f"{page}/kata", address, word="x" * (SHORTEST - 1))
    assert short.status_code == 422 and "6 sampai 40" in short.text
    for word in ("mawar merah", WORD):
        assert "tersimpan" not in site.post(f"{page}/kata", address, word=word).text
        assert tracked(site, "TT-1", word).status_code == 303
    assert tracked(site, "TT-1", "mawar merah").status_code == 422


def test_the_journal_says_that_a_word_was_chosen_and_nothing_of_it(site: Site) -> None:
    sent(site, tracking_word=WORD)
    row = site.desk.store.row("SELECT * FROM rights_journal WHERE kind = 'tracking_word_set'")
    assert row is not None and "melati" not in str(row).casefold()


def test_a_link_with_a_changed_seal_or_of_a_foreign_key_opens_nothing(site: Site) -> None:
    sent(site)
    sending = sending_of(site.desk, "TT-1")
    assert sending is not None
    own = link_of(bytes(site.client.application.config["SECRET_KEY"]), sending)
    assert site.client.get(f"/lacak/{own}").status_code == 200
    forged = (link_of(b"kunci lain", sending), own.replace("t1.", "t2."), own[:-1], "t1.")
    assert [site.client.get(f"/lacak/{token}").status_code for token in forged] == [404] * 4


def test_a_link_ends_when_that_of_the_receipt_does(site: Site) -> None:
    opened = site.request()
    sending = sending_of(site.desk, opened.number)
    assert sending is not None
    token = link_of(bytes(site.client.application.config["SECRET_KEY"]), sending)
    assert opened.number in site.get(f"/lacak/{token}/tanda-terima")
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    site.desk.store.db.execute("UPDATE public_tokens SET expires_at = ?", [past])
    assert site.client.get(f"/lacak/{token}").status_code == 404


def test_the_link_is_pasted_as_the_receipt_s_address_too(site: Site) -> None:
    address = sent(site)
    answer = site.post("/lacak", token=f"http://127.0.0.1:9820{address}")
    assert answer.location == address.removesuffix("/tanda-terima")


def test_where_nothing_can_be_sent_no_button_offers_it_and_the_answer_tells_nothing(site: Site) -> None:
    address = sent(site)
    assert "Kirim tautan ke kontak" not in site.get(address)
    known, unknown = (site.post("/lacak/kirim-tautan", "/lacak", number=number).text for number in ("TT-1", "TT-7"))
    assert [re.sub(r'value="[^"]*"', "", text) for text in (known,)] == [re.sub(r'value="[^"]*"', "", unknown)]
    assert site.desk.store.value("SELECT count(*) FROM outbox WHERE key LIKE 'link:%'") == 0
