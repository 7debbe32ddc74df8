"""A past day of any city for a real Prometheus, up to this moment: what the wall reads, with parts that have died."""

import math
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tracker_tsdb import serving_past

from inventory.model import City
from inventory.topology import Kind, branches

SCRAPE, RECENT, DAY, SPARSE = 15, 1200, 86_400, 300
MBIT = 125_000


@dataclass(frozen=True, kw_only=True)
class WallPast:
    """``use`` is each office's rate in bytes per second (half a Mbit/s where it is not named).

    ``silent``: lines that do not answer; ``losses``: what ill lines lose; ``gone``: ``snmp``, ``watch`` or ``flows``,
    which died ``gone_seconds`` ago.
    """

    city: City
    now: float
    use: Mapping[str, float] = field(default_factory=dict)
    silent: Set[str] = frozenset()
    losses: Mapping[str, float] = field(default_factory=dict)
    gone: Set[str] = frozenset()
    gone_seconds: int = 400
    isolated: bool = False

    def text(self) -> str:
        """The past in OpenMetrics text."""
        families: dict[str, list[str]] = {}
        for name, kind, labels, at, value in sorted(self._samples()):
            head = f"# TYPE {name.removesuffix('_total')} {kind}"
            families.setdefault(head, []).append(f"{name}{{{labels}}} {value!r} {at}")
        lines = [line for head, samples in families.items() for line in (head, *samples)]
        return "\n".join((*lines, "# EOF", ""))

    def _samples(self) -> Iterator[tuple[str, str, str, int, float]]:
        yield from self._watch()
        yield from self._traffic()
        yield from self._day()

    def _times(self, part: str) -> range:
        end = int(self.now) - (self.gone_seconds if part in self.gone else 0)
        return range(int(self.now) - RECENT, end + 1, SCRAPE)

    def _watch(self) -> Iterator[tuple[str, str, str, int, float]]:
        for at in self._times("watch"):
            yield "lebarpita_watch_round_timestamp_seconds", "gauge", "", at, at - 0.5
            yield "lebarpita_watch_isolated", "gauge", "", at, float(self.isolated)
            for branch in branches(self.city):
                if branch.address is not None:
                    opd = branch.far if branch.kind is Kind.OPD else ""
                    labels = f'link="{branch.name}",opd="{opd}"'
                    yield "lebarpita_reachable", "gauge", labels, at, float(branch.name not in self.silent)
            for link, loss in self.losses.items():
                yield "lebarpita_link_loss_ratio", "gauge", f'link="{link}",bound="middle"', at, loss

    def _traffic(self) -> Iterator[tuple[str, str, str, int, float]]:
        for opd in self.city.opds:
            source = "flow" if opd.measured == "flow" else "interface"
            part, labels = "flows" if source == "flow" else "snmp", f'opd="{opd.code}",source="{source}"'
            for way, share in (("receive", 1.0), ("transmit", 0.25)):
                speed = self.use.get(opd.code, MBIT / 2) * share
                for at in self._times("" if part == "flows" else part):
                    # A flow exporter that is gone leaves its counters standing still.
                    until = min(at, self.now - self.gone_seconds) if part in self.gone else at
                    yield f"lebarpita_opd_{way}_bytes_total", "counter", labels, at, speed * (until - self.now + DAY)
        for at in self._times(""):
            until = min(at, self.now - self.gone_seconds) if "flows" in self.gone else at
            yield "lebarpita_flow_records_total", "counter", 'exporter="10.255.0.1"', at, 10 * (until - self.now + DAY)
        for branch in (branch for branch in branches(self.city) if branch.kind is not Kind.UPLINK):
            rate = sum(self.use.get(code, MBIT / 2) for code in branch.offices)
            for way, share in (("receive", 1.0), ("transmit", 0.25)):
                for at in self._times("snmp"):
                    yield self._link(way, branch.name, at, rate * share * (at - self.now + DAY))

    def _day(self) -> Iterator[tuple[str, str, str, int, float]]:
        begin, recent = int(self.now) - DAY, self._times("snmp")
        for uplink in self.city.uplinks:
            for side, capacity in (("receive", uplink.receive_capacity), ("transmit", uplink.transmit_capacity)):
                for at in range(begin, int(self.now), SPARSE):
                    labels = f'link="{uplink.name}",direction="{side}"'
                    yield "lebarpita_uplink_capacity_bytes_per_second", "gauge", labels, at, float(capacity)
                before, count = begin, 0.0
                for at in (*range(begin, recent[0], SPARSE), *recent):
                    count += (at - before) * capacity * (0.45 - 0.4 * math.cos((at - begin) / DAY * math.tau))
                    before = at
                    yield self._link(side, uplink.name, at, count)
        for number, opd in enumerate(self.city.opds):
            for at in range(begin, int(self.now), SPARSE):
                wave = 1 - 0.9 * math.cos((at - begin) / DAY * math.tau + number)
                yield "opd:receive:rate5m", "gauge", f'opd="{opd.code}"', at, self.use.get(opd.code, MBIT / 2) * wave

    def _link(self, way: str, link: str, at: int, value: float) -> tuple[str, str, str, int, float]:
        return f"lebarpita_link_{way}_bytes_total", "counter", f'link="{link}",device="x"', at, value


@contextmanager
def prometheus_of(folder: Path, past: WallPast) -> Iterator[str]:
    """The address of a Prometheus that knows this past and nothing else."""
    with serving_past(folder, past.text()) as address:
        yield address
