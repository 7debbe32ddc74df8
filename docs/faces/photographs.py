"""The pages of the made-up office in a headless Chromium: its address and the list in, small PNGs out."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from docs.faces.page_list import FacePage

WIDTHS: dict[int, ViewportSize] = {360: {"width": 360, "height": 800}, 1280: {"width": 1280, "height": 800}}
# Pixels: what is below is a list's further lines, and the folder stays under its six megabytes.
LONGEST = 2600
# Text, lines and four states of colour; of a page's shades of grey nobody misses the others.
COLOURS = 32
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--font-render-hinting=none"]
PATIENCE_MS = 120_000


@dataclass(frozen=True)
class Photographer:
    """A browser in front of an office; every login has this password."""

    browser: Browser
    url: str
    password: str

    def photograph(self, pages: list[tuple[FacePage, str]]) -> Iterator[tuple[str, bytes | None]]:
        """Each page with its address, in both widths: name of the picture and PNG, None where it did not answer."""
        for width, size in WIDTHS.items():
            windows: dict[str, Page] = {}
            for face, address in pages:
                if face.login not in windows:
                    windows[face.login] = self._enter(face.login, size)
                yield f"{face.name}-{width}.png", self._picture(windows[face.login], address, size)
            for page in windows.values():
                page.context.close()

    def _picture(self, page: Page, address: str, size: ViewportSize) -> bytes | None:
        page.set_viewport_size(size)
        answer = page.goto(self.url + address)
        if answer is None or answer.status != 200 or "/masuk" in page.url.removesuffix(address):
            return None
        high = min(LONGEST, page.evaluate("document.documentElement.scrollHeight"))
        page.set_viewport_size({"width": size["width"], "height": high})
        picture = small(page.screenshot(animations="disabled"))
        # The wall asks for itself again by and by: a window that is closed just then never is.
        page.goto("about:blank")
        return picture

    def _enter(self, login: str, size: ViewportSize) -> Page:
        """A window, logged in. Without scripts: their clocks would make each picture another one."""
        context = self.browser.new_context(viewport=size, java_script_enabled=False, locale="id-ID")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        if login:
            page.goto(f"{self.url}/masuk")
            page.get_by_label("Nama pengguna").fill(login)
            page.get_by_label("Sandi").fill(self.password)
            with page.expect_navigation():
                page.get_by_role("main").get_by_role("button", name="Masuk").click()
        return page


def small(picture: bytes) -> bytes:
    """The same PNG with a palette, in a third of its bytes."""
    page = io.BytesIO()
    colours = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE)
    colours.save(page, "PNG", optimize=True)
    return page.getvalue()
