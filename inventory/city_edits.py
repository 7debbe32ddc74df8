"""One office changed in a city of thousands: what was read of the text before, and the text now, in; its values out.

Only the lines between the first and the last that differ are taken apart, from the beginning of an entry to that of
another (or of the next list, or the end). YAML gives an entry of a block list the same values wherever it stands, but
for anchors; where anything is not as plain as that, there is no answer and the whole text is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.lined_yaml import UnreadableError, load, plain

# A stand-in for the list's own key, over the lines that changed.
_KEY = "entries"
# What one reader takes for the end of a line and another does not (YAML 1.1 and 1.2, 5.4).
_BREAKS = "\r\x85\u2028\u2029"


@dataclass(frozen=True)
class TakenApart:
    """A text, its plain values, and the line (from 0) at which each top-level key and each entry of a list begins."""

    text: str
    values: Mapping[str, Any]
    keys: Mapping[str, int]
    entries: Mapping[str, Sequence[int]]


def taken_apart(text: str, tree: Any) -> TakenApart:
    """Of ruamel's tree with its marks."""
    keys = {str(key): int(tree.lc.data[key][0]) for key in tree}
    entries = {str(key): _beginnings(tree[key]) for key in tree}
    return TakenApart(text, plain(tree), keys, {key: lines for key, lines in entries.items() if lines})


def edited(before: TakenApart, text: str) -> TakenApart | None:
    """The same for a changed text, where entries of block lists changed; None where the whole must be read."""
    if any(mark in text or mark in before.text for mark in _BREAKS):
        return None
    now: TakenApart | None = before
    for stage in _stages(before, text):
        now = now and (now if now.text == stage else _in_a_list(now, stage))
    return now


def _stages(before: TakenApart, text: str) -> list[str]:
    """A new office is a line more among the links and among the offices: texts between, with one list after another."""
    old, new = _lines(before.text), _lines(text)
    cuts, reached = [], 0
    for line in sorted(before.keys.values()):
        if old.count(old[line]) == new.count(old[line]) == 1 and (there := new.index(old[line])) >= reached:
            cuts.append("".join((*new[:there], *old[line:])))
            reached = there
    return [*cuts, text]


def _in_a_list(before: TakenApart, text: str) -> TakenApart | None:
    """Where everything that changed lies within one list."""
    old, new = _lines(before.text), _lines(text)
    same_first, same_last = _same(old, new)
    place = _place(before, old, same_first, same_last)
    if place is None:
        return None
    key, first, after = place
    # Before the first entry stands the list's key, which is the stand-in's then.
    begin = before.entries[key][first] if first >= 0 else before.keys[key] + 1
    first = max(first, 0)
    end = before.entries[key][after] if after < len(before.entries[key]) else _end(before, key, len(old))
    shift = len(new) - len(old)
    middle = new[begin : end + shift]
    # An anchor means something to lines far away, and a marker of documents ends what the others are part of.
    if any("&" in line or line.startswith(("---", "...", "%")) for line in (*middle, *old[begin:end])):
        return None
    inner, lines = _entries("".join(middle)), before.entries[key]
    if inner is None:
        return None
    values, starts = inner
    if any(new[begin + line].find("-") != old[lines[0]].find("-") for line in starts):
        return None
    moved = [*lines[:first], *(begin + line for line in starts), *(line + shift for line in lines[after:])]
    rows = [*before.values[key][:first], *values, *before.values[key][after:]]
    keys = {name: line + shift if line >= end else line for name, line in before.keys.items()}
    others = {
        name: [line + shift for line in those] if before.keys[name] >= end else those
        for name, those in before.entries.items()
    }
    return TakenApart(text, {**before.values, key: tuple(rows)}, keys, {**others, key: moved})


def _lines(text: str) -> list[str]:
    *whole, last = text.split("\n")
    return [f"{line}\n" for line in whole] + ([last] if last else [])


def _beginnings(part: Any) -> list[int]:
    """Where the entries of a list begin, as far as ruamel says so."""
    if not isinstance(part, Sequence) or isinstance(part, str):
        return []
    marks = getattr(getattr(part, "lc", None), "data", None) or {}
    return [int(marks[index][0]) for index in range(len(part)) if index in marks]


def _same(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines are the same at the beginning, and then at the end."""
    most = min(len(old), len(new))
    first = next((number for number in range(most) if old[number] != new[number]), most)
    rest = most - first
    last = next((number for number in range(rest) if old[-1 - number] != new[-1 - number]), rest)
    return first, last


def _place(before: TakenApart, old: Sequence[str], same_first: int, same_last: int) -> tuple[str, int, int] | None:
    """The list, its first entry that may have changed (-1: from its key on), the first behind it that has not."""
    for key, lines in before.entries.items():
        end, head = _end(before, key, len(old)), before.keys[key]
        if not head < same_first <= end or old[head].rstrip() != f"{key}:" or not _is_block(before, key, old):
            continue
        # The entry before the first other line begins in what is the same, so a dash stands there now too.
        earlier = max((number for number, line in enumerate(lines) if line < same_first), default=-1)
        unchanged = len(old) - same_last
        after = next((number for number, line in enumerate(lines) if line >= unchanged), len(lines))
        # Behind the last entry stands the next key, or nothing; a change that reaches over it is another list's too.
        if after == len(lines) and end < unchanged:
            return None
        return key, earlier, after
    return None


def _is_block(before: TakenApart, key: str, old: Sequence[str]) -> bool:
    lines = before.entries[key]
    dashes = {old[line].find("-") for line in lines if old[line].lstrip(" ").startswith("- ")}
    rows = before.values[key]
    every = all(old[line].lstrip(" ").startswith("- ") for line in lines)
    return every and len(dashes) == 1 and len(lines) == len(rows) == len(set(lines))


def _end(before: TakenApart, key: str, count: int) -> int:
    """The line at which the next top-level key begins; the end of the text behind the last."""
    return min((line for line in before.keys.values() if line > before.keys[key]), default=count)


def _entries(text: str) -> tuple[Sequence[Any], list[int]] | None:
    """The values of the changed entries and where each begins; None where they are no block list of their own."""
    try:
        tree = load(f"{_KEY}:\n{text}", "", "entries")
    except UnreadableError:
        return None
    part = tree.get(_KEY)
    if set(tree) != {_KEY} or not isinstance(part, Sequence) or isinstance(part, str):
        return None
    starts = [line - 1 for line in _beginnings(part)]
    lines = _lines(text)
    if len(starts) != len(part) or len(set(starts)) != len(starts):
        return None
    dashes = {lines[line].find("-") for line in starts if lines[line].lstrip(" ").startswith("- ")}
    whole = all(lines[line].lstrip(" ").startswith("- ") for line in starts)
    return (plain(part), starts) if whole and len(dashes) == 1 else None
