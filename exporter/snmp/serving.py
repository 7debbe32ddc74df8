"""``serve snmp``: the configuration in, the poller at work until it is ended."""

import gc

from exporter.config import SnmpPart, read_config
from exporter.http.server import run
from exporter.snmp.city_loader import load_plan
from exporter.snmp.device.plan import CityPlan
from exporter.snmp.engines.registry import ENGINES
from exporter.snmp.pages import application
from exporter.snmp.profiles.loading import load_profiles
from exporter.snmp.scrape.scrapes import Scrapes
from runtime import logs


def serve(path: str) -> int:
    """Run the part of that configuration until it is ended. Raises ExporterError."""
    config = read_config(path)
    return serve_city(load_plan(config.inventory), config.snmp)


def serve_city(plan: CityPlan, part: SnmpPart) -> int:
    """Serve that city until ended. Raises ExporterError where a device profile is in error."""
    profiles = load_profiles(part.profiles)
    logs.begin()
    app = application(Scrapes(plan, ENGINES[part.engine]), profiles, part.profile_seconds)
    _settle()
    return run(app, part.listen)


def _settle() -> None:
    """Take what lives as long as the process out of the garbage collector's rounds: they cost a tenth of a scrape."""
    gc.collect()
    gc.freeze()
    # CPython's own is 700 (2,000 from 3.13 on): a scrape of a large switch makes thousands of short-lived objects, none
    # of them in a circle, and each round would look at all of them.
    gc.set_threshold(50_000, 20, 20)
