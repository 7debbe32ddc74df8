"""Cancel, open again, name another technician: shown only to those who may, refused to the others in a sentence."""

from datetime import timedelta

import pytest
from tracker_office import SECTION, TECHNICIAN, request
from tracker_site import NOW, PASSWORD, Site

from request_tracker.cases import Cancel, Desk, history, read_case, run
from request_tracker.errors import Refused
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.web.cases import case_reading
from request_tracker.web.public import requester_page
from request_tracker.web.shell.context import now


def ended(site: Site) -> tuple[str, str]:
    """A case its requester has taken back: its number and the path of the secret link."""
    made = site.request(contact={"name": "Narahubung"})
    link = f"/lacak/{made.token}"
    assert site.post(f"{link}/batal", link, reason="belum perlu").status_code == 302
    return made.number, link


def reopen(site: Site, number: str, **more: str) -> object:
    return site.post(f"/kasus/{number}/buka", f"/kasus/{number}", **{"step": "PKL-B-02", "note": "jadi", **more})


def test_only_the_requester_takes_a_request_back(site: Site, desk: Desk) -> None:
    number, link = ended(site)
    assert read_case(site.desk, number).ending == "dibatalkan" and "Batalkan permohonan" not in site.get(link)
    other = request(desk)
    for who in (SECTION, TECHNICIAN):
        with pytest.raises(Refused) as found:
            run(desk, other, Cancel("tidak jadi"), who, now())
        assert found.value.code == "may_not_cancel" and "tautan rahasianya" in str(found.value)
    site.enter("head_of_section")
    assert "Batalkan" not in site.get(f"/kasus/{number}")


def test_an_official_opens_an_ended_case_again_with_a_reason(site: Site) -> None:
    number, _ = ended(site)
    site.enter("head_of_section")
    assert 'id="buka-kembali"' in site.get(f"/kasus/{number}")
    assert reopen(site, number, note=" ").status_code == 422  # type: ignore[attr-defined]  # a test response
    assert reopen(site, number).status_code == 302  # type: ignore[attr-defined]  # a test response
    case = read_case(site.desk, number)
    assert case.ending is None and [step.id for step in case.open_steps] == ["PKL-B-02"]
    assert 'id="buka-kembali"' not in site.get(f"/kasus/{number}")


def test_a_technician_sees_no_form_to_open_again_and_is_refused_in_a_sentence(site: Site) -> None:
    number, _ = ended(site)
    site.enter("technician")
    assert 'id="buka-kembali"' not in site.get(f"/kasus/{number}")
    answer = site.post(f"/kasus/{number}/buka", "/kasus", step="PKL-B-02", note="jadi")
    assert answer.status_code == 409 and "Kepala Seksi" in answer.text
    assert read_case(site.desk, number).ending == "dibatalkan"


def test_after_seven_days_nobody_is_offered_to_open_it_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    number, link = ended(site)
    site.enter("head_of_section")
    later = now() + timedelta(days=7, minutes=1)
    for module in (case_reading, requester_page):
        monkeypatch.setattr(module, "now", lambda: later)
    for page in (f"/kasus/{number}", link):
        assert 'id="buka-kembali"' not in site.get(page)


def test_the_requester_opens_it_again_by_the_link(site: Site) -> None:
    number, link = ended(site)
    assert site.post(f"{link}/buka", link, note="").status_code == 422
    assert site.post(f"{link}/buka", link, note="ternyata perlu").status_code == 302
    case = read_case(site.desk, number)
    assert case.ending is None and history(site.desk, number)[-3].kind == "reopened"


def test_BTM_04_the_section_head_names_another_technician_who_is_told(site: Site) -> None:
    number = site.request().number
    second = add_user(site.desk.store, NewAccount("kedua", "Teknisi Kedua", ("technician",), PASSWORD), NOW)
    clerk = add_user(site.desk.store, NewAccount("tu", "Tata Usaha", ("secretariat",), PASSWORD), NOW)
    site.enter("head_of_section")
    page = f"/kasus/{number}"
    assert site.post(f"{page}/petugas", page, technician=clerk).status_code == 409, "holds no technician's role"
    for _ in range(2):
        assert site.post(f"{page}/petugas", page, technician=second).status_code == 302
    assert [one.kind for one in history(site.desk, number)].count("assigned") == 1, "named twice is named once"
    told = site.desk.store.rows("SELECT recipient FROM outbox WHERE payload LIKE '%\"assigned\"%'")
    assert [row["recipient"] for row in told] == [f"user:{second}"]
    site.log_in("kedua")
    assert "Teknisi Kedua" in site.get(page) and "Ganti petugas" not in site.get(page)
    answer = site.post(f"{page}/petugas", page, technician=second)
    assert answer.status_code == 409 and "Kepala Bidang" in answer.text
