"""``serve watch``: the configuration in, the watch at work until it is ended."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from exporter.config import read_config
from exporter.errors import ExporterError
from exporter.http.reloading import reloading
from exporter.http.server import run
from exporter.processes import in_child
from exporter.watch.cause import Causes
from exporter.watch.decide import watched
from exporter.watch.jobs import PART
from exporter.watch.journal import Journal
from exporter.watch.pages import application
from exporter.watch.probing import Prober
from exporter.watch.recurrence import RecurrenceTimes
from exporter.watch.rounds import Instruments, Watch, WatchTimes
from exporter.watch.sender import Sender
from exporter.watch.trap_polls import TrapPolls
from exporter.watch.traps import Traps
from inventory.model import City
from inventory.reading import InventoryError, read_city
from inventory.titles import titles
from runtime import logs
from runtime.reload import Reload


def serve(path: str) -> int:
    """Run the watch of that configuration until it is ended. Raises ExporterError."""
    reload: Reload[City] = Reload(PART, (ExporterError,)).listen()
    config = read_config(path)
    logs.begin()
    city, part = load_city(config.inventory, config.state), config.watch
    journal = Journal(config.state / "outages.jsonl")
    journal.load()
    sender = Sender(part.alertmanager, journal.open, part.runbooks)
    sender.names = called(city)
    instruments = Instruments(prober=Prober(), journal=journal, sender=sender, causes=Causes(part.snmp))
    recurrence = RecurrenceTimes(part.settle_seconds, part.again_within_seconds)
    watch = Watch(watched(city), instruments, WatchTimes(part.lasting_seconds, recurrence))
    trap_polls = TrapPolls(watch.hurry, watch.causes.poll)
    traps = Traps(city, part, trap_polls.take)

    def adopt(city: City) -> None:
        # The traps first: they may lack a secret, and then nothing is to change.
        traps.adopt(city)
        sender.names = called(city)
        watch.adopt(watched(city))

    app = application(watch, trap_polls, traps, part.interval_seconds)
    # In a child: the watch's rounds have no second to wait for a file of thousands of lines.
    return run(reloading(app, reload, partial(in_child, load_city, config.inventory, config.state), adopt), part.listen)


def called(city: City) -> Mapping[str, str]:
    """What people call the OPDs and the roots of outages; a root stands before an OPD of its name."""
    return {opd.code: opd.name for opd in city.opds} | dict(titles(city))


def load_city(path: Path, memory: Path | None = None) -> City:
    """The checked city; ``memory`` as ``read_city``. Raises ExporterError with every problem, one a line."""
    try:
        return read_city(path, memory)
    except InventoryError as error:
        # Without its list of problems: between two processes an exception travels by its text.
        raise ExporterError(str(error)) from None
