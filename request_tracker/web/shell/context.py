"""What every page works with: the desk, the configuration, Prometheus. Built once, kept on the application."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import current_app

from request_tracker.capacity.outlook import LineOutlook
from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.custody.examination import Examination
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.wall.courses import CourseMemory
from request_tracker.server.long_works import LongWorks
from request_tracker.server.tally import ServerTally
from request_tracker.store.disk import places
from request_tracker.words.made_up import MadeUp
from runtime.health import Readiness
from runtime.jobs import Jobs
from runtime.reload import Reload


@dataclass(frozen=True)
class OfficeDesk:
    """The parts of one office's tracker; ``hurry`` has the worker reconcile at once.

    ``jobs`` and ``server`` are told as metrics; ``works`` are requests whose answer takes long; ``courses`` are the
    wall's lines of the day; ``reload`` reads the city anew; ``outlook`` is what was last worked out of the uplinks;
    ``examination`` walks the way of the data where the tracker is served from a file of settings.
    """

    config: TrackerConfig
    desk: Desk
    prometheus: Prometheus
    hurry: Callable[[], None] = lambda: None
    jobs: Sequence[Jobs] = ()
    server: ServerTally = field(default_factory=ServerTally)
    works: LongWorks = field(default_factory=LongWorks)
    courses: CourseMemory = field(default_factory=CourseMemory)
    reload: Reload[Desk] | None = None
    outlook: Callable[[], Sequence[LineOutlook]] = tuple
    examination: Examination | None = None

    @property
    def made_up(self) -> MadeUp | None:
        """The mark of a demo, for tables to take away."""
        return MadeUp.of(self.config.office.made_up_before, self.desk.calendar.local)

    @functools.cached_property
    def readiness(self) -> Readiness:
        """What the tracker must be able to do: write each of its disks, and its jobs."""
        return Readiness(tuple(self.jobs), tuple(places(self.config.database, self.config.files).values()))


def office() -> OfficeDesk:
    """The office of the running application."""
    running: OfficeDesk = current_app.extensions["office"]
    return running


def now() -> datetime:
    """The present moment; pages take it from here only."""
    return datetime.now(UTC)
