"""``bench flows``: this collector, nfcapd and nfacctd on the same datagrams over UDP on loopback, in one run.

Prints flows per CPU second, the highest rate without a loss, memory and ratios beside what is held to. Nothing here is
an assertion about time: a slow machine changes the figures, hardly the ratios.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from exporter.flows.bench.figures import FlowFigure
from exporter.flows.bench.generator import FlowLoad, generate
from exporter.flows.bench.history_figures import history_figures
from exporter.flows.bench.many_exporters import EXPORTERS, city_text, cut, in_turn
from exporter.flows.bench.peers import Start, nfacctd, nfcapd, ours, read, value
from exporter.flows.bench.sender import send
from inventory.generate import generate_city
from inventory.model import City
from inventory.reading import read_city

# What a city needs: 500 OPDs, 29,000 flows a second. docs/why/flow-speed.md holds the part to it.
OPDS, CITY_FLOWS_PER_SECOND = 500, 29_000

# Flows a second that are tried one after the other, until one loses something; 0 is as fast as the sender can.
_RATES = (250e3, 500e3, 1e6, 2e6, 3e6, 4e6, 6e6, 0)
# With the history of who uses it, as it is delivered, and counting alone, which is what the peers do.
OURS, OURS_ALONE = "lebarpita", "lebarpita without history"
# Flows per CPU second with all keys new: seventy times a city's rate on one core.
_HELD = {OURS: 2e6}
EXAMPLE = "example: lebarpita-exporter bench flows --flows 1000000"


@dataclass(frozen=True)
class BenchPass:
    """One pass of the load through a collector: flows per CPU second, resident bytes at its end."""

    speed: float
    memory: int


def add_bench(bench: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``bench flows``."""
    flows = bench.add_parser("flows", help="against nfcapd and nfacctd on the same datagrams", epilog=EXAMPLE)
    flows.add_argument("--flows", type=int, default=2_900_000, help="how many flows the load has (default: 2900000)")
    flows.add_argument("--rate", type=float, default=400_000, help="flows a second while CPU is measured")
    flows.add_argument("--rounds", type=int, default=5)
    flows.add_argument("--json", action="store_true")
    flows.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure everything and print; code 1 where a figure misses what it is held to."""
    with tempfile.TemporaryDirectory(prefix="lebarpita-bench-") as name:
        folder = Path(name)
        (folder / "city.yaml").write_text(generate_city(OPDS).replace("10.255.0.1", "127.0.0.1"))
        city = read_city(folder / "city.yaml")
        load = generate([opd.prefixes for opd in city.opds], options.flows)
        figures = measure(folder, city, load, options) + _many(folder, load, options.rounds)
    if options.json:
        print(json.dumps([_row(figure) for figure in figures], indent=2))
    else:
        print(table(figures))
    return int(not all(figure.met for figure in figures))


def measure(folder: Path, city: City, load: FlowLoad, options: argparse.Namespace) -> list[FlowFigure]:
    """Every figure, in the order they are told."""
    starts: dict[str, Start] = {
        OURS: lambda place: ours(place, folder / "city.yaml"),
        OURS_ALONE: lambda place: ours(place, folder / "city.yaml", history=False),
        "nfcapd": nfcapd,
        "nfacctd": lambda place: nfacctd(place, city),
    }
    passes: dict[str, list[BenchPass]] = {name: [] for name in starts}
    for _ in range(options.rounds):
        for name, start in starts.items():
            _say(f"flows per CPU second: {name}")
            passes[name].append(_pass(start, folder, load, options.rate))
    limits = {(OURS_ALONE, "nfacctd"): 20.0, (OURS_ALONE, "nfcapd"): 2.0}
    figures = [
        FlowFigure(f"{name}: flows per CPU second", median(turn.speed for turn in each), "", _HELD.get(name))
        for name, each in passes.items()
    ]
    speeds = {name: [turn.speed for turn in each] for name, each in passes.items()}
    for name in (OURS, OURS_ALONE):
        for peer in ("nfacctd", "nfcapd"):
            figures += _ratios(f"{name} to {peer}", speeds[name], speeds[peer], limits.get((name, peer)))
    figures += [
        FlowFigure(f"{name}: memory", max(turn.memory for turn in each) / 1e6, "MB") for name, each in passes.items()
    ]
    for name, start in starts.items():
        _say(f"rate without a loss: {name}")
        figures.append(FlowFigure(f"{name}: flows/s without a loss", _lossless(start, folder, load)))
    lossless = {name: figure.value for name, figure in zip(starts, figures[-len(starts) :], strict=True)}
    return [
        *figures,
        *_alone(starts[OURS], folder, load, lossless[OURS]),
        *history_figures(starts[OURS], folder, load, CITY_FLOWS_PER_SECOND),
    ]


def _ratios(name: str, ours: list[float], theirs: list[float], limit: float | None = None) -> list[FlowFigure]:
    """Of the speeds, the median and round by round: what the machine does meanwhile changes both of a round."""
    ratios = [our / their for our, their in zip(ours, theirs, strict=True)]
    rounds = [FlowFigure(f"  in round {number}", ratio, "x") for number, ratio in enumerate(ratios, 1)]
    return [FlowFigure(name, median(ratios), "x", limit), *rounds]


def _pass(start: Start, folder: Path, load: FlowLoad, rate: float) -> BenchPass:
    """One pass at a rate all can follow."""
    with tempfile.TemporaryDirectory(dir=folder) as place, start(Path(place)) as running:
        before = running.cpu()
        send(load, running.port, rate)
        running.settle()
        spent, memory = running.cpu() - before, running.memory()
        counted = running.counted()
    return BenchPass(load.flows * (counted / load.total) / spent, memory)


def _lossless(start: Start, folder: Path, load: FlowLoad) -> float:
    """The highest of a row of rates at which every byte of a pass was counted; the sender may be the limit."""
    best = 0.0
    for rate in _RATES:
        with tempfile.TemporaryDirectory(dir=folder) as place, start(Path(place)) as running:
            sent = send(load, running.port, rate)
            running.settle()
            if running.counted() != load.total:
                break
            best = max(best, sent.flows / sent.seconds)
    return best


def _alone(start: Start, folder: Path, load: FlowLoad, lossless: float) -> list[FlowFigure]:
    """What only we are held to: a city's share of a core, the page, memory, exact totals, twice too much."""
    with tempfile.TemporaryDirectory(dir=folder) as place, start(Path(place)) as running:
        _say("a city's load")
        before, began = running.cpu(), time.monotonic()
        send(load, running.port, CITY_FLOWS_PER_SECOND, 10.0)
        share = (running.cpu() - before) / (time.monotonic() - began)
        scrapes = [_scrape(running.page) for _ in range(30)]
    with tempfile.TemporaryDirectory(dir=folder) as place, start(Path(place)) as running:
        _say("too much")
        with _scraping(running.page) as answered:
            sent = send(load, running.port, 2 * lossless, 10.0)
        running.settle()
        page = read(running.page)
        counted = value(page, "lebarpita_flow_datagrams_total")
        dropped = value(page, "lebarpita_flow_socket_drops_total")
        memory = running.memory()
        compiled = value(page, "lebarpita_flow_counting_compiled")
    return [
        FlowFigure("counted by compiled code (1) or by NumPy alone (0)", compiled),
        FlowFigure(f"share of a core at {CITY_FLOWS_PER_SECOND} flows/s", share, "", 0.025, most=True),
        FlowFigure(f"scrape of {OPDS} OPDs", 1000 * median(scrapes), "ms", 2, most=True),
        FlowFigure("flows/s sent for 10 s, twice the rate without a loss", sent.flows / sent.seconds),
        FlowFigure("of them counted", counted / sent.datagrams),
        FlowFigure("of them counted or told as dropped", (counted + dropped) / sent.datagrams, "", 1),
        FlowFigure("of the scrapes meanwhile answered", sum(answered) / len(answered), "", 1),
        FlowFigure("memory after it", memory / 1e6, "MB", 150, most=True),
    ]


def _many(folder: Path, load: FlowLoad, rounds: int) -> list[FlowFigure]:
    """A city with an exporter in every office, and nfcapd, which only stores, on the same datagrams."""
    _say("many exporters")
    (folder / "many.yaml").write_text(city_text(generate_city(OPDS)))
    starts: dict[str, Start] = {
        OURS: lambda place: ours(place, folder / "many.yaml"),
        OURS_ALONE: lambda place: ours(place, folder / "many.yaml", history=False),
        "nfcapd": nfcapd,
    }
    small = cut(load)
    turns = [in_turn(starts, folder, small) for _ in range(rounds)]
    speeds = {name: [turn[name] for turn in turns] for name in starts}
    limits = {OURS: 1e6, OURS_ALONE: 1e6}
    what = f"flows per CPU second of {EXPORTERS} exporters"
    figures = [FlowFigure(f"{name}: {what}", median(each), "", limits.get(name)) for name, each in speeds.items()]
    for name in (OURS, OURS_ALONE):
        figures += _ratios(f"{name} to nfcapd there", speeds[name], speeds["nfcapd"])
    return figures


@contextmanager
def _scraping(page: str) -> Iterator[list[bool]]:
    """Scrape twice a second meanwhile; tells of each whether it was answered."""
    answered: list[bool] = []
    over = threading.Event()

    def scrape() -> None:
        while not over.wait(0.5):
            try:
                answered.append(bool(read(page)))
            except OSError:
                answered.append(False)

    # Needs no supervisor: a benchmark that scraped less says so, and the thread ends with the block.
    thread = threading.Thread(target=scrape)
    thread.start()
    try:
        yield answered
    finally:
        over.set()
        thread.join()


def _scrape(page: str) -> float:
    began = time.perf_counter()
    read(page)
    return time.perf_counter() - began


def table(figures: list[FlowFigure]) -> str:
    """Names, values, limits."""
    lines = []
    for figure in figures:
        limit = "" if figure.limit is None else f"  held to {'at most' if figure.most else 'at least'} {figure.limit:g}"
        missed = "" if figure.met else "  MISSED"
        lines.append(f"{figure.name:<56} {figure.value:>14,.3f} {figure.unit:<3}{limit}{missed}")
    return "\n".join(lines)


def _row(figure: FlowFigure) -> dict[str, object]:
    """As the JSON has it, where the limit is called ``held``."""
    row = asdict(figure)
    return {"held" if key == "limit" else key: value for key, value in row.items()} | {"met": figure.met}


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"{text} ...", file=sys.stderr)
