"""A person at a 360 px window who has only a keyboard; every page they see is photographed and read by axe-core."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from efforts import Effort
from playwright.sync_api import Browser, Locator, Page
from tracker_site import PASSWORD

PICTURES = Path("artifacts/pictures")
SWITCHES = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PHONE = {"width": 360, "height": 800}
MAX_TABS = 80
# A page is there in a second; a browser that is held up by a busy machine needed more than ten (30 November 2026).
PATIENCE_MS = 120_000
AXE = {"resultTypes": ["violations"]}
# Where the focus is, whether it is seen, and whether that is the element wanted.
FOCUS = """wanted => {
  const here = document.activeElement, style = getComputedStyle(here);
  return [here === wanted, here === document.body || style.outlineStyle !== 'none', here.outerHTML.slice(0, 120)];
}"""


@dataclass
class Person:
    """Somebody at a window. ``story`` begins the names of the pictures; ``seen`` counts them."""

    page: Page
    url: str
    story: str
    seen: list[str] = field(default_factory=list)
    efforts: dict[str, Effort] = field(default_factory=dict)

    @property
    def effort(self) -> Effort:
        """What this story has asked of him so far."""
        return self.efforts.setdefault(self.story, Effort())

    def begin(self, story: str) -> None:
        """The pictures from here on belong to this story."""
        self.story = story

    def open(self, path: str) -> None:
        """Type an address, and look."""
        with self.effort.waiting():
            self.page.goto(self.url + path)
        self.effort.clicks += 1
        self.look()

    def look(self) -> None:
        """Keep a picture; nothing is wider than the window and axe-core finds no serious fault."""
        path = re.sub(r"[^a-z]+", "-", self.page.url.removeprefix(self.url).partition("?")[0].lower()).strip("-")
        name = f"{self.story}-{len(self.seen):02d}-{path[:12].strip('-') or 'mulai'}"
        self.seen.append(name)
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} is {wide} px wider than its window"
        found = Axe().run(self.page, options=AXE).response["violations"]
        faults = [f for f in found if f["impact"] in ("serious", "critical")]
        assert not faults, f"{name}: {[(fault['id'], fault['nodes'][0]['html'][:160]) for fault in faults]}"

    def at(self, target: Locator) -> Locator:
        """Tab to a control; the focus is seen on the way."""
        wanted = target.element_handle()
        for _ in range(MAX_TABS):
            reached, visible, where = self.page.evaluate(FOCUS, wanted)
            assert visible, f"the focus cannot be seen on {where}"
            if reached:
                return target
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached with {MAX_TABS} tabs on {self.page.url}")

    def write(self, label: str, text: str) -> None:
        """Fill a field by typing."""
        self.at(self.page.get_by_label(label, exact=False).first)
        self.page.keyboard.type(text)
        self.effort.fields += 1
        self.effort.letters += len(text)

    def choose(self, label: str, option: str) -> None:
        """Choose from a list by typing the beginning of the wanted line."""
        self.at(self.page.get_by_label(label).first)
        self.page.keyboard.type(option)
        self.effort.fields += 1

    def decide(self, label: str) -> None:
        """Mark a choice: tab into the group, walk it with the arrows."""
        self._mark(self.page.get_by_label(label, exact=True))

    def answer(self, question: str, label: str) -> None:
        """The same where several questions offer the same answers."""
        self._mark(self.page.get_by_role("group", name=question).get_by_label(label, exact=True))

    def _mark(self, wanted: Locator) -> None:
        group = self.page.locator(f"input[type=radio][name={wanted.get_attribute('name')}]")
        self.at(group.first)
        self.effort.fields += 1
        self.page.keyboard.press("Space")
        while not wanted.is_checked():
            self.page.keyboard.press("ArrowDown")

    def attach(self, label: str, content: bytes) -> None:
        """Reach a file field by keyboard and give it a PDF; the system's own dialogue is no page of ours."""
        field = self.at(self.page.get_by_label(label, exact=False).first)
        self.effort.fields += 1
        field.set_input_files({"name": "surat.pdf", "mimeType": "application/pdf", "buffer": content})

    def press(self, name: str) -> None:
        """Press a button or follow a link with Enter, and look at what comes."""
        main = self.page.locator("main")
        target = main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first
        self.at(target)
        with self.effort.waiting(), self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.effort.clicks += 1
        self.look()

    def text(self) -> str:
        """What the page says."""
        return self.page.locator("main").inner_text()


class Hall:
    """The people of one office, each at a window of their own; staff log in once, by keyboard."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self.url = url
        self._staff: dict[str, Person] = {}
        self._comers: list[Person] = []

    def comer(self, story: str) -> Person:
        """Somebody without an account."""
        page = self._browser.new_page(viewport=PHONE, bypass_csp=True)  # type: ignore[arg-type]  # a ViewportSize
        page.set_default_timeout(PATIENCE_MS)
        person = Person(page, self.url, story)
        self._comers.append(person)
        return person

    def efforts(self, story: str) -> dict[str, Effort]:
        """What a story asked of each of staff, by login, and of those who came, as "pemohon"; log-ins are not in it."""
        whole = {"pemohon": Effort()}
        for person in self._comers:
            if story in person.efforts:
                whole["pemohon"] += person.efforts[story]
        staff = {login: person.efforts.get(f"{story}-{login}") for login, person in self._staff.items()}
        return whole | {login: effort for login, effort in staff.items() if effort}

    def staff(self, login: str, story: str) -> Person:
        """Somebody of the office, logged in."""
        if login not in self._staff:
            person = self.comer(f"masuk-{login}")
            person.open("/masuk")
            person.write("Nama pengguna", login)
            person.write("Sandi", PASSWORD)
            person.press("Masuk")
            self._staff[login] = person
        self._staff[login].begin(f"{story}-{login}")
        return self._staff[login]
