"""What a turn of the driver costs: cold start, one change, a second apply, somebody's hand, a way back."""

import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from shaping import watchdog
from shaping.bench.table import BenchRow
from shaping.bench.world import OFFICES, PLACES, converge, driver_in, queues_of, timed
from shaping.drivers.linux import kernel

_MEGABIT = 125_000


def rows(state: Path, seconds: float) -> Iterator[BenchRow]:
    """In the order of the design's table; nothing here lasts longer for ``seconds``."""
    driver, queues = driver_in(state / "turns"), queues_of(OFFICES, 2 * _MEGABIT, 8 * _MEGABIT)
    # Which leaf there is, is asked once a boot.
    driver.read(())
    cold = timed(lambda: converge(driver, queues))
    changes = []
    for ceiling in (9, 10, 11, 12, 13):
        queues[0] = replace(queues[0], ceiling_bytes_per_second=ceiling * _MEGABIT)
        changes.append(timed(lambda: (converge(driver, queues), driver.read(queues))))
    title = "one change of 500 classes: read, compare, apply, read back"
    yield BenchRow(title, min(changes).milliseconds, "ms", most=100.0, note=min(changes).own)
    title = "cold start of 500 OPDs, both ways and the map"
    yield BenchRow(title, cold.milliseconds, "ms", most=500.0, note=f"{cold.own}; nft is another")
    yield BenchRow("second apply", len(driver.plan(queues).operations), "operations", most=0.0)
    yield BenchRow("somebody's change of a class is heard", _heard(driver.wait), "ms", most=1000.0)
    converge(driver, queues)
    before = kernel.read(PLACES).classes
    plan = driver.plan(queues_of(OFFICES, 2 * _MEGABIT, 4 * _MEGABIT))
    began, over = time.monotonic(), threading.Event()
    driver.apply(plan)
    # Not supervised: of this one measurement, waited for below, and gone with the bench whatever happens.
    thread = threading.Thread(target=watchdog.watch, args=(driver, over), daemon=True)
    thread.start()
    while driver.unconfirmed_seconds() is not None and time.monotonic() - began < 30:
        time.sleep(0.05)
    took = time.monotonic() - began
    over.set()
    thread.join()
    back = took if kernel.read(PLACES).classes == before else None
    yield BenchRow("a change that nobody confirms is taken back", back, "s", most=5.0)
    driver.panic()


def _heard(wait: Callable[[float], bool]) -> float | None:
    """From tc's end until the news; the median of five. None where none came."""
    delays = []
    for number in range(5):
        while wait(0.1):
            pass
        rate = f"{number + 2}mbit"
        place = ["dev", PLACES.receive, "parent", "1eb:1", "classid", "1eb:10"]
        subprocess.run(["tc", "class", "change", *place, "htb", "rate", rate, "ceil", rate], check=True)
        began = time.monotonic()
        if not wait(5.0):
            return None
        delays.append((time.monotonic() - began) * 1000)
    return statistics.median(delays)
