"""The tables of ``request_tracker.outages``."""

from sqlite_utils import Migrations

migrations = Migrations("outages")
