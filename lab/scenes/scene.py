"""Cities as series: what the parts of a city export when it is well, cut, ill, or when a part of them is dead.

A scene is a moment, far from every other scene's, so that one Prometheus holds them all. Recorded series stand
beside what they are made of; a test asks the rules for them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

PARTS = ("watch", "snmp", "flows", "tracker", "shaping")
# Forty days between scenes: no rule or panel looks back so far.
APART = 40 * 86400
# A multiple of six hours, where the daily p95 is looked at.
FIRST = 1_767_247_200
STEP, LOOKS = 60, 16


@dataclass(frozen=True)
class Series:
    """A series: what it is at the scene's moment, and what it grows by a second. Gone where one of ``parts`` is."""

    parts: tuple[str, ...]
    name: str
    labels: tuple[tuple[str, str], ...]
    value: float
    rate: float = 0.0

    @property
    def key(self) -> str:
        inside = ",".join(f'{name}="{value}"' for name, value in self.labels)
        return f"{self.name}{{{inside}}}" if inside else self.name

    @property
    def labels_of_a_set(self) -> frozenset[tuple[str, str]]:
        """Its labels, whatever their order."""
        return frozenset(self.labels)

    def at(self, before: float) -> str:
        """Its value so many seconds before the moment."""
        return f"{self.number_at(before):.10g}"

    def number_at(self, before: float) -> float:
        """The same as a number."""
        return self.value - self.rate * before


@dataclass(frozen=True)
class Scene:
    """A moment of a city; ``opd`` and ``link`` are what the boards of one are opened for. ``past`` is of ten days."""

    name: str
    now: int
    series: tuple[Series, ...]
    opd: str = "opd-001"
    link: str = "agg-1"

    def lines(self) -> Iterator[str]:
        """OpenMetrics, a series after the other, oldest first; what is dead ended ten minutes ago."""
        for series in self.series:
            for look in range(LOOKS - 1, -1, -1):
                yield f"{series.key} {series.at(look * STEP)} {self.now - look * STEP}"
        yield "# EOF"

    def past(self) -> Iterator[str]:
        """Ten days of the uplink's daily p95, every six hours."""
        for direction in ("receive", "transmit"):
            for look in range(40, -1, -1):
                share = 0.6 + (0.01 if look % 2 else 0)
                yield (
                    f'uplink:p95_1d:ratio{{link="isp-utama",direction="{direction}"}} {share:.4f}'
                    f" {self.now - look * 21600}"
                )
        yield "# EOF"


Change = Callable[[Series], Series]


def changed(scene: Scene, name: str, changes: dict[str, Change], more: tuple[Series, ...] = ()) -> Scene:
    """The scene with series of those names changed and others added."""
    mended = (changes[sample.name](sample) if sample.name in changes else sample for sample in scene.series)
    return replace(scene, name=name, series=(*mended, *more))


def without(scene: Scene, *dead: str) -> Scene:
    """The scene where these parts do not answer any more."""
    alive = tuple(sample for sample in scene.series if not set(sample.parts) & set(dead))
    jobs = {"snmp": "exporter"}
    names = {f"lebarpita-{jobs.get(part, part)}" for part in dead}
    down = tuple(replace(s, value=0) if s.name == "up" and dict(s.labels)["job"] in names else s for s in alive)
    return replace(scene, name="dead:" + "+".join(dead), series=down)


def at(scene: Scene, number: int) -> Scene:
    """The scene at a moment of its own; moments in its series move with it."""
    now = FIRST + number * APART
    moved = (replace(s, value=s.value + now) if "timestamp" in s.name else s for s in scene.series)
    return replace(scene, now=now, series=tuple(moved))


def series(parts: str, name: str, value: float, rate: float = 0.0, /, **labels: str) -> Series:
    """A series of ours; a recorded one where the name has a colon."""
    full = name if ":" in name or name in ("up", "ALERTS") or name.startswith("scrape_") else f"lebarpita_{name}"
    shown = {("exported_job" if key == "task" else key): text for key, text in labels.items()}
    return Series(tuple(parts.split("+")), full, tuple(shown.items()), value, rate)


def of(match: dict[str, str], value: float | None = None, rate: float | None = None) -> Change:
    """A change of those series that have these labels."""

    def change(sample: Series) -> Series:
        if not match.items() <= dict(sample.labels).items():
            return sample
        return replace(
            sample, value=sample.value if value is None else value, rate=sample.rate if rate is None else rate
        )

    return change
