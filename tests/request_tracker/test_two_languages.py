"""X-LNG: pages read in English, and refusals that take their values in the language of the reader."""

import re

from tracker_site import OFFICE, Site

from request_tracker.both import Both, filled, joined
from request_tracker.errors import Refused
from request_tracker.sop.loader import shipped_sops

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
STAFF = ("/kasus", "/kasus/baru?sop=PKL-BW", "/gangguan", "/agenda", "/agenda?arah=keluar", "/agenda/kosong", "/noc")
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
