"""What every page works with: the desk, the configuration, Prometheus. Built once, kept on the application."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app

from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.evidence.prometheus import Prometheus
from runtime.jobs import Jobs


@dataclass(frozen=True)
class OfficeDesk:
    """The parts of one office's tracker; ``hurry`` has the worker reconcile at once, ``jobs`` are told as metrics."""

    config: TrackerConfig
    desk: Desk
    prometheus: Prometheus
    hurry: Callable[[], None] = lambda: None
    jobs: Sequence[Jobs] = ()


def office() -> OfficeDesk:
    """The office of the running application."""
    running: OfficeDesk = current_app.extensions["office"]
    return running


def now() -> datetime:
    """The present moment; pages take it from here only."""
    return datetime.now(UTC)
