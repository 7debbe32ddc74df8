"""``serve snmp``: the configuration in, the poller at work until it is ended."""

import ctypes
import gc
import logging
import os
from functools import partial

from exporter.config import SnmpPart, read_config
from exporter.errors import ExporterError
from exporter.http.reloading import reloading
from exporter.http.server import HttpApplication, run
from exporter.processes import in_child
from exporter.snmp.city_loader import load_plan
from exporter.snmp.device.plan import CityPlan
from exporter.snmp.drop_in.snmp_yml import read_modules
from exporter.snmp.engines.registry import ENGINES
from exporter.snmp.native.library import RoundLibrary, load
from exporter.snmp.pages import PART, application
from exporter.snmp.profiles.loading import load_profiles
from exporter.snmp.scrape.scrapes import Scrapes
from runtime import logs
from runtime.reload import Reload

LOG = logging.getLogger("exporter.snmp")
# 0 turns the compiled round off.
OFF = "LEBARPITA_SNMP_ROUNDS"


def serve(path: str) -> int:
    """Run the part of that configuration until it is ended. Raises ExporterError."""
    reload: Reload[CityPlan] = Reload(PART, (ExporterError,)).listen()
    config = read_config(path)
    scrapes = Scrapes(load_plan(config.inventory, config.state), ENGINES[config.snmp.engine])
    app = reloading(
        _pages(scrapes, config.snmp), reload, partial(load_plan, config.inventory, config.state), scrapes.adopt
    )
    return run(app, config.snmp.listen)


def serve_city(plan: CityPlan, part: SnmpPart) -> int:
    """Serve that city until ended. Raises ExporterError where a profile or a module's file is in error."""
    return run(_pages(Scrapes(plan, ENGINES[part.engine]), part), part.listen)


def _pages(scrapes: Scrapes, part: SnmpPart) -> HttpApplication:
    profiles = load_profiles(part.profiles)
    modules = in_child(read_modules, part.modules) if part.modules else None
    logs.begin()
    for refusal in modules.refused.values() if modules else ():
        LOG.warning("event=module_refused message=%r", refusal)
    app = application(scrapes, profiles, part.profile_seconds, modules, compiled_round(part.engine))
    _settle()
    return app


def compiled_round(engine: str) -> ctypes.CDLL | None:
    """The compiled way to read all devices, where it was built and is not turned off; a line of the log says which."""
    library = load()
    if engine != "direct":
        library = RoundLibrary(None, f"engine={engine}")
    elif os.environ.get(OFF) == "0":
        library = RoundLibrary(None, f"{OFF}=0")
    way = "python" if library.functions is None else "compiled"
    LOG.info("event=snmp_rounds_read_by way=%s reason=%r", way, library.reason)
    return library.functions


def _settle() -> None:
    """Take what lives as long as the process out of the garbage collector's rounds: they cost a tenth of a scrape."""
    gc.collect()
    gc.freeze()
    # CPython's own is 700 (2,000 from 3.13 on): a scrape of a large switch makes thousands of short-lived objects, none
    # of them in a circle, and each round would look at all of them.
    gc.set_threshold(50_000, 20, 20)
