"""The documents as a site: whole or not at all, every link of every page resolves, and it asks nothing of a network."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright
from tree import ROOT

from docs.website.__main__ import main
from docs.website.building import SiteError, build
from docs.website.shelves import shelves

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "site"
    build(out)
    return out


class References(HTMLParser):
    """What a page loads, where it leads, and what in it can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.leads: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given["id"]} if "id" in given else set()
        self.loads += [given[name] for name in ("src", "srcset", "data", "poster") if name in given]
        self.loads += [given["href"]] if tag == "link" else []
        self.leads += [given["href"]] if tag == "a" and "href" in given else []


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, References]:
    return {path: References(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def test_every_page_of_the_documents_is_there_and_the_navigation_is_one(
    site: Path, pages: dict[Path, References]
) -> None:
    order = shelves(ROOT)
    assert [shelf.title for shelf in order][:4] == ["Tutorial", "Guides by role", "How to", "Reference"]
    assert {shelf.title for shelf in order} >= {"Reasons and figures", "Runbooks", "Project"}
    sources = [str(page.source) for shelf in order for page in shelf.pages]
    assert len(sources) == len(set(sources)) and all((site / page.address).exists() for s in order for page in s.pages)
    assert {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")} <= set(sources)
    for path, found in pages.items():
        nav = {(path.parent / unquote(urlsplit(target).path)).resolve() for target in found.leads if target[0] != "#"}
        assert {(site / page.address).resolve() for shelf in order for page in shelf.pages} <= nav, path.name


def test_every_link_of_every_page_resolves(pages: dict[Path, References]) -> None:
    made = {path.resolve(): found for path, found in pages.items()}
    assert len(made) > 140
    for path, found in made.items():
        for target in found.leads:
            parts = urlsplit(target)
            if parts.scheme:
                assert parts.scheme in ("https", "http", "mailto"), f"{path.name}: {target}"
                continue
            place = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert place.is_file(), f"{path.name}: {target}"
            assert not parts.fragment or parts.fragment in made[place].ids, f"{path.name}: {target}"


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, References]) -> None:
    for path, found in pages.items():
        for address in found.loads:
            assert "//" not in address and (path.parent / unquote(address)).is_file(), f"{path.name}: {address}"
    for file in ("site.css", "search.js"):
        text = (site / file).read_text(encoding="utf-8")
        assert not re.search(r"https?://|//cdn|@import|url\(|fetch\(|innerHTML", text), file
    assert not [path.name for path in pages if re.search(r"<script(?! src)|<style", path.read_text(encoding="utf-8"))]


def test_the_search_index_has_every_part_and_a_word_of_each_page(site: Path, pages: dict[Path, References]) -> None:
    text = (site / "search-index.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("lebarpitaIndex(").removesuffix(");\n"))
    anchors = {path.relative_to(site).as_posix(): found.ids for path, found in pages.items()}
    assert all(anchor in anchors[page] for page, anchor, *_ in index)
    words: dict[str, str] = {}
    for place, _, _, heading, line in index:
        words[place] = f"{words.get(place, '')} {heading} {line}"
    for page in (page for shelf in shelves(ROOT) for page in shelf.pages):
        source = (ROOT / page.source).read_text(encoding="utf-8")
        # Addresses of links and remarks are no words of a page.
        bare = re.sub(r"\]\([^)]*\)|<!--.*?-->", " ", source, flags=re.DOTALL)
        last = re.findall(r"[A-Za-z]{4,}", bare)[-1]
        assert last in words[str(page.address)], f"{page.source}: {last}"


def test_the_same_tree_is_the_same_bytes(site: Path, tmp_path: Path) -> None:
    build(tmp_path / "again")
    assert {path.relative_to(site): path.read_bytes() for path in site.rglob("*.*")} == {
        path.relative_to(tmp_path / "again"): path.read_bytes() for path in (tmp_path / "again").rglob("*.*")
    }


# Page, text that is planted in it, and what is said of it.
FAULTS = (
    ("docs/how-to/operate.md", "[x](nowhere.md)", "docs/how-to/operate.md: the link to nowhere.md leads to nothing"),
    ("docs/why/jobs.md", "[x](evidence.md#nothing-here)", "docs/why/evidence.md has no heading nothing-here"),
    ("docs/panduan/noc.md", "![x](../pictures/none.png)", "the link to ../pictures/none.png leads to nothing"),
    ("SECURITY.md", "[x](docs/how-to/install.md#none)", "docs/how-to/install.md has no heading none"),
    ("docs/elsewhere/page.md", "# A page", "docs/elsewhere/page.md: stands on no shelf"),
    ("docs/why/plain.md", "no heading", "docs/why/plain.md: its first line is no heading"),
)


def test_faults_of_pages_stop_the_site_and_all_are_named_together(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    shutil.copytree(ROOT / "docs", root / "docs", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for name in ROOT.glob("*.md"):
        shutil.copy(name, root)
    for page, text, _ in FAULTS:
        (root / page).parent.mkdir(exist_ok=True)
        with (root / page).open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n" if file.tell() else f"{text}\n")
    with pytest.raises(SiteError) as refused:
        build(root / "site", root)
    lines = str(refused.value).splitlines()
    assert len(lines) == len(FAULTS) and all(sum(fault in line for line in lines) == 1 for _, _, fault in FAULTS)
    assert not (root / "site").exists() and not list(root.glob(".site-*"))


def test_a_folder_of_something_else_is_left_alone(
    tmp_path: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_text("not a site")
    assert main(["--out", str(tmp_path)]) == 1
    assert "holds something else" in capsys.readouterr().err and (tmp_path / "mine").read_text() == "not a site"
    copy = shutil.copytree(site, tmp_path / "site")
    (copy / "gone.html").write_text("a page of before")
    assert main(["--out", str(copy)]) == 0 and not (copy / "gone.html").exists()
    assert re.search(r"index\.html: \d+ pages$", capsys.readouterr().out.strip())


@pytest.mark.browser
def test_a_reader_searches_from_a_folder_and_from_below_it_without_a_network(site: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 360, "height": 740})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for start in ("index.html", "how-to/install.html"):
            page.goto((site / start).as_uri())
            page.get_by_label("Search").fill("warm standby")
            hit = page.locator("#hits a").first
            expect(hit).to_have_text("Operate: change, back up, drill, upgrade: A warm standby", timeout=60_000)
            hit.click()
            expect(page.locator("h2#a-warm-standby")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.get_by_label("Search").fill("tidakadadimanapun")
        expect(page.locator("#hits")).to_contain_text("Tidak ditemukan")
        browser.close()
    assert asked and all(url.startswith("file://") for url in asked)
