"""Search: any piece of a number, a subject or a letter's number, whatever signs it holds."""

import re

import pytest
from tracker_office import MONDAY, request
from tracker_site import Site

from request_tracker.cases import Desk, Who, find_cases
from request_tracker.cases.queries import CaseFilter
from request_tracker.config import Office
from request_tracker.custody.upkeep import audit, rebuild
from request_tracker.letters.agenda import IN, Letter, Registration, letters, register_letter


@pytest.mark.parametrize("text", ["bandwidth", "ambahan ba", "2026/0000", "BW", "PKL-BW/2026/000001"])
def test_a_case_is_found_by_any_piece_of_its_number_or_subject(desk: Desk, text: str) -> None:
    number = request(desk)
    assert [row["number"] for row in find_cases(desk, CaseFilter(text=text))] == [number]


@pytest.mark.parametrize("text", ['"', '""" OR "', "NEAR(", "a* AND", "%", "'; DROP", "tid\0ak ada", "tidak ada"])
def test_signs_of_the_search_language_are_only_signs(desk: Desk, text: str) -> None:
    request(desk)
    assert find_cases(desk, CaseFilter(text=text)) == [] or text == "%"


def test_the_search_index_is_rebuilt_from_the_cases(desk: Desk) -> None:
    number = request(desk)
    with desk.store.transaction() as db:
        db.execute("INSERT INTO cases_search (cases_search) VALUES ('delete-all')")
    assert find_cases(desk, CaseFilter(text="bandwidth")) == []
    rebuild(desk)
    assert [row["number"] for row in find_cases(desk, CaseFilter(text="bandwidth"))] == [number]


@pytest.mark.parametrize("index", ["cases_search", "letters_search"])
def test_X_AUD_a_search_index_that_hides_a_line_is_found_and_written_anew(desk: Desk, index: str) -> None:
    number = request(desk)
    letter = Letter(IN, "005/17/2026", "2026-11-16", "dinkes", "Undangan")
    registration = Registration(letter=letter, occurred_at=MONDAY, recorded_at=MONDAY)
    register_letter(desk, Office(), registration, Who("user:1", frozenset({"secretariat"})))
    assert audit(desk) == []
    with desk.store.transaction() as db:
        db.execute(f"INSERT INTO {index} ({index}) VALUES ('delete-all')")
    assert [line.split(":")[0] for line in audit(desk)] == [index]
    rebuild(desk)
    assert audit(desk) == []
    assert [row["number"] for row in find_cases(desk, CaseFilter(text="bandwidth"))] == [number]
    assert [row["agenda"] for row in letters(desk.store, IN, "ndang")] == [1]


def test_the_filters_go_on_to_the_next_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("request_tracker.web.cases.case_pages.PAGE", 1)
    for _ in range(2):
        site.request()
    site.enter("auditor")
    page = site.get("/kasus?q=bandwidth&sop=PKL-BW&opd=dinkes&status=terbuka")
    found = re.search(r'href="(/kasus\?[^"]*halaman=1[^"]*)"', page)
    assert found is not None
    assert all(one in found[1] for one in ("q=bandwidth", "sop=PKL-BW", "opd=dinkes", "status=terbuka"))
    assert 'value="PKL-BW" selected' in page
