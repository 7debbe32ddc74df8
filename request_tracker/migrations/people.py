"""The tables of ``request_tracker.people``."""

from sqlite_utils import Migrations

migrations = Migrations("people")
