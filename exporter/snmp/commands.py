"""The commands of the SNMP part: ``serve snmp``, ``poll`` and ``bench snmp``."""

import gc
import logging
from typing import Any

from exporter.config import Config
from exporter.http import run
from exporter.snmp import bench as benchmark
from exporter.snmp import poll, walking
from exporter.snmp.engines import ENGINES
from exporter.snmp.loading import load_plan
from exporter.snmp.scrapes import Scrapes
from exporter.snmp.service import application


def serve(config: Config) -> int:
    """Run the part until it is ended."""
    logging.basicConfig(level=logging.INFO, format="time=%(asctime)s level=%(levelname)s %(message)s")
    app = application(Scrapes(load_plan(config.inventory), ENGINES[config.snmp.engine]))
    _settle()
    return run(app, config.snmp.listen)


def _settle() -> None:
    """Take what lives as long as the process out of the garbage collector's rounds: they cost a tenth of a scrape."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def add_commands(commands: Any, bench: Any) -> None:
    """Add this part's commands to ``commands`` and its benchmark to ``bench``."""
    walking.add_command(commands)
    poll.add_command(commands)
    benchmark.add_bench(bench)
