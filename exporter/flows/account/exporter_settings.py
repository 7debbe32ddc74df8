"""What the inventory says of the exporters of flows: a city in, a habit for each of their addresses out."""

from exporter.flows.account.counting import Habit
from inventory.model import City, FlowSource


def habits(city: City) -> dict[str, Habit]:
    """Every exporter of the inventory with what it is said to do."""
    sources = [source for device in city.devices for source in device.flows]
    return {str(one.address): _habit(one) for one in sources}


def _habit(one: FlowSource) -> Habit:
    return Habit(one.sampling, one.internal, one.direction, one.total_counts, frozenset(one.uplink_indexes))
