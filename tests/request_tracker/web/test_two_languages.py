"""X-LNG: pages read in English, and refusals that take their values in the language of the reader."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from tracker_office import WIB
from tracker_site import OFFICE, Site

from request_tracker.errors import Refused
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.web.shell import formats
from request_tracker.words.bilingual import Both, filled, joined

# Words that every longer Indonesian sentence has and no English one.
INDONESIAN = re.compile(
    r"\b(yang|dan|atau|dari|untuk|dengan|pada|tidak|belum|sudah|ini|anda|akan|oleh|kepada|sedang|harus|adalah)\b",
    re.IGNORECASE,
)


def test_X_LNG_a_refusal_takes_its_values_in_the_language_of_the_reader() -> None:
    error = Refused("bad_field", field=Both("hal", "subject"), reason=joined((Both("a", "b"), Both("c", "d"))))
    assert (error.text("id"), error.text("en")) == ("Isian hal: a, c.", "Field subject: b, d.")
    assert filled(Both("{} dari {}", "{} of {}"), Both("satu", "one"), 3) == Both("satu dari 3", "one of 3")


PAGES = ("/", "/status", "/layanan", "/lapor", "/pengaduan", "/permohonan", "/setup", "/wall", "/tidak-ada", "/sop")
STAFF: tuple[str, ...] = (
    "/kasus",
    "/kasus/baru?sop=PKL-BW",
    "/gangguan",
    "/agenda",
    "/agenda?arah=keluar",
    "/agenda/kosong",
    "/noc",
)
STAFF = (*STAFF, "/pemeliharaan", "/piket", "/delegasi", "/pengguna", "/audit", "/audit?periksa=1", "/evaluasi")
STAFF = (*STAFF, "/pemakai", "/pemakai?opd=dinkes", "/sop/PKL-GG")


def read(html: str) -> list[str]:
    """What a page says: its texts and what is read out, without drawings and code."""
    bare = re.sub(r"<(svg|code)\b.*?</\1>", "<>", html, flags=re.DOTALL)
    return re.split(r"<[^>]*>", bare) + re.findall(r'(?:alt|title|aria-label|placeholder)="([^"]*)"', bare)


def own_words(site: Site) -> list[str]:
    """What stands as it is in every language: names, and the texts of the SOPs and of the office's configuration."""
    names = [opd.name for opd in site.desk.city.opds] + [OFFICE.name]
    papers = [re.sub(r"\s+", " ", sop.text) for sop in shipped_sops()] + [str(OFFICE)]
    return sorted(names, key=len, reverse=True) + papers


def is_theirs(text: str, theirs: list[str]) -> bool:
    for name in theirs:
        text = text.replace(name, "")
    bare = re.sub(r"\s+", " ", re.sub(r"^[A-Z-]+-\d+:|[ (A-Z0-9)-]*\.?\s*$", "", text)).strip()
    return not INDONESIAN.search(bare) or any(bare in one for one in theirs)


def test_X_LNG_in_english_no_page_speaks_indonesian(site: Site) -> None:
    opened = site.request(contact={"name": "Narahubung", "phone": "080000000"})
    site.enter("secretariat", "admin", "technician", "head_of_office", "noc_operator", "head_of_section")
    site.client.get("/bahasa/en")
    found, theirs = [], own_words(site)
    for page in (*PAGES, *STAFF, f"/kasus/{opened.number}", f"/lacak/{opened.token}", "/lacak/x"):
        html = site.client.get(page).text
        assert '<html lang="en">' in html, page
        found += [f"{page}: {text.strip()}" for text in read(html) if not is_theirs(text, theirs)]
    assert not found, "\n".join(found)


def switch_on(html: str) -> str:
    found = re.search(r'<a href="([^"]*/bahasa/[^"]*)"', html)
    assert found is not None
    return unescape(found[1])


def test_X_LNG_the_switch_comes_back_to_the_page_with_its_filters_and_is_remembered(site: Site) -> None:
    site.enter("secretariat")
    page = "/kasus?q=bandwidth&opd=dinkes&status=terbuka"
    answer = site.client.get(switch_on(site.get(page)))
    assert answer.location == page
    cookie = answer.headers["Set-Cookie"]
    assert "bahasa=en" in cookie and "Max-Age=31536000" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert '<html lang="en">' in site.get(page)
    assert site.client.get(switch_on(site.get("/status"))).location == "/status"
    assert '<html lang="id">' in site.get(page)


@pytest.mark.parametrize(
    "wrong", ["//jahat.invalid/", "https://jahat.invalid", "/\\jahat.invalid", "/\t/jahat.invalid", ""]
)
def test_X_LNG_the_switch_leads_to_no_other_site(site: Site, wrong: str) -> None:
    assert site.client.get("/bahasa/en", query_string={"kembali": wrong}).location == "/"


def test_X_LNG_after_a_refused_form_the_switch_comes_back_to_the_form(site: Site) -> None:
    assert site.client.get(switch_on(site.post("/permohonan", opd="entah").text)).location == "/permohonan"
    stale = site.client.post("/kasus/PKL-BW/2026/000001/jeda")
    assert stale.status_code == 400 and "too long" in stale.text
    assert site.client.get(switch_on(stale.text)).location == "/"


def test_X_LNG_numbers_and_hours_are_written_as_the_language_does() -> None:
    at = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    assert [formats.clock(at, WIB, one) for one in ("id", "en")] == ["23/11 09.30", "23/11 09:30"]
    assert [formats.rate(1_562_500, one) for one in ("id", "en")] == ["12,5 Mbit/s", "12.5 Mbit/s"]
    assert [formats.size(12_500_000, one) for one in ("id", "en")] == ["12,5 MB", "12.5 MB"]


def test_X_LNG_a_page_in_english_writes_its_numbers_so(site: Site) -> None:
    site.request(form={"wanted_receive": "12.5 Mbit/s", "purpose": "uji"})
    site.enter("head_of_office")
    number = site.desk.store.value("SELECT number FROM cases")
    assert "12,5 Mbit/s" in site.get(f"/kasus/{number}")
    site.client.get("/bahasa/en")
    page = site.get(f"/kasus/{number}")
    assert "12.5 Mbit/s" in page and "12,5" not in page
