"""``serve snmp``: the configuration in, the poller at work until it is ended."""

import gc
import logging

from exporter.config import SnmpPart, read_config
from exporter.http.server import run
from exporter.snmp.engines import ENGINES
from exporter.snmp.loading import load_plan
from exporter.snmp.plan import CityPlan
from exporter.snmp.scrapes import Scrapes
from exporter.snmp.service import application


def serve(path: str) -> int:
    """Run the part of that configuration until it is ended. Raises ExporterError."""
    config = read_config(path)
    return serve_city(load_plan(config.inventory), config.snmp)


def serve_city(plan: CityPlan, part: SnmpPart) -> int:
    """Serve that city until ended."""
    logging.basicConfig(level=logging.INFO, format="time=%(asctime)s level=%(levelname)s %(message)s")
    app = application(Scrapes(plan, ENGINES[part.engine]))
    _settle()
    return run(app, part.listen)


def _settle() -> None:
    """Take what lives as long as the process out of the garbage collector's rounds: they cost a tenth of a scrape."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
