"""Scenes as a Prometheus holds them: lines of OpenMetrics in, blocks of its database out.

``hours`` gives a scene hours before its moment, for pictures; the contract test needs its last quarter alone.
"""

import math
import socket
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

from lab import LabError
from lab.scenes.scene import STEP, Scene, Series

# What goes up and down in a day, by the ends of its names; the rest stays what it is.
_RECORDED = ("rate5m", "mean5m", "utilisation:ratio", "mean5m:ratio")
_MOVING = (*_RECORDED, "quantile_seconds", "jitter_seconds", "round_trip_seconds", "loss_ratio")
# The depth of that, and the seconds from crest to crest: a graph of three hours shows several.
_DEPTH, _WAVE_SECONDS = 0.45, 2700


def keep(home: Path, lines: Iterator[str]) -> None:
    """Put OpenMetrics, oldest first, into the database at ``home``; raises LabError with what promtool says."""
    text = home / "series.txt"
    text.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "-q", str(text), str(home / "data")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"promtool refused the scene: {done.stdout}{done.stderr}")


def prometheus(home: Path, address: str) -> list[str]:
    """The command that serves the database at ``home``; it scrapes nothing."""
    (home / "prometheus.yml").write_text("scrape_configs: []\n", encoding="utf-8")
    command = ["prometheus", f"--config.file={home / 'prometheus.yml'}", f"--storage.tsdb.path={home / 'data'}"]
    # A scene's moments lie years apart and some ahead: nothing may be thrown away for its age.
    return [*command, f"--web.listen-address={address}", "--storage.tsdb.retention.time=100y"]


def free_port() -> int:
    """A port of loopback that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(address: str) -> bool:
    """Whether a Prometheus is ready to be asked there."""
    try:
        with urlopen(f"http://{address}/-/ready", timeout=30) as page:
            return bool(page.status == 200)
    except OSError:
        return False


def hours(scene: Scene, before: Scene, *, since: int, span: int) -> Iterator[str]:
    """``span`` seconds up to the moment of the scene; what was so ``before`` holds until ``since`` seconds."""
    former = {series.key: series for series in before.series}
    for series in scene.series:
        for look in range(span // STEP, -1, -1):
            number = _number(series, former.get(series.key), look * STEP, since)
            if number is not None:
                yield f"{series.key} {number * _moved(series, look * STEP):.10g} {scene.now - look * STEP}"
    yield "# EOF"


def _number(series: Series, former: Series | None, before: int, since: int) -> float | None:
    if before <= since:
        return series.number_at(before)
    if former is None:
        return None
    if former.value == series.value:
        # A counter that goes faster since then: what it counted before is less.
        return series.number_at(since) - former.rate * (before - since)
    return former.number_at(before)


def _moved(series: Series, before: int) -> float:
    """1 at the scene's moment and at most 1 before it, each line with a wave of its own: p95 stays above its median."""
    if not series.name.endswith(_MOVING):
        return 1.0
    own = 0.6 + (zlib.crc32(_place(series).encode()) % 100) / 100
    return 1 - _DEPTH * (1 - math.cos(2 * math.pi * before * own / _WAVE_SECONDS)) / 2


def _place(series: Series) -> str:
    labels = dict(series.labels)
    return labels.get("opd") or labels.get("link", "")
