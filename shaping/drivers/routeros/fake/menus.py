"""One menu of a fake router: rows in their order, with print, add, set, remove and move. No sockets, no versions.

A row is a dictionary of texts in the order in which the router prints them. What a menu allows in a field its
``checks`` say: each takes what was sent and gives what is kept, or refuses.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Row = dict[str, str]
# What was sent in, what is kept out. Raises TrapReply.
Check = Callable[[str], str]


class TrapReply(Exception):
    """A ``!trap``: the text as a router writes it, and its category (manual, API)."""

    def __init__(self, message: str, category: int | None = None) -> None:
        super().__init__(message)
        self.category = category


def anything(value: str) -> str:
    """A field without a rule."""
    return value


def yes_or_no(value: str) -> str:
    """Sent as ``yes`` or ``true``, told as ``true`` (facts 1.30)."""
    if value not in ("yes", "no", "true", "false"):
        raise TrapReply("input does not match any value of value", 1)
    return "true" if value in ("yes", "true") else "false"


@dataclass
class Menu:
    """``checks`` are the writable fields, ``defaults`` what an add fills in, in the order of printing."""

    path: str
    checks: Mapping[str, Check]
    defaults: Mapping[str, str]
    mandatory: tuple[str, ...] = ()
    singleton: bool = False
    rows: list[Row] = field(default_factory=list)
    next_id: int = 1

    def add(self, sent: Mapping[str, str]) -> str:
        """A new row before ``place-before`` or at the end; its id."""
        values = {name: self._checked(name, value) for name, value in sent.items() if name != "place-before"}
        for name in self.mandatory:
            if not values.get(name):
                raise TrapReply(f"missing ={name}=", 0)
        place = self.place(sent["place-before"]) if "place-before" in sent else len(self.rows)
        # Upper hex after a star; a number is used once (facts 1.24, 1.33 says a real one may use it again).
        identity = f"*{self.next_id:X}"
        self.next_id += 1
        self.rows.insert(place, {".id": identity, **self.defaults, **values})
        return identity

    def change(self, row: Row, sent: Mapping[str, str]) -> None:
        """Fields of a row; nothing where one is refused."""
        row.update({name: self._checked(name, value) for name, value in sent.items()})

    def select(self, numbers: str) -> list[Row]:
        """Rows by a comma list of ids or names (facts 1.22, 1.23)."""
        return [self.rows[self.place(number)] for number in numbers.split(",")]

    def place(self, number: str) -> int:
        """The position of a row. Raises TrapReply with a router's own words."""
        for position, row in enumerate(self.rows):
            if number in (row[".id"], row.get("name")):
                return position
        raise TrapReply("no such item", 0)

    def move(self, numbers: str, destination: str | None) -> None:
        """Before the destination; an unknown one, or none, is the end (facts 2.18)."""
        moving = self.select(numbers)
        if destination is not None and destination in (row[".id"] for row in moving):
            raise TrapReply("failure: can not move object before itself")
        rest = [row for row in self.rows if row not in moving]
        places = [place for place, row in enumerate(rest) if row[".id"] == destination]
        at = places[0] if places else len(rest)
        self.rows = [*rest[:at], *moving, *rest[at:]]

    def _checked(self, name: str, value: str) -> str:
        if name not in self.checks:
            raise TrapReply(f"unknown parameter {name}", 1)
        return self.checks[name](value)


def passes(row: Mapping[str, str], queries: Sequence[str]) -> bool:
    """Whether a row is printed: the query words of the manual (API, "Queries"), on a stack."""
    stack: list[bool] = []
    for query in queries:
        if query.startswith("#"):
            _combine(stack, query[1:])
        else:
            stack.append(_holds(row, query))
    return all(stack)


def _combine(stack: list[bool], operations: str) -> None:
    for operation in operations:
        if operation == "!":
            stack.append(not (stack.pop() if stack else True))
        elif operation in "&|":
            right, left = (stack.pop() if stack else True), (stack.pop() if stack else True)
            stack.append(left and right if operation == "&" else left or right)


def _holds(row: Mapping[str, str], query: str) -> bool:
    if query.startswith("-"):
        return query[1:] not in row
    sign, text = (query[0], query[1:]) if query[:1] in "=<>" else ("=", query)
    name, equals, value = text.partition("=")
    if not equals:
        return name in row
    present = row.get(name)
    if present is None:
        return False
    same = present == value or {present, value} in ({"true", "yes"}, {"false", "no"})
    return same if sign == "=" else present < value if sign == "<" else present > value
