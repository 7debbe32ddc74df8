"""New rows put into the text of a city file: what people wrote, and how they wrote it, stays letter by letter.

A text and a proposal in, the longer text out; or only the rows, each as the line that would be added. Writes nothing.
"""

from collections.abc import Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from inventory.proposal import Proposal, Row
from inventory.reading import FileProblem, InventoryError
from runtime.lined_yaml import UnreadableError, load

_LISTS = ("credentials", "devices", "uplinks", "links", "opds")
# No row of a city file is wrapped, however many networks it holds.
_ONE_LINE = 100_000


def merge_into(text: str, file: str, proposal: Proposal) -> str:
    """The city file with the proposal's rows at the end of its lists. Raises InventoryError where a list has no place.

    Nothing of the text is left out or written anew.
    """
    try:
        tree = load(text, file, "the keys city, devices, uplinks, links and opds")
    except UnreadableError as error:
        raise InventoryError([error.problem]) from error
    lines = text.splitlines()
    # From the end of the file, so that the places of the others stay.
    places = sorted(((_place(tree, key, lines, file), key) for key in _LISTS if getattr(proposal, key)), reverse=True)
    for (place, indent), key in places:
        rows = [f"{' ' * indent}{row_line(row)}" for row in getattr(proposal, key)]
        if not tree.get(key):
            rows = [f"{key}:", *rows]
            if key in tree:
                del lines[place - 1]
                place -= 1
        lines[place:place] = rows
    return "\n".join(lines) + "\n"


def row_line(row: Row) -> str:
    """One row of a list as a person would write it: ``- {name: core, address: 10.0.0.1}``."""
    yaml = YAML()
    yaml.default_flow_style = True
    yaml.width = _ONE_LINE
    stream = StringIO()
    yaml.dump({key: value for key, value in row.items() if value not in (None, "", ())}, stream)
    return f"- {stream.getvalue().strip()}"


def _place(tree: Any, key: str, lines: Sequence[str], file: str) -> tuple[int, int]:
    """Behind which line the rows of a list go, and how far they are indented."""
    rows = tree.get(key)
    if not rows:
        # An empty list ("opds: []") is taken out for one with rows; a missing one goes to the end.
        return (tree.lc.key(key)[0] + 1 if key in tree else len(lines)), 2
    if not isinstance(rows, list) or rows.fa.flow_style():  # type: ignore[attr-defined]  # ruamel's own list
        problem = f"{key} is written in one pair of brackets; write one row a line, then merge"
        raise InventoryError([FileProblem(file, tree.lc.key(key)[0] + 1, problem)])
    # The column of a row's content stands two behind its hyphen, with one blank between.
    first = lines[rows.lc.data[0][0]]  # type: ignore[attr-defined]  # ruamel's own marks
    following = [tree.lc.key(other)[0] for other in tree if tree.lc.key(other)[0] > tree.lc.key(key)[0]]
    end = min(following, default=len(lines))
    while not lines[end - 1].strip() or lines[end - 1].startswith("#"):
        end -= 1
    return end, len(first) - len(first.lstrip())
