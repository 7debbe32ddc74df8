"""The drivers there are: a folder's modules in, names and a driver out. Only the driver that is wanted is imported."""

import importlib
from types import ModuleType

from runtime.plugins import plugins_in
from shaping import drivers as folder
from shaping.drivers.base import Driver, Site
from shaping.errors import ShapingError

_SHARED = "base"


def drivers(package: ModuleType = folder) -> tuple[str, ...]:
    """The name of every driver of the folder: each file or folder in it but ``base``."""
    return plugins_in(package.__path__, _SHARED)


def driver_of(name: str, site: Site, package: ModuleType = folder) -> Driver:
    """The driver of that name for a site. Raises ShapingError where the folder has none."""
    if name not in drivers(package):
        place = f"uplink {site.uplink}: shaping: driver: {name}"
        raise ShapingError(f"{place} is not a driver here; this lebarpita has {', '.join(drivers(package))}")
    try:
        module = importlib.import_module(f"{package.__name__}.{name}")
    except ModuleNotFoundError as error:
        # A library of an extra, that only this driver needs.
        step = f"pip install 'lebarpita[{name}]'"
        raise ShapingError(f"driver: {name} needs {error.name}, which is not installed here; {step}") from error
    made: Driver = module.driver(site)
    return made
