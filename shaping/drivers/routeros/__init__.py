"""The driver of a MikroTik router (RouterOS 6.43 to 7): simple queues over its API, by TLS and a pinned certificate.

Not yet run on a real router: it was built from public facts and tried against the fake beside it.
"""

from shaping.drivers.base import Driver, Site
from shaping.drivers.routeros.machine import RouterOsDriver


def driver(site: Site) -> Driver:
    """The router of an uplink. Opens nothing."""
    return RouterOsDriver(site)
