"""Related cases: two numbers and a person in, one event in each case out, so that both pages know of the other.

A complaint also stands beside the case it is about (its ``origin``), without an event of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from request_tracker.cases import Case, Desk, Event, Note, Who, history
from request_tracker.cases.commands import run_inside
from request_tracker.errors import Refused
from request_tracker.store.database import Row
from request_tracker.words.bilingual import Both


def related_numbers(events: Iterable[Event]) -> tuple[str, ...]:
    """The cases a person has linked to this one and nobody has unlinked since, in that order."""
    numbers: dict[str, None] = {}
    for event in events:
        if event.kind == "related":
            other = str(event.data["number"])
            numbers.pop(other, None) if event.data.get("removed") else numbers.setdefault(other)
    return tuple(numbers)


def related_cases(desk: Desk, case: Case, events: Iterable[Event]) -> list[Row]:
    """What is shown of them: those linked, the case this one is about, and those that are about this one."""
    numbers = [*related_numbers(events), *([case.origin] if case.origin else [])]
    marks = ",".join("?" for _ in numbers) or "NULL"
    return desk.store.rows(
        "SELECT number, subject, step, ending, origin FROM cases"
        " WHERE id IN (SELECT id FROM cases WHERE origin = ?"
        f" UNION SELECT id FROM cases WHERE number IN ({marks})) ORDER BY id LIMIT 100",
        [case.number, *numbers],
    )


@dataclass(frozen=True)
class Relation:
    """The case that one stands at, the other one's number, and whether their link is to be taken away."""

    number: str
    other: str
    removed: bool = False


def relate(desk: Desk, relation: Relation, who: Who, now: datetime) -> None:
    """Link two cases, or take the link away; done already, nothing is written. Raises Refused."""
    number, other, removed = relation.number, relation.other, relation.removed
    if other == number:
        reason = Both("itu nomor kasus ini sendiri", "that is this case's own number")
        raise Refused("bad_field", field=Both("Nomor kasus terkait", "Number of the related case"), reason=reason)
    with desk.store.transaction() as db:
        sides = ((number, other), (other, number))
        links = {side: _linked(desk, *side) for side in sides}
        for side in sides:
            if links[side] is removed:
                data = {"number": side[1], **({"removed": True} if removed else {})}
                run_inside(desk, db, side[0], Note("related", data), who, now)


def _linked(desk: Desk, number: str, other: str) -> bool:
    return other in related_numbers(history(desk, number))
