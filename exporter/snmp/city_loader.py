"""Reads the city in a child process: the parser's memory, several times that of the city, ends with the child."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from exporter.errors import ExporterError
from exporter.snmp.device.plan import CityPlan, plan_city
from inventory.reading import InventoryError, read_city

P = ParamSpec("P")
T = TypeVar("T")


def load_plan(path: Path) -> CityPlan:
    """The plan of the checked city. Raises ExporterError with every problem of the file, one a line."""
    plan = in_child(_read, path)
    if isinstance(plan, str):
        raise ExporterError(plan)
    return plan


def in_child(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """What ``work`` returns, done in a child process that ends with it."""
    # Needs no supervisor: its one result is waited for here, and a child that dies raises here.
    with ProcessPoolExecutor(max_workers=1) as child:
        return child.submit(work, *arguments, **named).result()


def _read(path: Path) -> CityPlan | str:
    try:
        return plan_city(read_city(path))
    except InventoryError as error:
        return str(error)
