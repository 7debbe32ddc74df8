"""The commands of the SNMP part: ``serve snmp``, ``poll`` and ``bench snmp``."""

import logging
from typing import Any

from exporter.config import Config
from exporter.http import run
from exporter.snmp import bench as benchmark
from exporter.snmp import poll, walking
from exporter.snmp.engines import ENGINES
from exporter.snmp.scrapes import Scrapes
from exporter.snmp.service import application
from inventory.reading import read_city


def serve(config: Config) -> int:
    """Run the part until it is ended."""
    logging.basicConfig(level=logging.INFO, format="time=%(asctime)s level=%(levelname)s %(message)s")
    return run(application(Scrapes(read_city(config.inventory), ENGINES[config.snmp.engine])), config.snmp.listen)


def add_commands(commands: Any, bench: Any) -> None:
    """Add this part's commands to ``commands`` and its benchmark to ``bench``."""
    walking.add_command(commands)
    poll.add_command(commands)
    benchmark.add_bench(bench)
