"""The schema, step by step. Each part of the room has its own set; ``ALL`` is the order they are applied in.

A migration is never changed once released; a new one is added. Each runs inside the store's own transaction.
"""

from request_tracker.store.migrations import (
    backups,
    core,
    fallback,
    found_causes,
    inbox,
    login,
    measured_days,
    monthly,
    outages,
    people,
    planned_work,
    recurrences,
    rights,
    service,
    timed,
    tracking,
    uploads,
    watchdog,
    whatif,
)

ALL = (
    core.migrations,
    people.migrations,
    outages.migrations,
    service.migrations,
    login.migrations,
    rights.migrations,
    recurrences.migrations,
    uploads.migrations,
    watchdog.migrations,
    planned_work.migrations,
    backups.migrations,
    timed.migrations,
    inbox.migrations,
    whatif.migrations,
    measured_days.migrations,
    found_causes.migrations,
    tracking.migrations,
    fallback.migrations,
    monthly.migrations,
)
