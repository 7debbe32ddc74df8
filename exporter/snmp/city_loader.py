"""Reads the city in a child process: the parser's memory, several times that of the city, ends with the child."""

from pathlib import Path

from exporter.errors import ExporterError
from exporter.processes import in_child
from exporter.snmp.device.plan import CityPlan, plan_city
from inventory.reading import InventoryError, read_city


def load_plan(path: Path, memory: Path | None = None) -> CityPlan:
    """The plan of the checked city; ``memory`` as ``read_city``. Raises ExporterError with every problem."""
    plan = in_child(_read, path, memory)
    if isinstance(plan, str):
        raise ExporterError(plan)
    return plan


def _read(path: Path, memory: Path | None) -> CityPlan | str:
    try:
        return plan_city(read_city(path, memory))
    except InventoryError as error:
        return str(error)
