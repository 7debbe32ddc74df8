"""Each fault of a visitor's form, or of one's own account, told at its field, all at once; nothing typed is lost."""

from typing import Any

import pytest
from form_page_faults import faults
from tracker_site import Site

LETTER_IN = {"direction": "masuk", "letter_number": "005/12", "party": "Dinas Contoh", "subject": "Undangan"}
SET_UP_FAULTS = ["token", "name", "password", "again"]


@pytest.mark.parametrize(
    ("role", "address", "page", "values", "told"),
    [
        (None, "/setup", "/setup", {"token": "", "login": "adm", "name": "", "password": "pendek"}, SET_UP_FAULTS),
        (None, "/lacak/nomor", "/lacak", {"number": "", "word": ""}, ["number", "word"]),
        (None, "/lacak/nomor", "/lacak", {"number": "", "word": "mawar merah"}, ["number"]),
        (None, "/lacak", "/lacak", {"token": ""}, ["token"]),
        (None, "/lacak/kirim-tautan", "/lacak", {"number": "x" * 41}, ["lagi-number"]),
        (
            "secretariat",
            "/agenda",
            "/agenda",
            {
                **{"direction": "masuk", "letter_number": "", "party": "", "subject": "Undangan"},
                **{"eoffice_link": "http://surat.invalid", "case_number": "PKL-BW/1"},
                "occurred_at": "2199-01-01T08:00",
            },
            ["a-letter_number", "a-party", "a-eoffice_link", "a-case_number", "a-occurred_at"],
        ),
        *(
            ("secretariat", "/agenda", "/agenda", {**LETTER_IN, "letter_date": dated, **came}, [key])
            for dated, came, key in (
                ("2026-02-31", {}, "a-letter_date"),
                ("2199-01-01", {}, "a-letter_date"),
                ("2026-11-20", {"occurred_at": "2026-11-19T08:00"}, "a-occurred_at"),
            )
        ),
        (
            "secretariat",
            "/agenda",
            "/agenda?arah=keluar",
            {"direction": "keluar", "party": "Dinas Contoh", "subject": "", "letter_date": "kemarin", "paper": "lain"},
            ["a-letter_date", "a-subject", "a-paper"],
        ),
    ],
)
def test_every_fault_is_told_at_its_field_and_what_was_typed_stays(
    site: Site, role: str | None, address: str, page: str, values: dict[str, Any], told: list[str]
) -> None:
    if role:
        site.enter(role)
    answer = site.post(address, page, **values)
    assert answer.status_code == 422 and list(faults(answer.text)) == told
    for value in values.values():
        if value not in ("", "masuk", "keluar", "lain", "pendek"):
            assert f'value="{value}"' in answer.text, value


def test_what_a_sender_answers_or_takes_back_is_refused_at_its_own_form(site: Site) -> None:
    answer = site.post("/permohonan", opd="dinkes", wanted_receive="50", purpose="uji", **CONTACT)
    link = str(answer.request.path).removesuffix("/tanda-terima")
    empty = site.post(f"{link}/kotak-masuk", link, act="withdraw", reason=" ")
    assert empty.status_code == 422 and list(faults(empty.text)) == ["reason"]
    assert 'id="tarik" open' in empty.text
    word = site.post(f"{link}/kata", f"{link}/tanda-terima", word="abc")
    assert word.status_code == 422 and "6 sampai 40" in faults(word.text)["word"] and 'value="abc"' in word.text


def test_a_requester_s_forms_are_refused_each_at_its_place(site: Site) -> None:
    link = f"/lacak/{site.request('BTM-BW').token}"
    cancelled = site.post(f"{link}/batal", link, reason="x" * 1001)
    assert cancelled.status_code == 422 and list(faults(cancelled.text)) == ["cancel-reason"]
    assert 'id="batal" open' in cancelled.text and f'value="{"x" * 1001}"' in cancelled.text
    written = site.post(f"{link}/komentar", link, text=" ")
    assert written.status_code == 422 and list(faults(written.text)) == ["comment-text"]


@pytest.mark.parametrize("address", ["/permohonan", "/lapor"])
def test_what_is_chosen_stays_where_the_address_had_filled_in_something_else(site: Site, address: str) -> None:
    answer = site.post(f"{address}?opd=dinkes", opd="disdik", tracking_word="abc", **CONTACT)
    assert answer.status_code == 422 and {"tracking_word"} < faults(answer.text).keys()
    assert 'value="disdik" selected' in answer.text and 'value="dinkes" selected' not in answer.text


def test_a_login_says_which_field_is_empty_and_shows_no_password_again(site: Site) -> None:
    answer = site.post("/masuk", login="", password="rahasia sekali")
    assert answer.status_code == 401 and list(faults(answer.text)) == ["login"] and "rahasia sekali" not in answer.text
    wrong = site.post("/masuk", login="siapa", password="rahasia sekali")
    assert wrong.status_code == 401 and not faults(wrong.text)
    assert 'value="siapa"' in wrong.text and "rahasia sekali" not in wrong.text


CONTACT = {"contact_name": "Nama", "contact_phone": "0285 000"}
