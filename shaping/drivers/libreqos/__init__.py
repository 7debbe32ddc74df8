"""The driver of a LibreQoS machine: it writes the two files that LibreQoS reads, and says what of them was read."""

from shaping.drivers.base import Driver, Site
from shaping.drivers.libreqos.machine import LibreQosDriver


def driver(site: Site) -> Driver:
    """The files of one LibreQoS, for one uplink."""
    return LibreQosDriver(site)
