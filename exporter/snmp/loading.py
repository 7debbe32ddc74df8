"""Reads the city in a child process: the parser's memory, several times that of the city, ends with the child."""

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from exporter.config import ExporterError
from inventory.model import City
from inventory.reading import InventoryError, read_city


def load_city(path: Path) -> City:
    """The checked city. Raises ExporterError with every problem of the file, one a line."""
    with ProcessPoolExecutor(max_workers=1) as child:
        found = child.submit(_read, path).result()
    if isinstance(found, str):
        raise ExporterError(found)
    return found


def _read(path: Path) -> City | str:
    try:
        return read_city(path)
    except InventoryError as error:
        return str(error)
