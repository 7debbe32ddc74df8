"""Every page of every role over an office at work: no key or setting is said, one primary button, and its bytes."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict
from html import unescape

import pytest
from efforts import rewritten
from page_weights import PageWeight, row, weight
from tracker_office import CITY
from tree import ROOT, TESTS
from walked_pages import WalkedOffice, walked_office

from inventory.titles import titles
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.people.roles import ROLES

KEYS = sorted(key for key, name in titles(CITY).items() if name != key)
KEY = re.compile(rf"(?<![\w/.-])({'|'.join(map(re.escape, KEYS))})(?![\w/.-])")
ALERT_NAME = re.compile(r"\bLebarpita[A-Z]\w+")
# "wanted_receive", "lebarpita_opd_…": a key of the code, of the configuration or a metric; also "(channels)".
CODE_WORD = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\(channels\)")
NO_AGE = re.compile(r"(?<![\d.,])0 (?:[ds]|dtk)\b")
# A unit of one letter that is another unit to somebody: "d" of detik and of day, "m" of menit and of metre.
LONE_UNIT = re.compile(r"(?<![\w.,/-])\d+ [djm]\b")
# A step of an SOP by its number: PKL-B-02, BTM-09.
STEP = re.compile(r"\b(?:PKL-[A-Z]|BTM|KTM)-\d\d\b")
STEP_NAMES = {step.id: step.text for sop in shipped_sops() for step in sop.steps.values()}
# Pages that are read with a hand on a keyboard: what they name is typed, or searched for in Alertmanager.
FOR_HANDS = ("/runbooks", "/buku/", "/gaya")
GOLDEN = TESTS / "golden" / "page_weights.json"
FACES = ROOT / "docs" / "why" / "faces.md"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WalkedOffice]:
    """The office that all of these walk through."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESSION", "rahasia-sesi-yang-panjang")
        made = walked_office(tmp_path_factory.mktemp("speak"))
        yield made
        made.site.desk.store.close()


def pages(office: WalkedOffice, role: str) -> Iterator[tuple[str, str]]:
    """Each page for reading that this person can open."""
    return ((a, html) for a, html in office.pages(role).items() if not a.startswith(FOR_HANDS))


def texts(html: str) -> list[str]:
    """What a page says and what is read out, without what is to be typed (``code``, ``pre``)."""
    bare = re.sub(r"<(code|pre|script|title)\b.*?</\1>", "<>", html, flags=re.DOTALL)
    spoken = re.findall(r'(?:alt|title|aria-label|placeholder)="([^"]*)"', bare)
    return [unescape(text) for text in (*re.split(r"<[^>]*>", bare), *spoken)]


def primaries(html: str) -> list[str]:
    """The buttons of the first rank on a page, links that look so among them."""
    main = re.sub(r"<(code|pre)\b.*?</\1>", "", html.partition("<main")[2], flags=re.DOTALL)
    first = []
    for tag, more, words in re.findall(r"<(button|a|summary)\b([^>]*)>\s*(.*?)\s*</\1>", main, flags=re.DOTALL):
        looks = (re.search(r'class="([^"]*)"', more) or ["", ""])[1].split()
        if (tag == "button" or "button" in looks) and not {"second", "plain", "grave"} & set(looks):
            first.append(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", words)))
    return first


@pytest.mark.parametrize("role", ["stranger", *ROLES])
def test_no_page_says_a_key_an_alert_s_name_a_setting_or_an_age_of_nothing(office: WalkedOffice, role: str) -> None:
    wrong = {
        f"{address}: {said[0]!r} in {text.strip()[:90]!r}"
        for address, html in pages(office, role)
        for text in texts(html)
        for pattern in (KEY, ALERT_NAME, CODE_WORD, NO_AGE, LONE_UNIT)
        if (said := pattern.search(text))
    }
    assert wrong == set(), "\n" + "\n".join(sorted(wrong))


@pytest.mark.parametrize("role", ["stranger", *ROLES])
def test_a_step_is_said_by_what_is_done_in_it_and_not_by_its_number_alone(office: WalkedOffice, role: str) -> None:
    wrong = set()
    for address, html in pages(office, role):
        said = " ".join(" ".join(texts(html)).split())
        # A number that no SOP has ("?") is one of our own books: nobody knows it.
        wrong |= {f"{address}: {step}" for step in set(STEP.findall(said)) if STEP_NAMES.get(step, "?") not in said}
    assert wrong == set(), "\n" + "\n".join(sorted(wrong))


@pytest.mark.parametrize("role", ["stranger", *ROLES])
def test_a_page_has_one_primary_button_at_most(office: WalkedOffice, role: str) -> None:
    many = {address: buttons for address, html in pages(office, role) if len(buttons := primaries(html)) > 1}
    assert many == {}, "\n" + "\n".join(f"{address}: {buttons}" for address, buttons in many.items())


def test_the_patterns_see_what_they_are_for() -> None:
    assert KEY.search("Uplink isp-utama: p95") and KEY.search("agg-timur") and not KEY.search("Router agregasi")
    assert ALERT_NAME.search("LebarpitaDeviceSilent") and CODE_WORD.search("head_of_office")
    assert NO_AGE.search("umur 0 d") and NO_AGE.search("umur 0 dtk") and LONE_UNIT.search("selama 3 m 20 d")
    assert (
        not NO_AGE.search("10 dtk") and not LONE_UNIT.search("3 mnt 20 dtk") and not CODE_WORD.search("kasus terkait")
    )
    assert "agg-timur" not in texts("<p>a<code>agg-timur</code></p>")
    assert primaries('<main><button type="submit">Kirim</button><a class="button second">b</a></main>') == ["Kirim"]


def test_an_auditor_is_shown_no_command_of_a_shell(office: WalkedOffice) -> None:
    """The runbooks, which tell others what to type, are read by him in ``test_page_runbooks``."""
    shown = {
        address: found[0]
        for address, html in pages(office, "auditor")
        if (found := re.search(r"\b(lebarpita-[a-z]+ [a-z]+|(systemctl|journalctl|promtool|python -m) [\w-]+)", html))
    }
    assert shown == {}


def test_a_list_says_what_comes_next_in_words_and_an_empty_one_says_that_it_is(office: WalkedOffice) -> None:
    noc = office.people["noc_operator"].get("/noc").text
    assert re.search(r"berikutnya: <strong[^>]*>Pengecekan fisik perangkat aktif jaringan utama<", noc)
    assert "Rumah Sakit Umum Daerah" in noc and "belum ditangani" in noc
    for address in ("/agenda", "/kebutuhan", "/audit"):
        role = {"/agenda": "secretariat", "/kebutuhan": "head_of_section"}.get(address, "auditor")
        assert 'class="empty"' in office.people[role].get(address).text, address


def read_golden() -> dict[str, dict[str, PageWeight]]:
    return {
        role: {address: PageWeight(**figures) for address, figures in pages.items()}
        for role, pages in json.loads(GOLDEN.read_text(encoding="utf-8")).items()
    }


def test_no_page_weighs_much_more_than_it_did_nor_asks_for_more_beside_it(office: WalkedOffice) -> None:
    """GOLDEN=1 writes anew what is not like it was, with docs/why/faces.md; review says why it costs more."""
    weights = {
        role: {address: weight(html) for address, html in sorted(office.pages(role).items())}
        for role in ("stranger", *ROLES)
    }
    golden = read_golden()
    if os.environ.get("GOLDEN"):
        golden = {role: renewed(golden.get(role, {}), pages) for role, pages in weights.items()}
        GOLDEN.write_text(written(golden), encoding="utf-8")
        for role, pages in golden.items():
            FACES.write_text(rewritten(FACES.read_text("utf-8"), role, [row(role, pages)]), encoding="utf-8")
    assert {role: list(pages) for role, pages in weights.items()} == {r: list(pages) for r, pages in golden.items()}
    wrong = [
        f"{role} {address}: {golden[role][address]} in the golden file, now {now}"
        for role, pages in weights.items()
        for address, now in pages.items()
        if not now.is_like(golden[role][address])
    ]
    assert wrong == [], "\n".join(wrong)
    page = FACES.read_text("utf-8").splitlines()
    assert [line for role, pages in golden.items() if (line := row(role, pages)) not in page] == []


def renewed(before: dict[str, PageWeight], now: dict[str, PageWeight]) -> dict[str, PageWeight]:
    """What is like it was stays as it was, so that a review sees the other pages alone."""
    return {a: before[a] if a in before and page.is_like(before[a]) else page for a, page in now.items()}


def written(golden: dict[str, dict[str, PageWeight]]) -> str:
    """The golden file: a line for each page, so that a review sees which page changed."""
    roles = (
        f'  "{role}": {{\n'
        + ",\n".join(f"    {json.dumps(a)}: {json.dumps(asdict(w))}" for a, w in pages.items())
        + "\n  }"
        for role, pages in golden.items()
    )
    return "{\n" + ",\n".join(roles) + "\n}\n"


def test_a_paragraph_more_is_the_same_page_and_a_page_twice_as_heavy_is_not() -> None:
    page = PageWeight(html=20_000, gzip=5_000, css=1, js=0, img=1)
    assert PageWeight(html=22_000, gzip=5_600, css=1, js=0, img=1).is_like(page)
    assert not PageWeight(html=40_000, gzip=5_600, css=1, js=0, img=1).is_like(page)
    assert not PageWeight(html=10_000, gzip=5_000, css=1, js=0, img=1).is_like(page)
    assert not PageWeight(html=20_000, gzip=10_000, css=1, js=0, img=1).is_like(page)
    assert not PageWeight(html=20_000, gzip=5_000, css=1, js=1, img=1).is_like(page)
    small = PageWeight(html=4_000, gzip=1_600, css=1, js=0, img=0)
    assert not PageWeight(html=8_000, gzip=2_000, css=1, js=0, img=0).is_like(small)
