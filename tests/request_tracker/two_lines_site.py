"""A site whose city has a second line that carries everybody at half while the first is lost."""

from dataclasses import replace

from tracker_site import NOW, Site

from inventory.model import City, Fallback, FallbackLine
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.ledger.allocation import Allocation
from request_tracker.ledger.allocations import Change, write
from request_tracker.web.app import create_app
from request_tracker.web.shell.context import OfficeDesk

MBIT = 125_000
BASE = Allocation(5 * MBIT, 20 * MBIT, 5 * MBIT, 20 * MBIT)


def two_lines(city: City, rule: str = "50 %") -> City:
    """The example city with a reserve line of 100 Mbit/s."""
    main = city.uplinks[0].model_copy(update={"fallback": Fallback(lines=(FallbackLine(uplink="isp-dua"),), rule=rule)})
    more = {"name": "isp-dua", "interface": "wan2", "receive_capacity": 100 * MBIT, "transmit_capacity": 100 * MBIT}
    second = city.uplinks[0].model_copy(update={**more, "provider": "ISP Kedua"})
    return city.model_copy(update={"uplinks": (main, second)})


def allocate(site: Site, allocation: Allocation, *offices: str) -> None:
    """Give these offices an allocation at once."""
    store = site.desk.store
    with store.transaction() as db:
        write(store, db, [Change(opd, allocation, "user:1", None, "saldo awal") for opd in offices], NOW)


def with_two_lines(site: Site, rule: str = "50 %") -> Site:
    """The same office with the second line, and an allocation for everybody."""
    desk = replace(site.desk, city=two_lines(site.desk.city, rule))
    config = site.client.application.extensions["office"].config
    made = create_app(OfficeDesk(config, desk, Prometheus("http://127.0.0.1:9")), testing=True)
    here = Site(desk, made.test_client())
    allocate(here, BASE, *(opd.code for opd in desk.city.opds))
    return here
