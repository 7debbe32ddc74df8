"""Reads the city in a child process: the parser's memory, several times that of the city, ends with the child."""

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from exporter.config import ExporterError
from exporter.snmp.plan import CityPlan, plan_city
from inventory.reading import InventoryError, read_city


def load_plan(path: Path) -> CityPlan:
    """The plan of the checked city. Raises ExporterError with every problem of the file, one a line."""
    with ProcessPoolExecutor(max_workers=1) as child:
        found = child.submit(_read, path).result()
    if isinstance(found, str):
        raise ExporterError(found)
    return found


def _read(path: Path) -> CityPlan | str:
    try:
        return plan_city(read_city(path))
    except InventoryError as error:
        return str(error)
