"""Which clause of the five documents is shown by which test: the list of clauses and test names in, rows out.

A test counts for a clause only where its name carries the clause's ID: ``test_PKL_B_01_to_06_...``,
``test_PKL_G_02_03_...``, ``test_BTM_08a_...``.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

CLAUSES = Path(__file__).parent / "sop" / "clauses.csv"
MUST = frozenset({"P1", "P2", "X"})
_TEST = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)
_SERIES = {("PKL", letter) for letter in "BSPG"}
_PART = re.compile(r"\d{2}[a-d]?|[A-Z]{1,4}\d{0,2}")


@dataclass(frozen=True)
class Clause:
    """One row of the acceptance list; a row may stand for several IDs."""

    ids: tuple[str, ...]
    priority: str
    feature: str


@dataclass(frozen=True)
class Covered:
    """A clause with the tests that show it; ``complete`` where each of its IDs is named by one."""

    clause: Clause
    tests: tuple[str, ...]
    complete: bool


def read_clauses() -> list[Clause]:
    """The acceptance list that ships with the room."""
    with CLAUSES.open(encoding="utf-8", newline="") as file:
        return [
            Clause(tuple(row["clauses"].split()), row["priority"], row["feature"])
            for row in csv.DictReader(file, delimiter=";")
        ]


def test_names(folder: Path) -> list[str]:
    """Every test under the folder, as ``file::name``."""
    return [
        f"{path.relative_to(folder).as_posix()}::{name}"
        for path in sorted(folder.rglob("test_*.py"))
        for name in _TEST.findall(path.read_text(encoding="utf-8"))
    ]


def coverage(clauses: Iterable[Clause], tests: Iterable[str]) -> list[Covered]:
    """Each clause with its tests, in the order of the list."""
    by_id: dict[str, list[str]] = {}
    for test in tests:
        for name in clause_ids(test.rpartition("::")[2]):
            by_id.setdefault(name, []).append(test)
    return [
        Covered(
            clause,
            tuple(dict.fromkeys(test for name in clause.ids for test in by_id.get(name, ()))),
            all(name in by_id for name in clause.ids),
        )
        for clause in clauses
    ]


def clause_ids(test: str) -> set[str]:
    """The clause IDs a test's name carries; ``to`` between two of a kind means every one of them."""
    words = test.removeprefix("test_").split("_")
    found: set[str] = set()
    series, last = "", ""
    index = 0
    while index < len(words):
        word, following = words[index], words[index + 1] if index + 1 < len(words) else ""
        if (word, following) in _SERIES:
            series, index = f"{word}-{following}", index + 1
        elif word in ("BTM", "KTM", "X"):
            series = word
        elif word == "to" and last and following:
            found |= _range(series, last, following)
            index += 1
        elif series and _PART.fullmatch(word):
            last = word
            found.add(f"{series}-{word}")
        else:
            series, last = "", ""
        index += 1
    return found


def _range(series: str, first: str, last: str) -> set[str]:
    stem = first.rstrip("0123456789")
    begin, end = first[len(stem) :], last[len(stem) :] if last.startswith(stem) else last
    if not (begin.isdecimal() and end.isdecimal()):
        return set()
    return {f"{series}-{stem}{number:0{len(begin)}d}" for number in range(int(begin), int(end) + 1)}
