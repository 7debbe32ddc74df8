"""``serve watch``: the configuration in, the watch at work until it is ended."""

from exporter.config import read_config
from exporter.errors import ExporterError
from exporter.http.server import run
from exporter.watch.cause import Causes
from exporter.watch.decide import watched
from exporter.watch.journal import Journal
from exporter.watch.pages import application
from exporter.watch.probing import Prober
from exporter.watch.recurrence import RecurrenceTimes
from exporter.watch.rounds import Instruments, Watch, WatchTimes
from exporter.watch.sender import Sender
from exporter.watch.trap_polls import TrapPolls
from exporter.watch.traps import Traps
from inventory.reading import InventoryError, read_city
from runtime import logs


def serve(path: str) -> int:
    """Run the watch of that configuration until it is ended. Raises ExporterError."""
    config = read_config(path)
    logs.begin()
    try:
        city, part = read_city(config.inventory), config.watch
    except InventoryError as error:
        raise ExporterError(str(error)) from error
    journal = Journal(config.state / "outages.jsonl")
    journal.load()
    sender = Sender(part.alertmanager, journal.open, part.runbooks)
    instruments = Instruments(prober=Prober(), journal=journal, sender=sender, causes=Causes(part.snmp))
    recurrence = RecurrenceTimes(part.settle_seconds, part.again_within_seconds)
    watch = Watch(watched(city), instruments, WatchTimes(part.lasting_seconds, recurrence))
    trap_polls = TrapPolls(watch.hurry, watch.causes.poll)
    traps = Traps(city, part, trap_polls.take)
    return run(application(watch, trap_polls, traps, city, part.interval_seconds), part.listen)
