"""The driver of this machine's own kernel: HTB classes by rtnetlink, and the map from prefix to class in nftables."""

from shaping.drivers.base import Driver, Site
from shaping.drivers.linux.machine import LinuxDriver


def driver(site: Site) -> Driver:
    """The kernel of this machine, for one uplink."""
    return LinuxDriver(site)
