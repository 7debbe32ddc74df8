"""A real Prometheus over a made-up past: one outage of agg-timur with known minutes, a line that flaps, an OPD's use.

The past is written as blocks (promtool), so nothing is scraped and every query has one right answer.
"""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from children import child, until
from ports import free_port

STARTED = datetime(2026, 11, 20, 5, 0, tzinfo=UTC).timestamp()
ENDED = STARTED + 47 * 60
BEGIN, END, STEP = int(STARTED) - 5400, int(STARTED) + 5400, 15
BOOTED = STARTED - 86400 * 12
BEHIND = ("agg-timur", "timur-rsud", "timur-dishub", "timur-dpupr", "timur-dinsos")


def down(at: float) -> bool:
    """True while agg-timur is cut."""
    return STARTED <= at < ENDED


def flapping(at: float) -> bool:
    """agg-selatan is away for a quarter of a minute, every two minutes."""
    return at % 120 == 0


def history() -> str:
    """The past in OpenMetrics text, one family after the other."""
    times = range(BEGIN, END, STEP)
    lines: list[str] = []

    def family(name: str, kind: str, labels: str, values: Sequence[tuple[int, float]]) -> None:
        head = f"# TYPE {name.removesuffix('_total')} {kind}"
        if head not in lines:
            lines.append(head)
        lines.extend(f"{name}{{{labels}}} {float(value)!r} {at}" for at, value in values)

    for link in BEHIND:
        family("lebarpita_reachable", "gauge", f'link="{link}"', [(at, not down(at)) for at in times])
    family("lebarpita_reachable", "gauge", 'link="agg-selatan"', [(at, not flapping(at)) for at in times])
    lost = [(at, min(max(at - STARTED, 0), ENDED - STARTED)) for at in times]
    family("lebarpita_probe_lost_total", "counter", 'link="agg-timur"', lost)
    echo = [(at, 0.002 if at < STARTED else 0.003) for at in times]
    family("lebarpita_round_trip_seconds", "gauge", 'link="agg-timur"', echo)
    for way, speed in (("receive", 2_000_000), ("transmit", 500_000)):
        counted = [(at, speed * (at - BEGIN - lost[n][1])) for n, at in enumerate(times)]
        family(f"lebarpita_link_{way}_bytes_total", "counter", 'link="agg-timur",device="agg"', counted)
    for way, usual in (("receive", 1_000_000), ("transmit", 250_000)):
        # Twice as fast from the middle of the five minutes before the outage: so many means are below as are above.
        counted = [
            (at, usual * (at - BEGIN + 300 + max(at - STARTED + 150, 0))) for at in range(BEGIN - 300, END, STEP)
        ]
        family(f"lebarpita_opd_{way}_bytes_total", "counter", 'opd="dinkes",source="interface"', counted)
    for device in ("agg", "dist-timur"):
        labels = f'device="{device}"'
        family("lebarpita_device_boot_timestamp_seconds", "gauge", labels, [(at, BOOTED) for at in times])
    return "\n".join((*lines, "# EOF", ""))


@contextmanager
def prometheus_over(folder: Path) -> Iterator[str]:
    """The address of a Prometheus that knows this past and nothing else."""
    with serving_past(folder, history()) as address:
        yield address


@contextmanager
def serving_past(folder: Path, past: str, program: str = "prometheus") -> Iterator[str]:
    """The address of a Prometheus, Debian's or another, over a past written as OpenMetrics text."""
    (folder / "past.txt").write_text(past, encoding="utf-8")
    (folder / "prometheus.yml").write_text("scrape_configs: []\n", encoding="utf-8")
    # Blocks of two hours, promtool's own, would read the text once for each: minutes for a month.
    blocks = ["promtool", "tsdb", "create-blocks-from", "--max-block-duration=2400h", "openmetrics", "past.txt", "data"]
    done = subprocess.run(blocks, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    address = f"127.0.0.1:{free_port()}"
    command = [program, "--config.file=prometheus.yml", "--storage.tsdb.path=data"]
    # As the product keeps it; Prometheus' own fifteen days would drop a month's first block.
    command += [f"--web.listen-address={address}", "--storage.tsdb.retention.time=400d"]
    with (folder / "log").open("w") as log, child(command, cwd=folder, stdout=log, stderr=log) as process:
        until(lambda: ready(f"http://{address}/-/ready"), folder / "log", process)
        yield f"http://{address}"


def ready(url: str) -> bool:
    """True once it answers."""
    try:
        with urlopen(url, timeout=30) as page:
            return bool(page.status == 200)
    except (URLError, OSError):
        return False
