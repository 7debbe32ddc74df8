"""What was written to and by a case's requester, and among colleagues: events in, comments out. Pure."""

from collections.abc import Iterable

from request_tracker.cases import Event

PUBLIC, INTERNAL = "public_comment", "internal_note"


def comments(events: Iterable[Event], internal: bool) -> list[Event]:
    """What was written to and by the requester, oldest first; with the notes that stay inside where asked for."""
    kinds = {PUBLIC, INTERNAL} if internal else {PUBLIC}
    return [event for event in events if event.kind in kinds and event.data.get("text")]
