"""The driver of a device that a person sets: it prints the commands, a person confirms, measurement verifies."""

from shaping.drivers.base import Driver, Site
from shaping.drivers.manual.technician import ManualDriver


def driver(site: Site) -> Driver:
    """A technician with the printed commands, for one uplink."""
    return ManualDriver(site)
