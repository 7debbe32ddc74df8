"""``serve watch``: the configuration in, the watch at work until it is ended."""

import logging

from exporter.config import read_config
from exporter.errors import ExporterError
from exporter.http.server import run
from exporter.watch.cause import Causes
from exporter.watch.decide import watched
from exporter.watch.hints import Hints
from exporter.watch.journal import Journal
from exporter.watch.probing import Prober
from exporter.watch.rounds import Watch
from exporter.watch.sender import Sender
from exporter.watch.service import application
from exporter.watch.traps import Traps
from inventory.reading import InventoryError, read_city


def serve(path: str) -> int:
    """Run the watch of that configuration until it is ended. Raises ExporterError."""
    config = read_config(path)
    logging.basicConfig(level=logging.INFO, format="time=%(asctime)s level=%(levelname)s %(message)s")
    try:
        city, part = read_city(config.inventory), config.watch
    except InventoryError as error:
        raise ExporterError(str(error)) from error
    journal = Journal(config.state / "outages.jsonl")
    journal.load()
    prober, causes = Prober(), Causes(part.snmp)
    sender = Sender(part.alertmanager, journal.open, part.runbooks)
    watch = Watch(watched(city), prober, journal, sender, causes, part.misses)
    hints = Hints(watch.hurry, causes.poll)
    traps = Traps(city, part, hints.take)
    return run(application(watch, sender, prober, causes, hints, traps, city, part), part.listen)
