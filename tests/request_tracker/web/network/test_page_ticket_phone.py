"""The technician's ticket: where to go, what to look at first, one next act, short forms that stay where they were."""

import re
from io import BytesIO

import pytest
from browser_hands import PHONE, Hall
from browser_office import Tracker
from tracker_office import CITY
from tracker_papers import photograph
from tracker_site import NOW, Site

from request_tracker.cases import history
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.people.contacts import add_entry
from request_tracker.web.network.ticket_place import first_looks, place_of

CHECK = {"perangkat": "Router distribusi timur", "daya": "baik", "lampu": "merah", "temuan": "serat putus"}
# A page over a poor signal (EDGE, some 100 kbit/s) is there in two seconds; the stylesheet comes once.
MOST_BYTES = 20_000


@pytest.fixture
def number(site: Site) -> str:
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud", "dishub"), NOW.timestamp() - 120, None, "watch")
    return reconcile(site.desk, [told], NOW)[0]


def primaries(page: str) -> list[str]:
    """The words of the buttons of the first rank, of buttons and of links."""
    found = re.findall(r"<(?:button|a)\b(?P<more>[^>]*)>\s*(?P<words>[^<]*)<", page.partition("<main")[2])
    first = [(more, words.strip()) for more, words in found if not re.search(r'class="[^"]*(second|plain|grave)', more)]
    return [words for more, words in first if 'type="submit"' in more or 'class="button' in more]


def test_PKL_G_04_the_page_says_where_both_ends_are_with_a_map_and_the_offices_telephones(
    site: Site, number: str
) -> None:
    add_entry(site.desk.store, "opd:rsud", {"name": "Piket RSUD", "phone": "0285 123456"}, NOW)
    site.enter("technician")
    page = site.get(f"/gangguan/{number}")
    assert "RSUD, gedung B" in page and "openstreetmap.org/?mlat=-5.492&amp;mlon=110.352" in page
    assert 'href="tel:0285123456"' in page and "telepon belum ada dalam buku narahubung" in page
    assert site.desk.store.value("SELECT count(*) FROM access_log WHERE what = 'office contacts'") == 1
    site.enter("auditor")
    masked = site.get(f"/gangguan/{number}")
    assert "0285 123456" not in masked and "••••" in masked
    assert len(page.encode()) < MOST_BYTES


def test_the_way_is_drawn_with_the_broken_line_alone_marked() -> None:
    where = place_of(CITY, "agg-timur")
    assert [(one.name, one.fails) for one in where.way] == [
        ("Router inti", False),
        ("Router agregasi", False),
        ("Router distribusi timur", True),
    ]
    assert where.near and where.far and (where.near.place, where.far.place) == ("Menara kota", "RSUD, gedung B")
    assert place_of(CITY, "timur-rsud").way[-1].name == "Rumah Sakit Umum Daerah"
    assert place_of(CITY, "isp-utama").way[-1].fails and place_of(CITY, "core").way[0].fails
    assert place_of(CITY, "sudah-dicabut").way == ()


def test_what_to_look_at_first_follows_the_cause() -> None:
    assert "antarmuka" in first_looks("link", "link_down", False)[0].indonesian
    assert "daya" in first_looks("link", "silent", False)[0].indonesian
    assert "ISP" in first_looks("uplink", "link_down", True)[-1].indonesian
    assert "switch" in first_looks("device", "device_down", False)[0].indonesian


def test_PKL_G_04_and_PKL_G_05_from_the_message_to_the_report_the_page_is_not_left_and_asks_one_thing_at_a_time(
    site: Site, number: str
) -> None:
    page = f"/gangguan/{number}"
    site.enter("technician")
    assert primaries(site.get(page)) == ["Saya tangani"]
    site.post(f"{page}/tangani", page)
    assert primaries(site.get(page)) == ["Tandatangani dan teruskan"]
    answer = site.post(f"{page}/langkah/PKL-G-04", page, act="sign", **CHECK)
    assert answer.location == page
    after = site.get(page)
    assert 'id="PKL-G-05" open' in after and primaries(after) == ["Tandatangani dan teruskan"]
    assert site.post(f"{page}/langkah/PKL-G-05", page, act="sign").location == page
    waiting = site.get(page)
    assert primaries(waiting) == [] and "menunggu Kepala Dinas Kominfo" in waiting


def test_what_is_over_asks_for_its_report_first_and_can_still_be_taken(site: Site, number: str) -> None:
    began = NOW.timestamp() - 120
    over = OutageRecord("agg-timur", "link", "link_down", ("rsud", "dishub"), began, NOW.timestamp() - 20, "watch")
    reconcile(site.desk, [over], NOW)
    site.enter("technician")
    page = site.get(f"/gangguan/{number}")
    assert "Tersambung kembali" in page and primaries(page) == ["Tandatangani dan teruskan"]
    assert '<button class="second" type="submit">Saya tangani</button>' in page


def test_PKL_G_04_a_refused_form_stays_where_it_was_with_all_that_was_typed_and_the_photo(
    site: Site, number: str
) -> None:
    page = f"/gangguan/{number}"
    site.enter("technician")
    photo = (BytesIO(photograph()), "foto.jpg")
    answer = site.post(f"{page}/langkah/PKL-G-04", page, act="sign", photo=photo, **{**CHECK, "temuan": ""})
    assert answer.status_code == 409 and 'id="PKL-G-04" open' in answer.text
    assert "Router distribusi timur" in answer.text and "foto.jpg" in answer.text and 'role="alert"' in answer.text
    assert not [event for event in history(site.desk, number) if event.step == "PKL-G-04" and event.kind == "signed"]


def test_PKL_G_08a_a_note_of_the_isp_that_is_refused_stays_too(site: Site, number: str) -> None:
    page = f"/gangguan/{number}"
    site.enter("technician")
    answer = site.post(f"{page}/isp", page, isp="", answer="akan dicek")
    assert answer.status_code == 422 and 'id="isp-kontak" open' in answer.text and "akan dicek" in answer.text


def test_the_history_tells_what_people_did_and_folds_the_rest(site: Site, number: str) -> None:
    page = f"/gangguan/{number}"
    site.enter("technician")
    site.post(f"{page}/tangani", page)
    people, _, system = site.get(page).partition('id="riwayat"')[2].partition('id="catatan-sistem"')
    assert "Nama technician" in people and "langkah dimulai" not in people and "langkah dimulai" in system


@pytest.mark.browser
def test_PKL_G_04_by_keyboard_on_a_phone_the_ticket_is_walked_from_the_message_to_the_report(
    hall: Hall, tracker: Tracker
) -> None:
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud", "dishub"), NOW.timestamp() - 120, None, "watch")
    (number,) = reconcile(tracker.desk, [told], NOW)
    technician = hall.staff("teknisi", "tiket")
    technician.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a ViewportSize
    technician.open(f"/gangguan/{number}")
    technician.press("Saya tangani")
    technician.write("Perangkat yang diperiksa", "Router distribusi timur")
    technician.choose("Catu daya", "padam")
    technician.choose("Lampu indikator", "merah")
    technician.write("Temuan", "serat putus")
    for _ in range(2):
        technician.press("Tandatangani dan teruskan")
        assert technician.page.url.endswith(f"/gangguan/{number}")
    assert "menunggu Kepala Dinas Kominfo" in technician.text()
