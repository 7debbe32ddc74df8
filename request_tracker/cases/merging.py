"""Doubles: a case that ended as the same as another is told of in the other, and there its history is read on."""

from collections.abc import Callable, Iterable, Mapping

from sqlite_utils import Database

from request_tracker.cases.acts import Note
from request_tracker.cases.commands import Outcome, run_inside
from request_tracker.cases.context import Desk
from request_tracker.cases.early_end import DOUBLE
from request_tracker.cases.endings import EARLY
from request_tracker.cases.model import Event
from request_tracker.cases.queries import histories, read_case
from request_tracker.cases.signing_off import Consequence
from request_tracker.errors import Refused
from request_tracker.words.labels import phrase


def doubles(desk: Desk) -> Callable[[Outcome], tuple[Consequence, ...]]:
    """The follower of an act that ends a case as a double: both cases name each other from then on."""

    def follow(outcome: Outcome) -> tuple[Consequence, ...]:
        end = next((event for event in outcome.decision.events if event.kind == "ended"), None)
        if end is None or end.data["ending"] != DOUBLE:
            return ()
        other = read_case(desk, str(end.data["same_as"]))
        # A chain of doubles would hide the case that goes on.
        if other.ending in EARLY:
            raise Refused("ended", number=other.number, ending=phrase(other.ending))

        def join(db: Database) -> None:
            note = Note("merged", {"number": outcome.case.number})
            run_inside(desk, db, other.number, note, outcome.who, outcome.now)

        return (Consequence(Note("related", {"number": other.number}), outcome.who, join),)

    return follow


def merged_histories(desk: Desk, events: Iterable[Event]) -> Mapping[str, list[Event]]:
    """The events of the doubles that were merged into this case, by number."""
    numbers = [str(event.data["number"]) for event in events if event.kind == "merged"]
    return histories(desk, numbers) if numbers else {}
