"""What every command works on: the store, the office's calendar, the city. Built once, shared by all threads."""

from dataclasses import dataclass
from datetime import UTC, datetime

from inventory.model import City
from inventory.reading import read_city
from request_tracker.calendar.working_time import Calendar
from request_tracker.config import TrackerConfig, office_calendar
from request_tracker.store.database import Store


@dataclass(frozen=True)
class Desk:
    """``store`` opens one connection per thread by itself; the rest is immutable but for ``adopt``."""

    store: Store
    calendar: Calendar
    city: City

    def adopt(self, other: "Desk") -> None:
        """The city and calendar of another desk from now on. What works on a copy (``with_own_days``) ends by the old.

        The only change of a desk: each page and each duty takes its copy first and sees one city from begin to end.
        """
        object.__setattr__(self, "calendar", other.calendar)
        object.__setattr__(self, "city", other.city)


def desk_of(config: TrackerConfig) -> Desk:
    """The desk a configuration describes; reads the city, opens no database yet."""
    city = read_city(config.inventory, config.database.parent)
    year = datetime.now(UTC).year
    # Two years back for evaluations and reopened cases, three ahead for deadlines and leases: years without holidays
    # would count too many working days.
    calendar = office_calendar(config.calendar, city.city.timezone, range(year - 2, year + 4))
    return Desk(Store(config.database), calendar, city)
