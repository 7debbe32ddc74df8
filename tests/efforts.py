"""What a story asks of a person: clicks, fields, letters typed, seconds waited for pages; as one line for a reader."""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tree import ROOT

# The keystroke-level model (Card, Moran and Newell, 1980): a key of a typist of average skill, a thing pointed at and
# pressed, and the thought before each of them. Reading and deciding, which are the work itself, are not in it.
KEY_SECONDS, POINT_SECONDS, THOUGHT_SECONDS = 0.28, 1.1 + 0.2, 1.35
# The name of a test's property that the end of a run prints.
EFFORT = "effort"
FACES = ROOT / "docs" / "why" / "faces.md"
Record = Callable[[str, object], None]
PEOPLE = {
    "pemohon": "pemohon",
    "kasubag": "tata usaha",
    "kadis": "kepala dinas",
    "kabid": "kepala bidang",
    "kasi": "kepala seksi",
    "teknisi": "teknisi",
}


@dataclass
class Effort:
    """``clicks`` are buttons and links pressed and addresses opened; ``waited`` is seconds, of this machine."""

    clicks: int = 0
    fields: int = 0
    letters: int = 0
    waited: float = 0.0

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """A page is on its way in this block."""
        began = time.monotonic()
        yield
        self.waited += time.monotonic() - began

    def __add__(self, other: "Effort") -> "Effort":
        return Effort(
            self.clicks + other.clicks,
            self.fields + other.fields,
            self.letters + other.letters,
            self.waited + other.waited,
        )

    @property
    def hands(self) -> int:
        """Seconds of a person's hands by the keystroke-level model."""
        acts = self.clicks + self.fields
        return round(acts * (POINT_SECONDS + THOUGHT_SECONDS) + self.letters * KEY_SECONDS)


def tell(story: str, efforts: Mapping[str, Effort], record: Record) -> None:
    """Clicks and seconds of each: printed at the end of the run, and held against docs/why/faces.md (GOLDEN=1)."""
    for line in lines(story, efforts):
        record(EFFORT, line)
    table = rows(story, efforts)
    if os.environ.get("GOLDEN"):
        FACES.write_text(rewritten(FACES.read_text("utf-8"), story, table), encoding="utf-8")
    page = FACES.read_text("utf-8").splitlines()
    assert [row for row in table if row not in page] == []


def rows(story: str, efforts: Mapping[str, Effort]) -> list[str]:
    """The lines of the table in docs/why/faces.md: they hold what is the same on every machine."""
    return [
        f"| {story} | {PEOPLE[who]} | {effort.clicks} | {effort.fields} | {effort.letters} | {effort.hands} |"
        for who in PEOPLE
        if (effort := efforts.get(who)) and effort.clicks
    ]


def lines(story: str, efforts: Mapping[str, Effort]) -> list[str]:
    """What the end of a run of tests prints."""
    return [
        f"{story}: {PEOPLE[who]}: {effort.clicks} clicks, {effort.fields} fields, {effort.letters} letters,"
        f" {effort.hands} s of hands, {effort.waited:.1f} s waited for pages here"
        for who in PEOPLE
        if (effort := efforts.get(who)) and effort.clicks
    ]


def rewritten(page: str, story: str, table: list[str]) -> str:
    """The page with the story's rows in the place of those that it has."""
    found = re.compile(rf"(^\| {re.escape(story)} \|.*\n)+", re.MULTILINE)
    assert found.search(page), f"docs/why/faces.md has no row of {story}: write one, and GOLDEN=1 fills it in"
    return found.sub("\n".join([*table, ""]), page)
