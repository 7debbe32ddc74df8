"""The design system: one page with every component, sizes from tokens, and no page with a style of its own."""

import re

import pytest
from tracker_site import Site
from tree import ROOT

WEB = ROOT / "request_tracker" / "web"
TEMPLATES = sorted(WEB.glob("*/templates/*.html"))
SHEET = (WEB / "static" / "lebarpita.css").read_text(encoding="utf-8")
PARTS = (
    *("tombol", "kata-status", "isian", "ringkasan", "tabel", "kartu", "garis-waktu", "gambar", "kosong"),
    *("pemberitahuan", "bagian-lipat", "cetak", "ukuran"),
)
# The screen on a wall is drawn for five metres and no phone opens it: its sheet is not carried by every other page.
OWN_SHEET = {"wall.html"}
assert TEMPLATES, "no template found: the tests below would prove nothing"


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_shows_every_component_with_one_primary_button(site: Site, language: str) -> None:
    site.enter("admin")
    site.client.get(f"/bahasa/{language}")
    page = site.get("/gaya")
    assert [part for part in PARTS if f'id="{part}"' not in page] == []
    assert page.count('<button type="button">') == 1
    for state in ("good", "warn", "bad", "unknown"):
        assert re.search(rf'class="status {state}"><span aria-hidden="true">[✓!✕?]</span> \S', page), state


def test_every_token_that_the_page_names_is_declared_and_used(site: Site) -> None:
    site.enter("admin")
    named = set(re.findall(r"<code>(--[a-z0-9-]+)</code>", site.get("/gaya")))
    declared = set(re.findall(r"(--(?:space|text)[a-z0-9-]*):", SHEET))
    assert declared <= named
    assert [token for token in sorted(named) if f"{token}:" not in SHEET] == []


def test_no_page_has_css_of_its_own() -> None:
    own = {
        path.name
        for path in TEMPLATES
        if path.name != "base.html" and re.search(r"<style\b|\sstyle=|rel=\"stylesheet\"", path.read_text("utf-8"))
    }
    assert own == OWN_SHEET


def test_a_button_has_one_of_four_looks() -> None:
    looks = {
        look for path in TEMPLATES for look in re.findall(r'<button[^>]*\bclass="([^"]*)"', path.read_text("utf-8"))
    }
    assert looks <= {"second", "plain", "grave", "huge"}
