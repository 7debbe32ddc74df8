"""``bench``: fill a fresh database with a made-up archive, start the real server, let people read and send, print."""

import argparse
import json
import os
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from request_tracker.bench.effects import checked, doubled, form_lines
from request_tracker.bench.evidence import DAYS, OPDS, lines_of, measure
from request_tracker.bench.forms import Errands
from request_tracker.bench.hostile import beside
from request_tracker.bench.people import Crowd, Tour, attend, line_of
from request_tracker.bench.process import Watcher, unflat
from request_tracker.bench.server import MadeUpOffice, made_up_office, serving
from request_tracker.bench.simulated_time import SimulatedTime
from request_tracker.bench.tables import ArchiveMeasurement, Baseline, broken, growth, memory_line, sample_line, table
from request_tracker.errors import TrackerError
from request_tracker.store.database import Store

# A city's tracker sees a page a second on a busy working day, and of a hundred acts five are forms: three a minute. The
# soak's load is ten times that.
CITY_ACTS_A_SECOND, SOAK_TIMES, SOAK_FORMS_PERCENT = 1.0, 10, 5.0
SOAK_READING_SECONDS = 1.0
# Measured 11,600 to 12,800, the smaller archives have more: with the room that a crowd's forms and its log take.
BYTES_A_CASE = 15_000
SAMPLES = 48  # One for each ten minutes of eight hours.


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    bench = commands.add_parser("bench", help="measure pages and forms under a crowd, over a made-up archive")
    bench.add_argument("--inventory", metavar="FILE", help="the city whose offices ask; not for --evidence")
    bench.add_argument(
        "--cases", type=int, nargs="+", default=[100_000], metavar="N", help="cases in the archive (100000); of several"
    )
    bench.add_argument("--people", type=int, default=200, metavar="N", help="people at once (200)")
    bench.add_argument("--seconds", type=float, default=30, metavar="S", help="how long they read (30)")
    bench.add_argument("--reading", type=float, default=5, metavar="S", help="mean seconds between two pages (5)")
    bench.add_argument("--beside", type=int, default=0, metavar="N", help="hostile connections held meanwhile (0)")
    bench.add_argument("--forms", type=float, default=20, metavar="P", help="forms among a hundred acts (20)")
    bench.add_argument("--soak", action="store_true", help="what grows under ten times a city's load for --hours")
    bench.add_argument("--hours", type=float, default=8, metavar="H", help="simulated hours of the soak (8)")
    bench.add_argument(
        "--evidence", action="store_true", help="measure evidence and capacity pages over a made-up history instead"
    )
    bench.add_argument("--opds", type=int, default=OPDS, metavar="N", help=f"OPDs of that history ({OPDS})")
    bench.add_argument("--days", type=int, default=DAYS, metavar="N", help=f"days of that history ({DAYS})")
    bench.add_argument("--baseline", metavar="FILE", help="a result written by --out: print the ratio to it")
    bench.add_argument("--out", metavar="FILE", help="write the result as JSON")
    bench.set_defaults(run=_bench)


def _bench(options: argparse.Namespace) -> int:
    numbers = (*options.cases, options.people, options.seconds, options.reading, options.hours)
    numbers = (*numbers, options.opds, options.days)
    if min(numbers) <= 0 or not 0 <= options.forms <= 100:
        raise TrackerError("bench: every number is more than nothing, and --forms at most 100")
    if options.evidence:
        return _evidence(options)
    if not options.inventory:
        raise TrackerError("bench: --inventory is missing; only --evidence makes its own city")
    before = _baseline(options.baseline)
    measurements, faults = [], []
    for cases in options.cases:
        measured, more = _soaked(options, cases) if options.soak else _measured(options, cases)
        measurements.append(measured)
        faults += more
        print("\n".join(table(measured, before)))
    if len(measurements) > 1:
        print("\n".join(growth(measurements)))
    if options.out:
        rows = [{"cases": measured.cases, **asdict(line)} for measured in measurements for line in measured.lines]
        Path(options.out).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print("\n".join(f"NOT HELD: {fault}" for fault in faults) if faults else "every goal is held")
    return 1 if faults else 0


def _evidence(options: argparse.Namespace) -> int:
    """Evidence and capacity pages over a made-up history, by each database that is on this machine."""
    missed, rows = [], []
    print(f"{os.cpu_count()} cores; the history is made and written first, 90 days of 500 OPDs take some minutes")
    print("what else the machine does makes them longer: the load of the last minute stands beside each database")
    with tempfile.TemporaryDirectory(prefix="lebarpita-bench-") as name:
        for database, size, measurements in measure(Path(name), options.days, options.opds):
            print("\n".join(lines_of(database, size, measurements)), flush=True)
            missed += [f"{database.name}: {line.what}" for line in measurements if not line.in_time]
            rows += [{"database": database.name, **asdict(size), **asdict(line)} for line in measurements]
    if options.out:
        Path(options.out).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print("\n".join(f"NOT HELD: {what}" for what in missed) if missed else "every goal is held")
    return 1 if missed else 0


def _baseline(file: str | None) -> Baseline:
    if not file:
        return {}
    try:
        rows = json.loads(Path(file).read_text(encoding="utf-8"))
        return {(row.get("cases"), row["page"]): float(row["p95"]) for row in rows}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrackerError(f"{file}: is no result of bench --out: {error}") from error


def _measured(options: argparse.Namespace, cases: int) -> tuple[ArchiveMeasurement, list[str]]:
    """A crowd for some seconds, and which promises it found broken."""
    crowd = Crowd(options.people, options.reading, options.seconds, options.forms)
    print(f"{cases} cases, {crowd.people} people, {os.cpu_count()} cores, {crowd.reading_seconds:g} s of reading")
    with tempfile.TemporaryDirectory(prefix="lebarpita-bench-") as name:
        made = _made(Path(name), options, cases)
        with serving(made, Path(name)), beside(made.place, options.beside):
            tour = _tour(made, crowd)
            attend(tour)
        measured = _judged(made, cases, tour)
    return measured, broken(measured)


def _soaked(options: argparse.Namespace, cases: int) -> tuple[ArchiveMeasurement, list[str]]:
    """Eight hours of ten times a city's load: what of the server grows with the load, or with the time.

    Time is simulated: the server's calendar, jobs and rate limits go by a clock that each act moves on by the tenth of
    a second in which it would come. So a slow machine takes longer, and measures the same eight hours.
    """
    pace = CITY_ACTS_A_SECOND * SOAK_TIMES
    acts = max(1, round(options.hours * 3600 * pace))
    crowd = Crowd(options.people, SOAK_READING_SECONDS, float("inf"), SOAK_FORMS_PERCENT, acts)
    print(f"{options.hours:g} simulated hours at {SOAK_TIMES} times a city's load: {acts} acts, {cases} cases")
    with tempfile.TemporaryDirectory(prefix="lebarpita-bench-") as name:
        made, file = _made(Path(name), options, cases), Path(name) / "simulated"
        clock = SimulatedTime(file)
        with serving(made, Path(name), file) as server, beside(made.place, options.beside):
            tour, watcher = _tour(made, crowd), Watcher(server.pid, made.config.database, max(1, acts // SAMPLES))

            def look() -> None:
                clock.pass_to(tour.acts / pace)
                sample = watcher.look(tour.acts)
                if sample is not None:
                    print(sample_line(sample, sample.acts / pace / 3600), flush=True)

            attend(tour, look)
        clock.close()
        measured = _judged(made, cases, tour)
    print(memory_line(watcher.samples, pace))
    print("times are not judged here: nobody waits between two acts; wrong answers, doubled forms and growth are")
    return measured, [*broken(measured, timed=False), *unflat(watcher.samples)]


def _made(folder: Path, options: argparse.Namespace, cases: int) -> MadeUpOffice:
    need, free = cases * BYTES_A_CASE, shutil.disk_usage(folder).free
    if need > free:
        raise TrackerError(
            f"bench: {cases} cases take some {need / 2**30:.1f} GiB in {folder.parent}, {free / 2**30:.1f} are free;"
            " name a larger disk in TMPDIR, or fewer --cases"
        )
    print(f"an archive of some {need / 2**30:.1f} GiB is made in {folder.parent} and removed at the end", flush=True)
    made = made_up_office(folder, Path(options.inventory), cases)
    size = made.database_bytes
    print(f"archive made in {made.fill_seconds:.0f} s, {size / 2**20:.0f} MiB, {size / cases:.0f} bytes a case")
    return made


def _tour(made: MadeUpOffice, crowd: Crowd) -> Tour:
    return Tour(made.place, made.pages, Errands(made.supply), made.sessions, crowd)


def _judged(made: MadeUpOffice, cases: int, tour: Tour) -> ArchiveMeasurement:
    """What the crowd found, with every form looked for in the database that the server has left."""
    attendance, store = tour.attendance, Store(made.config.database)
    forms = checked(store, made.config.files, attendance.forms)
    twice = doubled(store, made.last_entry, forms)
    store.close()
    # In the order of the tour; the pages that forms stand on come behind.
    kinds = dict.fromkeys([*(visit.page for visit in made.pages), *sorted(attendance.pages)])
    pages = [line_of(kind, attendance.pages[kind]) for kind in kinds if attendance.pages[kind]]
    return ArchiveMeasurement(cases, made.database_bytes, made.fill_seconds, [*pages, *form_lines(forms)], twice)
