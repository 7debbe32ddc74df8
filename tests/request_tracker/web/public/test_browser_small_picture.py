"""A telephone's photograph in a real Chromium, the page's policy in force: what arrives is small and right side up."""

import io
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from browser_hands import PHONE
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect
from tracker_site import Site, new_site
from werkzeug.serving import make_server

from lab.loopback import at_work
from request_tracker.cases import read_case
from request_tracker.config import UploadsPart
from request_tracker.store import files

pytestmark = pytest.mark.browser
PATIENCE_MS = 120_000
# As a telephone held upright writes it: lying on its side, with the tag that says so (6: turn to the right).
SENSOR, ORIENTATION, TURNED = (3264, 2448), 0x0112, 6


@cache
def photograph() -> bytes:
    """Eight megapixels with noise, some 4 MB; upright its upper half is red and its lower half blue."""
    pixels = np.random.default_rng(17).integers(0, 90, (SENSOR[1], SENSOR[0], 3), dtype=np.uint8)
    pixels[:, : SENSOR[0] // 2, 0] += 150
    pixels[:, SENSOR[0] // 2 :, 2] += 150
    picture, out = Image.fromarray(pixels), io.BytesIO()
    picture.getexif()[ORIENTATION] = TURNED
    picture.save(out, "JPEG", quality=88, exif=picture.getexif())
    assert out.tell() > 3_000_000
    return out.getvalue()


def pages_of(site: Site) -> AbstractContextManager[str]:
    return at_work(make_server("127.0.0.1", 0, site.client.application, threaded=True))


def form(browser: Browser, url: str, *, script: bool = True) -> Page:
    """A request, typed in; only its letter is missing."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=script)  # type: ignore[arg-type]  # a ViewportSize
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{url}/permohonan")
    page.get_by_label("OPD pemohon").select_option("dinkes")
    page.get_by_label("Nama narahubung").fill("Operator Contoh")
    page.get_by_label("Telepon narahubung").fill("0285 000 000")
    page.get_by_label("Kecepatan unduh yang diminta").fill("50")
    page.get_by_label("Peruntukan").fill("rekam medis")
    return page


def choose(page: Page, content: bytes, name: str = "IMG_0001.jpeg") -> None:
    page.get_by_label("Surat permohonan").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": content})


def send(page: Page) -> int:
    """Press the button; how many bytes went over the line."""
    sent: list[int] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(int(request.all_headers()["content-length"]))

    page.on("requestfinished", note)
    page.get_by_role("main").get_by_role("button", name="Kirim permohonan").click()
    expect(page.locator("#tanda-terima")).to_be_visible(timeout=PATIENCE_MS)
    assert sent
    return sent[0]


def letter(site: Site) -> tuple[str, bytes]:
    """The letter of the one request: its name, its bytes."""
    (number,) = site.accept_all()
    paper = read_case(site.desk, number).latest("surat")
    assert paper is not None and paper.name and paper.sha256
    config = site.client.application.extensions["office"].config
    return paper.name, files.read(config.files, paper.sha256)


def is_upright(content: bytes) -> bool:
    with Image.open(io.BytesIO(content)) as picture:
        upper, lower = (picture.getpixel((picture.width // 2, picture.height * part // 4)) for part in (1, 3))
        assert isinstance(upper, tuple) and isinstance(lower, tuple)
        return picture.height > picture.width and upper[0] > upper[2] + 80 and lower[2] > lower[0] + 80


def test_a_photograph_arrives_small_and_right_side_up_and_the_person_is_told(chromium: Browser, site: Site) -> None:
    with pages_of(site) as url:
        page = form(chromium, url)
        complaints: list[str] = []
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        choose(page, photograph())
        told = page.get_by_text("Foto diperkecil dari")
        expect(told).to_be_visible(timeout=PATIENCE_MS)
        assert " MB menjadi " in told.inner_text() and "," in told.inner_text()
        went = send(page)
        assert complaints == []
    name, content = letter(site)
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, max(picture.size)) == ("JPEG", 2048)
    assert name == "IMG_0001.jpg" and is_upright(content)
    assert went < len(photograph()) / 3 and len(content) < len(photograph()) / 3


def test_who_sends_while_it_is_made_small_sends_the_small_one_and_one_request(chromium: Browser, site: Site) -> None:
    with pages_of(site) as url:
        page = form(chromium, url)
        # As long as the picture takes on a slow telephone, the button is pressed before.
        page.evaluate(
            "() => { const made = createImageBitmap;"
            " window.createImageBitmap = async (...all) => { await new Promise(r => setTimeout(r, 500));"
            " return made(...all); }; }"
        )
        choose(page, photograph())
        assert send(page) < len(photograph()) / 3
    assert is_upright(letter(site)[1])


def test_a_picture_that_cannot_be_made_small_goes_as_it_was_chosen(chromium: Browser, site: Site) -> None:
    with pages_of(site) as url:
        page = form(chromium, url)
        page.evaluate("() => { window.createImageBitmap = () => Promise.reject(new Error('tidak bisa')); }")
        choose(page, photograph())
        assert send(page) > len(photograph())
    name, content = letter(site)
    assert name == "IMG_0001.jpeg" and is_upright(content)


def test_one_that_takes_too_long_holds_nobody_up(chromium: Browser, site: Site) -> None:
    with pages_of(site) as url:
        page = form(chromium, url)
        page.evaluate("() => { window.createImageBitmap = () => new Promise(() => {}); }")
        choose(page, photograph())
        assert send(page) > len(photograph())
    assert is_upright(letter(site)[1])


def test_without_script_and_below_a_megabyte_nothing_is_changed(chromium: Browser, site: Site) -> None:
    with pages_of(site) as url:
        page = form(chromium, url, script=False)
        choose(page, photograph())
        assert send(page) > len(photograph())
        page = form(chromium, url)
        out = io.BytesIO()
        Image.new("RGB", (3000, 200), "red").save(out, "JPEG")
        choose(page, out.getvalue())
        expect(page.locator("[data-working]").first).to_be_hidden()
        send(page)
    first, second = site.accept_all()
    papers = [read_case(site.desk, number).latest("surat") for number in (first, second)]
    config = site.client.application.extensions["office"].config
    contents = [files.read(config.files, paper.sha256) for paper in papers if paper and paper.sha256]
    assert is_upright(contents[0])
    with Image.open(io.BytesIO(contents[1])) as picture:
        assert picture.size == (3000, 200)


def test_a_page_without_files_and_an_office_that_takes_no_jpeg_have_no_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    with_jpeg, without = UploadsPart(kinds=("pdf", "jpg")), UploadsPart(kinds=("pdf",))
    for uploads, page, has_script in (
        (with_jpeg, "/permohonan", True),
        (with_jpeg, "/status", False),
        (without, "/permohonan", False),
    ):
        site = new_site(tmp_path, uploads=uploads)
        answer = site.client.get(page)
        assert ("small-picture.js" in answer.text) is has_script, page
        assert ("script-src 'self'" in answer.headers["Content-Security-Policy"]) is has_script, page
        site.desk.store.close()
        (tmp_path / "t.db").unlink()
