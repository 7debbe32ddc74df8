"""The handbook is pages of the tracker: the files of docs/ the one source, searched, each reader his shelves."""

import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import pytest
from tracker_site import Site
from tree import ROOT

from request_tracker.web.public import handbook_texts
from request_tracker.web.public.handbook import FOR_REQUESTERS

FOLDERS = [shelf for shelf, *_ in handbook_texts.SHELVES]
FILES = [
    "docs/tutorial.md",
    *(str(p.relative_to(ROOT)) for f in FOLDERS for p in sorted((ROOT / "docs" / f).glob("*.md"))),
]
NAMES = [name for file in FILES if (name := file.removeprefix("docs/").removesuffix(".md")) != "panduan/README"]


def listed(page: str) -> set[str]:
    """The pages of the handbook that a page leads to."""
    return set(re.findall(r'href="/buku/([^"#?]+)"', page))


def test_every_file_is_a_page_with_its_title_and_its_links_lead_to_pages(site: Site) -> None:
    site.enter("technician")
    assert list(handbook_texts.names()) == NAMES and listed(site.get("/buku")) == set(NAMES)
    for name in NAMES:
        text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
        page = site.get(f"/buku/{name}")
        first = text.partition("\n")[0].lstrip("# ").split("`")[0].split("(")[0]
        assert first in unescape(page), name
        targets = set(re.findall(r'href="([^"]+)"', page.partition("<article")[2].partition("</article>")[0]))
        places = {target for target in targets if not target.startswith(("https://", "http://"))}
        assert all(place.startswith(("/buku/", "/runbooks/")) for place in places), (name, places)
        assert {place.partition("#")[0].removeprefix("/buku/") for place in places if "/buku/" in place} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_hit_leads_to_the_heading_it_names(name: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    anchors = re.findall(r'<h[123] id="([^"]+)"', handbook_texts.read(name).html)
    assert [anchor for _, anchor, _ in handbook_texts.sections(text)] == anchors


def test_what_is_typed_in_the_search_finds_the_part_by_the_beginnings_of_words(site: Site) -> None:
    site.enter("technician")
    hits = handbook_texts.find("fasttrack conn", handbook_texts.names())
    assert hits and hits[0].page == "how-to/shaping-routeros"
    page = site.get("/buku?cari=fasttrack+conn")
    assert f'href="/buku/{hits[0].page}#{hits[0].anchor}"' in page and 'value="fasttrack conn"' in page
    nothing = site.get("/buku?cari=kataygtidakada")
    assert "Tidak ada bagian yang memuat semua kata itu" in nothing


@pytest.mark.parametrize("words", ['"', "*", "a OR", "NEAR(", "x" * 500, "'; DROP TABLE parts; --", "^", "\x00", "-"])
def test_a_search_of_any_signs_is_answered(words: str, site: Site) -> None:
    answer = site.client.get("/buku", query_string={"cari": words})
    assert (
        answer.status_code == (422 if len(words) > handbook_texts.MOST_LETTERS else 200)
        and 'name="cari"' in answer.text
    )


def test_who_asks_reads_his_own_guide_and_finds_nothing_of_the_rest(site: Site) -> None:
    browser = site.client.application.test_client()
    assert listed(browser.get("/buku").text) == {FOR_REQUESTERS}
    assert "<h1" in browser.get(f"/buku/{FOR_REQUESTERS}").text
    assert browser.get("/buku/panduan/teknisi").status_code == 404
    assert browser.get("/buku/how-to/operate").status_code == 404
    assert listed(browser.get("/buku?cari=cadangan").text) == {FOR_REQUESTERS}
    assert {hit.page for hit in handbook_texts.find("surat", (FOR_REQUESTERS,))} == {FOR_REQUESTERS}
    leads = browser.get(f"/buku/{FOR_REQUESTERS}").text.partition("<article")[2].partition("</article>")[0]
    assert all(browser.get(place).status_code == 200 for place in re.findall(r'href="(/[^"#]+)', leads))


def test_an_auditor_reads_the_guides_and_not_what_is_typed_into_machines(site: Site) -> None:
    site.enter("auditor")
    guides = {name for name in NAMES if name.startswith("panduan/")}
    assert listed(site.get("/buku")) == guides and listed(site.get("/buku?cari=systemctl")) <= guides
    assert site.client.get("/buku/how-to/operate").status_code == 404


def test_the_pictures_of_a_guide_are_there_and_nothing_beside_them_is(site: Site) -> None:
    site.enter("noc_operator")
    sources = re.findall(r'<img [^>]*src="([^"]+)"', site.get("/buku/panduan/noc"))
    assert sources
    for source in sources:
        with site.client.get(source) as answer:
            assert answer.status_code == 200 and answer.mimetype == "image/png"
    for wrong in ("../panduan/noc.md", "%2e%2e/tutorial.md", "nichts.png"):
        assert site.client.get(f"/buku/gambar/{wrong}").status_code == 404


def test_every_page_leads_to_the_handbook(site: Site) -> None:
    assert 'href="/buku"' in site.client.application.test_client().get("/status").text


def test_an_installed_package_and_the_image_have_it(tmp_path: Path) -> None:
    assert handbook_texts.FOLDER.joinpath("panduan").resolve() == ROOT / "docs" / "panduan"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    with ZipFile(next(tmp_path.glob("*.whl"))) as opened:
        held = set(opened.namelist())
    missing = {f"request_tracker/handbook/{name}.md" for name in NAMES} - held
    assert missing == set()
    assert {name for name in held if name.startswith("request_tracker/handbook/pictures/faces/")}
    copied = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert all(f"COPY docs/{part} docs/{part}" in copied for part in (*FOLDERS, "pictures", "tutorial.md"))
