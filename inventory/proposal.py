"""A proposed city: parts found elsewhere in, the text of a city file with its doubts out. Overwrites nothing.

A proposal is never trusted: every guess is a doubt, written above the file's text and checked by the same rules as
a file written by hand. A person reads it, mends it and saves it.
"""

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from inventory.reading import FileProblem, InventoryError, parse_city
from runtime.command import FINE

Row = dict[str, Any]


@dataclass
class Proposal:
    """What was found, as rows with the keys of the city file, and what was only guessed."""

    name: str
    watch_from: str
    credentials: list[Row] = field(default_factory=list)
    devices: list[Row] = field(default_factory=list)
    uplinks: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    opds: list[Row] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def proposal_text(proposal: Proposal) -> str:
    """The city file as text; the doubts, and what the checks still find, stand above it as comments."""
    body = _body(proposal)
    head = "# Proposed by lebarpita-inventory; read it, mend it, then run: lebarpita-inventory check FILE"
    return f"{head}\n{doubt_lines(proposal.doubts, body)}{body}"


def doubt_lines(doubts: Sequence[str], body: str) -> str:
    """The doubts, and what the checks find in the text, as comments to stand above it."""
    everything = [*doubts, *(f"still to mend: {problem.message}" for problem in _remaining(body))]
    return "".join(f"# unsure: {' '.join(doubt.split())}\n" for doubt in everything)


def offer(text: str, out: str | None, doubts: int) -> int:
    """Print the text, or write it as a new file and say how much of it was guessed; the exit code."""
    if out is None:
        sys.stdout.write(text)
    else:
        save_new(Path(out), text)
        print(f"{out}: proposed; {doubts} guesses")
    return FINE


def save_new(path: Path, text: str) -> None:
    """Write a file that does not exist yet, whole or not at all; an existing one is never touched.

    Raises InventoryError. A file left half written would be one that exists the next time.
    """
    check_new(path)
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.rename(path)
    except OSError as error:
        raise InventoryError([FileProblem(str(path), 0, f"cannot be written: {error.strerror}")]) from error
    finally:
        with suppress(OSError):
            partial.unlink()


def check_new(path: Path) -> None:
    """Raises InventoryError where something stands at that path."""
    if path.exists():
        raise InventoryError([FileProblem(str(path), 0, "exists already; name another file, nothing was written")])


def slug(text: str) -> str:
    """A name as the city file allows: lower case, digits and hyphens, at most 63 characters; '' if nothing is left."""
    letters = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in text.lower())
    return "-".join(letters.split())[:63].strip("-")


def _body(proposal: Proposal) -> str:
    tree: dict[str, Any] = {"city": {"name": proposal.name, "watch_from": proposal.watch_from}}
    for key in ("credentials", "devices", "uplinks", "links", "opds"):
        tree[key] = [_without_none(row) for row in getattr(proposal, key)]
    yaml = YAML()
    # None lets ruamel write rows without nesting in braces, one a line, as a person would write the file.
    yaml.default_flow_style = None
    yaml.width = 160
    stream = StringIO()
    yaml.dump(tree, stream)
    return stream.getvalue()


def _without_none(row: Mapping[str, Any]) -> Row:
    return {key: value for key, value in row.items() if value not in (None, "", ())}


def _remaining(body: str) -> tuple[FileProblem, ...]:
    try:
        parse_city(body)
    except InventoryError as error:
        return error.problems
    return ()
