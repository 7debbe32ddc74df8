"""First run, accounts, delegation, the roster and the office's days, through their pages."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from tracker_site import NOW, PASSWORD, Site

from request_tracker.people.accounts import person
from request_tracker.people.roster import on_duty
from request_tracker.people.setup_token import new_setup_token
from request_tracker.web.shell.context import OfficeDesk

TWICE = {"password": "sandi-baru-panjang", "again": "sandi-baru-panjang"}


def local(site: Site, hours: float) -> str:
    return (site.desk.calendar.local(NOW) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def link_in(text: str) -> str:
    found = re.search(r'id="tautan">[^<]*(/sandi/[^<]+)<', text)
    assert found is not None
    return found[1]


def test_the_set_up_token_makes_one_administrator_and_only_one(site: Site) -> None:
    token = new_setup_token(site.desk.store, NOW)
    given = {"login": "kepala", "name": "Administrator", **TWICE}
    assert site.post("/setup", token="salah", **given).status_code == 401
    assert site.post("/setup", token=token, **{**given, "again": "lain"}).status_code == 422
    assert site.post("/setup", token=token, **given).location == "/masuk"
    assert site.post("/setup", token=token, **{**given, "login": "kedua"}).status_code == 401
    assert site.log_in("kepala", TWICE["password"]).location == "/kasus"


def test_a_new_account_sets_its_password_by_a_link_that_works_once(site: Site) -> None:
    site.enter("admin")
    made = site.post("/pengguna", login="teknisi", name="Teknisi", role="technician")
    link = link_in(made.text)
    assert site.get(link) and site.post(link, **TWICE).status_code == 302
    assert site.client.get(link).status_code == 404
    assert site.log_in("teknisi", TWICE["password"]).location == "/kasus"


def test_a_reset_or_a_switched_off_account_ends_its_sessions(site: Site) -> None:
    user = site.enter("technician")
    cookie = site.client.get_cookie("session")
    assert cookie is not None
    site.enter("admin")
    site.post(f"/pengguna/{user}", "/pengguna", act="off")
    site.client.set_cookie("session", cookie.value)
    assert site.client.get("/kasus").status_code == 302
    assert site.log_in("technician").status_code == 401


def test_an_administrator_changes_roles_but_not_his_own(site: Site) -> None:
    user, admin = site.enter("technician"), site.enter("admin")
    site.post(f"/pengguna/{user}", "/pengguna", act="roles", role="auditor")
    found = person(site.desk.store, user, NOW)
    assert found is not None and found.roles == {"auditor"}
    assert site.post(f"/pengguna/{admin}", "/pengguna", act="off").status_code == 400


@pytest.mark.parametrize("page", ["/pengguna"])
def test_a_technician_does_not_see_the_administrators_pages(site: Site, page: str) -> None:
    site.enter("technician")
    assert site.client.get(page).status_code == 403


def test_PKL_B_02_a_delegation_has_dates_a_basis_and_both_names(site: Site) -> None:
    taker = site.enter("head_of_division")
    giver = site.enter("head_of_office")
    given: dict[str, Any] = {"role": "head_of_office", "giver": giver, "taker": taker, "starts": local(site, -1)}
    assert site.post("/delegasi", **given, ends=local(site, 24), basis="").status_code == 422
    assert site.post("/delegasi", **given, ends=local(site, 24), basis="SP 1/2026").status_code == 302
    page = site.get("/delegasi")
    assert "Nama head-of-office" in page and "Nama head-of-division" in page and "SP 1/2026" in page
    opened = site.request()
    site.log_in("head-of-division")
    case = f"/kasus/{opened.number}"
    site.post(f"{case}/langkah/PKL-B-02", case, act="sign", note="proses")
    assert re.search(r"Nama head-of-division\s+\(atas nama Nama head-of-office\)", site.get(case))


def test_a_stranger_cannot_delegate_what_is_not_his(site: Site) -> None:
    giver, taker = site.enter("head_of_office"), site.enter("head_of_section")
    wanted: dict[str, Any] = {"role": "head_of_office", "giver": giver, "taker": taker, "basis": "x"}
    assert site.post("/delegasi", starts=local(site, 0), ends=local(site, 9), **wanted).status_code == 403


def test_PKL_G_ESC_the_roster_says_who_is_on_duty_and_a_swap_wins(site: Site) -> None:
    first, second = site.enter("technician"), site.enter("noc_operator")
    site.enter("head_of_section")
    for user in (first, second):
        site.post("/piket", user=user, rank=1, starts=local(site, -1), ends=local(site, 8))
    assert on_duty(site.desk.store, 1, NOW) == second
    assert on_duty(site.desk.store, 2, NOW) is None
    assert "Nama noc-operator" in site.get("/piket")
    site.log_in("technician", PASSWORD)
    assert site.post("/piket", "/kasus", user=first, rank=1).status_code == 403


def test_a_local_holiday_closes_the_office_at_once(site: Site) -> None:
    site.enter("secretariat")
    day = date(NOW.year + 1, 7, 1)
    site.post("/hari-libur", day=day.isoformat(), name="Hari jadi kota")
    office: OfficeDesk = site.client.application.extensions["office"]
    assert office.desk.calendar.closed[day] == "Hari jadi kota"
    site.post("/hari-libur", day=day.isoformat(), act="drop")
    office = site.client.application.extensions["office"]
    assert day not in office.desk.calendar.closed


def test_the_roles_page_says_who_holds_a_role_its_steps_and_its_acts(site: Site) -> None:
    site.enter("technician", login="budi")
    assert site.client.get("/pengguna/peran").status_code == 403
    site.enter("auditor")
    page = site.get("/pengguna/peran")
    part = page[page.index('id="technician"') : page.index('id="secretariat"')]
    steps = ("Memeriksa spesifikasi peruntukan", "membuat draft surat balasan", "Menambahkan bandwidth dan memasukkan")
    assert "Nama budi" in part and all(step in part for step in steps) and "menangani gangguan" in part
    assert "mengelola pengguna" not in part
    head = page[page.index('id="head_of_office"') : page.index('id="head_of_division"')]
    assert "belum ada" in head and "langkahnya akan menunggu" in head


def test_PKL_B_KQ_and_PKL_S_08_competence_stands_with_the_account_and_where_one_is_named(site: Site) -> None:
    user = site.enter("technician")
    site.enter("admin")
    site.post(f"/pengguna/{user}", "/pengguna", act="details", competence=" D3 Teknik Komputer; MTCNA 2025 ")
    listed = site.get("/pengguna")
    assert "Tim Teknis · D3 Teknik Komputer; MTCNA 2025" in re.sub(r"\s+", " ", listed)
    number = site.request().number
    site.enter("head_of_office", "head_of_division", "head_of_section", login="kepala")
    for step in ("PKL-B-02", "PKL-B-03"):
        site.post(f"/kasus/{number}/langkah/{step}", f"/kasus/{number}", note="lanjutkan")
    assert "Nama technician, D3 Teknik Komputer; MTCNA 2025 (" in site.get(f"/kasus/{number}")
    site.log_in("admin")
    site.post(f"/pengguna/{user}", "/pengguna", act="details", competence="")
    assert "MTCNA" not in site.get("/pengguna")
