"""What every command works on: the store, the office's calendar, the city. Built once, shared by all threads."""

from dataclasses import dataclass

from inventory.model import City
from request_tracker.calendar import Calendar
from request_tracker.store import Store


@dataclass(frozen=True)
class Desk:
    """``store`` opens one connection per thread by itself; the rest is immutable."""

    store: Store
    calendar: Calendar
    city: City
