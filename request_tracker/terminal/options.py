"""What the commands share: which configuration, and the desk it describes."""

import argparse
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from request_tracker.cases.context import Desk, desk_of
from request_tracker.cases.holidays import with_own_days
from request_tracker.config import TrackerConfig, read_config
from request_tracker.errors import TrackerError
from request_tracker.store.database import DatabaseError, Store, hits_beside, migrate, parts_of
from runtime.file_system import network_file_system
from runtime.own_files import tighten

log = logging.getLogger(__name__)
VARIABLE = "LEBARPITA_TRACKER"
WHICH_OFFICE = f"which office? give --config FILE or set {VARIABLE}"


def with_config(parser: argparse.ArgumentParser) -> None:
    """Add ``--config``."""
    parser.add_argument("--config", metavar="FILE", help=f"the tracker's configuration (default: ${VARIABLE})")


def config_file(options: argparse.Namespace) -> Path:
    """The configuration file named on the command line or in the environment."""
    file = options.config or os.environ.get(VARIABLE)
    if not file:
        raise TrackerError(WHICH_OFFICE)
    return Path(file)


def config_of(options: argparse.Namespace) -> TrackerConfig:
    """What that file says."""
    return read_config(config_file(options))


def ready_desk(options: argparse.Namespace) -> Desk:
    """The desk over an existing database, with its schema up to date and the office's own days in its calendar."""
    return with_own_days(bare_desk(options))


def bare_desk(options: argparse.Namespace) -> Desk:
    """The same with the calendar of the configuration alone, for parts that read the office's days again and again."""
    config = config_of(options)
    if not config.database.exists():
        raise TrackerError(f"{config.database} does not exist; run lebarpita-tracker init first")
    # Of a version that left them to the umask. In the folder of papers each is its owner's already.
    tighten([*parts_of(config.database), *parts_of(hits_beside(config.database)), config.files])
    kind = network_file_system(config.database)
    if kind is not None:
        log.warning(
            "event=database_on_network_disk path=%s kind=%s next=use_a_disk_of_this_machine", config.database, kind
        )
    desk = desk_of(config)
    prepare(desk.store)
    return desk


def prepare(store: Store) -> None:
    """Bring the schema up to date. Raises TrackerError naming the file where it cannot be used at all."""
    try:
        migrate(store)
    except (DatabaseError, OSError) as error:
        raise TrackerError(f"{store.path} cannot be used: {error}; look at its rights, or restore a backup") from error


def now() -> datetime:
    """The present moment; commands take it from here only."""
    return datetime.now(UTC)


def moment(text: str, desk: Desk) -> datetime:
    """A moment written by a person; without a zone it is the office's."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise TrackerError(f"{text!r} is not a moment; write for example 2026-11-20T10:00") from error
    return (value if value.tzinfo else value.replace(tzinfo=desk.calendar.zone)).astimezone(UTC)


def private_file(place: str) -> TextIO:
    """A new file that only its owner can read; open before a secret for it is made. Raises TrackerError."""
    try:
        file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise TrackerError(f"{place}: cannot be written: {error.strerror}") from error
    return os.fdopen(file, "w", encoding="utf-8")
