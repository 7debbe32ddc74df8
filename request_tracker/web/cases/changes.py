"""What a case changed on the network (KTM-07c): its events in, before, after, commands, who and when out. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from inventory.weekly_hours import WeeklyHours, hours_of
from request_tracker.cases import Event


@dataclass(frozen=True)
class NetworkChange:
    """One change of an allocation; the proof's part is None until it has come, or where the agent told nothing."""

    revision: int
    actor: str
    at: datetime
    before: Mapping[str, int] | None
    after: Mapping[str, int]
    until: datetime | None = None
    reason: str = ""
    firewall: str = ""
    hours: WeeklyHours | None = None
    agent: str | None = None
    proven_at: datetime | None = None
    configuration: Mapping[str, Any] | None = None


def network_changes(events: Iterable[Event]) -> list[NetworkChange]:
    """Every change of the case, oldest first, each with the proof that ended the wait for it."""
    changes: list[NetworkChange] = []
    for event in events:
        data = event.data
        if event.kind == "allocation_applied":
            until = datetime.fromisoformat(data["until"]) if data.get("until") else None
            rates = (data["before"], data["after"])
            hours = hours_of(data["hours"]) if data.get("hours") else None
            notes = (data["reason"], data.get("firewall", ""))
            changes.append(
                NetworkChange(data["revision"], event.actor, event.occurred_at, *rates, until, *notes, hours)
            )
        elif event.kind == "allocation_verified" and changes:
            configuration = data["proof"].get("configuration")
            changes.append(
                replace(changes.pop(), agent=event.actor, proven_at=event.occurred_at, configuration=configuration)
            )
    return changes
