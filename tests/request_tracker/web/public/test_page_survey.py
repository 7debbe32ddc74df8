"""The satisfaction survey: the regulation's arithmetic, and the page behind the secret link."""

from decimal import Decimal

from form_page_faults import faults
from tracker_site import NOW, PUBLIC, Site

from request_tracker.cases.acts import Cancel
from request_tracker.cases.commands import run
from request_tracker.reports.survey import ELEMENTS, index_of, satisfaction

TOTALS = (105, 101, 100, 116, 102, 105, 106, 105, 115)


def spread(total: int, people: int = 29) -> list[int]:
    """Marks of 1 to 4 that sum to the total."""
    low, more = divmod(total, people)
    return [low + 1] * more + [low] * (people - more)


def test_X_SKM_the_index_is_exact_and_rounded_once_before_it_is_graded() -> None:
    columns = [spread(total) for total in TOTALS]
    people = [dict(zip(ELEMENTS, marks, strict=True)) for marks in zip(*columns, strict=True)]
    assert (satisfaction(people).value, satisfaction(people).grade) == (Decimal("91.48"), "A")
    assert satisfaction([dict.fromkeys(ELEMENTS, 4)]).value == Decimal("100.00")
    assert satisfaction([dict.fromkeys(ELEMENTS, 1)]).grade == "D"


def test_X_SKM_an_element_nobody_answered_has_no_weight() -> None:
    assert satisfaction([{"waktu": 4}, {"waktu": 3}]).value == Decimal("87.50")
    assert satisfaction([]).value is None


def test_X_SKM_the_survey_opens_when_the_case_has_ended_and_takes_one_answer(site: Site) -> None:
    opened = site.request()
    page = f"/lacak/{opened.token}/survei"
    assert site.client.get(page).status_code == 409
    run(site.desk, opened.number, Cancel("uji"), PUBLIC, NOW)
    assert page in site.get(f"/lacak/{opened.token}")
    empty = site.post(page, waktu="3", comment="cepat")
    assert empty.status_code == 422 and list(faults(empty.text)) == [key for key in ELEMENTS if key != "waktu"]
    assert 'name="waktu" value="3" required checked' in empty.text and ">cepat</textarea>" in empty.text
    assert site.post(page, **dict.fromkeys(ELEMENTS, "4")).status_code == 302
    assert "sudah tersimpan" in site.get(page)
    assert index_of(site.desk.store).value == Decimal("100.00")
