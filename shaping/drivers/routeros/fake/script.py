"""A few lines of RouterOS' own language, as the driver writes them: a script in, commands out. Nothing else is known.

Known are ``/menu verb``, ``[find name="x"]`` with ``=``, ``!=`` and ``~``, ``key=value`` and
``:do {...} on-error={}``; anything else is a refusal, so that a script which the fake runs is of these forms.
"""

import re
from collections.abc import Callable, Iterator

from shaping.drivers.routeros.fake.menus import Menu, Row, TrapReply

_GUARDED = re.compile(r":do \{(.*)\} on-error=\{\}")
_FIND = re.compile(r"\[find ((?:[^\]\"]|\"(?:[^\"\\]|\\.)*\")*)\]")
_CONDITION = re.compile(r'([a-z-]+)(!=|=|~)"((?:[^"\\]|\\.)*)"')
_TOKEN = re.compile(r'([a-z-]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))|(\S+)')

# Path, verb, and what was sent.
Run = Callable[[str, str, dict[str, str]], object]


def run(text: str, menus: dict[str, Menu], do: Run) -> None:
    """Line by line; the first refusal outside ``:do`` ends it, as on a router."""
    for line in (part.strip() for part in text.splitlines()):
        if not line or line.startswith("#"):
            continue
        guarded = _GUARDED.fullmatch(line)
        try:
            for path, verb, sent in _commands(guarded[1].strip() if guarded else line, menus):
                do(path, verb, sent)
        except TrapReply:
            if guarded is None:
                raise


def _commands(line: str, menus: dict[str, Menu]) -> Iterator[tuple[str, str, dict[str, str]]]:
    find = _FIND.search(line)
    words: list[str] = []
    sent: dict[str, str] = {}
    for key, quoted, bare, word in _TOKEN.findall(_FIND.sub("", line)):
        if key:
            sent[key] = _plain(quoted) if quoted else bare.replace('""', "")
        else:
            words.append(word)
    path, verb = "/" + "/".join(words).strip("/").rpartition("/")[0], words[-1] if words else ""
    if path not in menus:
        raise TrapReply("bad command name (the fake's own words)")
    if find is None:
        yield path, verb, sent
    elif numbers := [row[".id"] for row in menus[path].rows if _fits(row, find[1])]:
        yield path, verb, {**sent, ".id": ",".join(numbers)}


def _fits(row: Row, conditions: str) -> bool:
    """Every condition of a ``[find ...]``; none that is not read."""
    if _CONDITION.sub("", conditions).strip():
        raise TrapReply("expected end of command (the fake reads this condition not)")
    return all(_holds(row.get(key, ""), sign, _plain(value)) for key, sign, value in _CONDITION.findall(conditions))


def _holds(present: str, sign: str, value: str) -> bool:
    if sign == "~":
        return re.search(value, present) is not None
    return (present == value) == (sign == "=")


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
