"""Reads the city in a child process: the parser's memory, several times that of the city, ends with the child."""

from pathlib import Path

from exporter.errors import ExporterError
from exporter.processes import in_child
from exporter.snmp.device.plan import CityPlan, plan_city
from inventory.reading import InventoryError, read_city


def load_plan(path: Path) -> CityPlan:
    """The plan of the checked city. Raises ExporterError with every problem of the file, one a line."""
    plan = in_child(_read, path)
    if isinstance(plan, str):
        raise ExporterError(plan)
    return plan


def _read(path: Path) -> CityPlan | str:
    try:
        return plan_city(read_city(path))
    except InventoryError as error:
        return str(error)
