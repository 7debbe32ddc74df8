"""``bench watch``: from cut to webhook with 500 lines, and what they cost at rest; stock tools beside it in one run.

Prints seconds and shares beside what is held to. Everything runs in a network namespace of its own and ends with it.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from subprocess import Popen
from typing import Any

from exporter.errors import ExporterError
from exporter.watch.outages import ALERT
from exporter.watch.testing import bench_world as world
from exporter.watch.testing.bench_peers import ALERTMANAGER_PORT, alertmanager, missing, stock
from runtime.children import end

EXAMPLE = "example: lebarpita-exporter bench watch --cuts 10"
# The promises of the design, in seconds from cut to webhook and of a core at rest.
MEDIAN_SECONDS, WORST_SECONDS, REST_SHARE = 2.6, 3.0, 0.05
# The watch learns its lines, and its own start is over.
SETTLE_SECONDS = 15.0
REST_SECONDS = 20.0
# Each line stays cut for so long: four scrapes of the stock tools.
HELD_SECONDS = 60.0
# Between two cuts, at random phase.
APART_SECONDS = 2.0
STOCK = "StockDown"


def add_bench(bench: Any) -> None:
    """Add ``bench watch``."""
    about = "from cut to webhook, against blackbox_exporter and Prometheus"
    watch = bench.add_parser("watch", help=about, epilog=EXAMPLE)
    watch.add_argument("--links", type=int, default=500)
    watch.add_argument("--cuts", type=int, default=40)
    watch.add_argument("--json", action="store_true")
    watch.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print; code 1 where a figure is over what it is held to."""
    if not 1 <= options.cuts <= options.links:
        raise ExporterError(f"bench: --cuts {options.cuts} must be between 1 and --links {options.links}")
    elsewhere = world.inside(sys.argv[1:])
    if elsewhere is not None:
        return elsewhere
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        results = _measured(Path(name), options, stack)
    if options.json:
        print(json.dumps(results))
    else:
        _print(results)
    limits = (("median", MEDIAN_SECONDS), ("worst", WORST_SECONDS), ("rest", REST_SHARE))
    return int(any(results["watch"][key] > limit for key, limit in limits))


def _measured(folder: Path, options: argparse.Namespace, stack: ExitStack) -> dict[str, dict[str, float]]:
    sink = world.Sink()
    stack.enter_context(world.listening(sink))
    stack.enter_context(alertmanager(folder))
    watch = _watch(folder, options.links, stack)
    time.sleep(SETTLE_SECONDS)
    rest, stock_rest = _rest([watch]), 0.0
    absent = missing()
    if absent:
        print(f"not installed and left out: {', '.join(absent)}", file=sys.stderr)
    else:
        peers = stack.enter_context(stock(folder, world.addresses(options.links)))
        time.sleep(SETTLE_SECONDS)
        stock_rest = _rest(peers)
    begun = _cuts(options)
    results = {"watch": {**_figures(sink, ALERT, {f"l{n}": at for n, at in begun.items()}), "rest": rest}}
    if not absent:
        addresses = world.addresses(options.links)
        figures = _figures(sink, STOCK, {addresses[n]: at for n, at in begun.items()})
        results["stock"] = {**figures, "rest": stock_rest}
    return results


def _watch(folder: Path, links: int, stack: ExitStack) -> "Popen[bytes]":
    settings = {
        "inventory": str(world.city(folder, links)),
        "state": str(folder),
        "watch": {"alertmanager": [f"http://127.0.0.1:{ALERTMANAGER_PORT}"]},
    }
    (folder / "exporter.yaml").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "exporter.part", "watch", "--config", str(folder / "exporter.yaml")]
    child = Popen(command)
    stack.callback(end, child)
    return child


def _rest(children: "Sequence[Popen[bytes]]") -> float:
    """The share of a core that these use together while all lines answer."""
    before = sum(_cpu_seconds(child.pid) for child in children)
    time.sleep(REST_SECONDS)
    return (sum(_cpu_seconds(child.pid) for child in children) - before) / REST_SECONDS


def _cpu_seconds(pid: int) -> float:
    """User and system time (proc(5): fields 14 and 15 of stat, counted from behind the name)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cuts(options: argparse.Namespace) -> dict[int, float]:
    """Cut one line after the other, hold each, heal it; the number of each and when it was cut."""
    chance, addresses = random.Random(options.links), world.addresses(options.links)
    begun: dict[int, float] = {}
    for number in chance.sample(range(options.links), options.cuts):
        begun[number] = time.monotonic()
        world.cut(addresses[number])
        time.sleep(APART_SECONDS + chance.random())
    time.sleep(HELD_SECONDS)
    for number in begun:
        world.heal(addresses[number])
    return begun


def _figures(sink: world.Sink, alert: str, begun: dict[str, float]) -> dict[str, float]:
    came = [sink.came[alert, root] - at for root, at in begun.items() if (alert, root) in sink.came]
    others = sum(name == alert and root not in begun for name, root in sink.came)
    # A cut that nobody told of is late without end.
    never = len(begun) - len(came)
    seconds = sorted(came) + [float("inf")] * never
    return {"median": median(seconds), "worst": seconds[-1], "cuts": len(begun), "never": never, "false": others}


def _print(results: dict[str, dict[str, float]]) -> None:
    for name, result in results.items():
        print(
            f"{name:8} from cut to webhook: median {result['median']:.2f} s, worst {result['worst']:.2f} s"
            f" over {result['cuts']:.0f} cuts, {result['never']:.0f} never told, {result['false']:.0f} false"
        )
    watch = results["watch"]
    print(f"held to: median {MEDIAN_SECONDS} s, worst {WORST_SECONDS} s; at rest {REST_SHARE:.0%} of a core")
    print(f"at rest: {watch['rest']:.1%} of a core")
    if "stock" in results:
        print(f"blackbox_exporter and Prometheus at rest: {results['stock']['rest']:.1%} of a core")
        print(f"ratio of medians, watch to stock: {watch['median'] / results['stock']['median']:.3f}")
