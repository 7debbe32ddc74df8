"""The shaper's agent: pulls the ledger, compares with the kernel, converges, reads back, proves. One loop.

The tracker silent: the last good ledger on disk stays in force and is applied at start. Whatever fails is counted and
tried again; nothing ends the loop but a signal.
"""

import json
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from inventory.admission import DIRECTIONS, Direction
from inventory.model import City
from shaping import metrics
from shaping.config import Config
from shaping.drivers.linux import kernel
from shaping.drivers.linux.classes import UNMAPPED, Class, assign_minors, compile_classes
from shaping.drivers.linux.htb import Counted
from shaping.drivers.linux.nft import Interfaces, Map, compile_map
from shaping.errors import ShapingError
from shaping.ledger import Revision, read_revision
from shaping.plan import Plan, make_plan, told
from shaping.proof import WINDOW_SECONDS, proof_body, verdict

log = logging.getLogger(__name__)
ASK_SECONDS = 5.0


@dataclass(frozen=True)
class Wanted:
    """A revision compiled for this machine."""

    revision: Revision
    minors: Mapping[str, int]
    classes: Mapping[str, Mapping[int, Class]]
    map: Map


@dataclass
class Agent:
    """The agent of one uplink. ``round`` does one turn; ``run`` goes on until ``over`` is set."""

    config: Config
    city: City
    over: threading.Event = field(default_factory=threading.Event)
    wanted: Wanted | None = None
    state: kernel.State | None = None
    failures: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    heard_at: float = 0.0
    _proven: str = ""
    _asked: Any = None
    _carried_out: dict[str, Any] | None = None
    _window: tuple[float, Mapping[str, Mapping[int, Counted]]] | None = None

    @property
    def interfaces(self) -> Interfaces:
        """Where the inventory says the uplink is shaped. Raises ShapingError where it does not."""
        shaping = self.city.uplink(self.config.uplink).shaping
        if shaping is None:
            raise ShapingError(f"uplink {self.config.uplink}: the inventory has no shaping: for it; add the interfaces")
        return Interfaces(shaping.transmit_interface, shaping.receive_interface)

    def run(self) -> None:
        """Turn after turn."""
        body = _load(self.config.state / "ledger.json")
        while not self.over.is_set():
            body = self._heard() or body
            try:
                if body is not None:
                    self.round(body)
            except (ShapingError, OSError) as error:
                self.failures["apply"] += 1
                log.error("event=round_failed reason=%r", str(error))
            self.over.wait(self.config.refresh_seconds)

    def round(self, body: Any) -> Plan:
        """Compile, compare, apply, read back, prove; the plan that was carried out."""
        self.wanted, self._asked = self.compile(body), body.get("read_back_after")
        plan = self.plan()
        applied_at = time.time()
        if not plan.empty:
            kernel.apply(plan, self.wanted.map, self.interfaces)
            self._carried_out = self.told(plan)
            log.info("event=applied revision=%d operations=%d", self.wanted.revision.number, len(plan.operations))
            _save(self.config.state / "ledger.json", body)
            _save(self.config.state / "minors.json", dict(self.wanted.minors))
        self.state = kernel.read(self.interfaces)
        self._judge()
        self._prove(plan, applied_at)
        return plan

    def compile(self, body: Any) -> Wanted:
        """The ledger's answer as classes and map. Raises ShapingError for anything that must not be applied."""
        revision = read_revision(body, self.city, self.config.uplink)
        known = _load(self.config.state / "minors.json") or {}
        minors = assign_minors(known, {opd for opd, _ in revision.rates})
        line, places = self.city.uplink(self.config.uplink), self.interfaces
        classes = {
            places.transmit: compile_classes(revision, minors, "transmit", line.transmit_capacity),
            places.receive: compile_classes(revision, minors, "receive", line.receive_capacity),
        }
        return Wanted(revision, minors, classes, compile_map(self.city, minors))

    def plan(self) -> Plan:
        """What must change now; reads the kernel."""
        assert self.wanted is not None
        self.state = kernel.read(self.interfaces)
        map_changes = self.state.map is None or self.state.map.hash != self.wanted.map.hash
        return make_plan(self.state.classes, self.wanted.classes, map_changes)

    def told(self, plan: Plan) -> dict[str, Any]:
        """The plan for people."""
        assert self.wanted is not None
        return told(plan, {minor: opd for opd, minor in self.wanted.minors.items()})

    def by_direction(self, held: Mapping[str, Any]) -> dict[str, Any]:
        """What is held by interface, by direction."""
        return {"transmit": held[self.interfaces.transmit], "receive": held[self.interfaces.receive]}

    def fetch(self) -> Any:
        """The ledger from the tracker. Raises ShapingError."""
        return self._call("GET", "/api/allocations", None)

    def _heard(self) -> Any:
        try:
            body = self.fetch()
            self.heard_at = time.time()
            return body
        except ShapingError as error:
            self.failures["tracker"] += 1
            log.warning("event=tracker_silent reason=%r", str(error))
            return None

    def _prove(self, plan: Plan, applied_at: float) -> None:
        """Post the proof once for each revision and read-back; a repetition only where the tracker asks for one.

        What was carried out is told with the first proof the tracker takes, also where it was silent at first.
        """
        assert self.wanted is not None and self.state is not None
        about: dict[str, Any] = {
            "agent": self._name(),
            "uplink": self.config.uplink,
            "applied_at": applied_at,
            "read_at": time.time(),
        }
        read = self.by_direction(self.state.classes)
        about["plan"] = self._carried_out or self.told(plan)
        body = proof_body(self.wanted.revision, read, self.wanted.minors, about)
        key = json.dumps([body["revision"], body["hash"], body["readback"], body["problems"], self._asked])
        if key == self._proven:
            return
        try:
            self._call("POST", "/api/proofs", body)
            self._proven, self._carried_out = key, None
        except ShapingError as error:
            self.failures["proof"] += 1
            log.warning("event=proof_not_taken reason=%r", str(error))

    def _name(self) -> str:
        """The device's, with the uplink's where one device shapes several: each agent's proofs are its own."""
        device = self.city.uplink(self.config.uplink).device
        alone = sum(uplink.device == device for uplink in self.city.uplinks) == 1
        return device if alone else f"{device}/{self.config.uplink}"

    def _judge(self) -> None:
        """A verdict for every class, once a window is over."""
        assert self.wanted is not None and self.state is not None
        now = time.monotonic()
        if self._window is None or now - self._window[0] >= WINDOW_SECONDS:
            if self._window is not None:
                self._verdicts(now - self._window[0], self.by_direction(self._window[1]))
            self._window = (now, self.state.counts)

    def _verdicts(self, seconds: float, earlier: Mapping[str, Mapping[int, Counted]]) -> None:
        assert self.wanted is not None and self.state is not None
        later, classes = self.by_direction(self.state.counts), self.by_direction(self.state.classes)
        for opd, way in self.wanted.revision.rates:
            minor = self.wanted.minors[opd]
            one, before, after = classes[way].get(minor), earlier[way].get(minor), later[way].get(minor)
            if one is not None and before is not None and after is not None and after.bytes >= before.bytes:
                self.verdicts[opd, way, verdict(one, before, after, seconds)] += 1

    def _call(self, method: str, path: str, body: Any) -> Any:
        url = f"{self.config.tracker.rstrip('/')}{path}"
        headers = {"Authorization": f"Bearer {self.config.secret()}"}
        try:
            answer = requests.request(method, url, json=body, headers=headers, timeout=ASK_SECONDS)
            if answer.status_code != 200:
                raise ShapingError(f"tracker: {path} answered {answer.status_code}: {answer.text[:200].strip()}")
            return answer.json()
        except (requests.RequestException, ValueError) as error:
            raise ShapingError(f"tracker: {path} did not answer: {type(error).__name__}") from error

    def samples(self) -> Iterable[tuple[metrics.Metric, metrics.Samples]]:
        """Every metric as it stands."""
        yield metrics.FAILURES, [((reason,), count) for reason, count in self.failures.items()]
        yield metrics.VERDICT, [(key, count) for key, count in self.verdicts.items()]
        if self.heard_at:
            yield metrics.TRACKER_AGE, [((), time.time() - self.heard_at)]
        if self.wanted is None or self.state is None:
            return
        wanted, minors = self.wanted, self.wanted.minors
        yield metrics.REVISION, [((), wanted.revision.number)]
        for metric, way in ((metrics.DESIRED_RECEIVE, "receive"), (metrics.DESIRED_TRANSMIT, "transmit")):
            rates = wanted.revision.rates.items()
            yield metric, [((opd,), rate.ceiling) for (opd, which), rate in rates if which == way]
        classes, counts = self.by_direction(self.state.classes), self.by_direction(self.state.counts)
        keys = [(opd, way, classes[way].get(minors[opd])) for opd, way in wanted.revision.rates]
        held = [((opd, way), one) for opd, way, one in keys if one is not None]
        yield metrics.APPLIED, [(key, one.ceil) for key, one in held]
        yield metrics.GUARANTEED, [(key, one.rate) for key, one in held]
        yield metrics.DRIFT, [((opd, way), _drift(wanted, opd, way, one)) for opd, way, one in keys]
        found = [((opd, way), counts[way][one.minor]) for opd, way, one in keys if one is not None]
        yield metrics.CLASS_BYTES, [(key, count.bytes) for key, count in found]
        yield metrics.CLASS_PACKETS, [(key, count.packets) for key, count in found]
        yield metrics.CLASS_DROPS, [(key, count.drops) for key, count in found]
        yield metrics.CLASS_BACKLOG, [(key, count.backlog) for key, count in found]
        nobody = [((way,), counts[way][UNMAPPED].bytes) for way in DIRECTIONS if UNMAPPED in counts[way]]
        yield metrics.UNMAPPED, nobody


def _drift(wanted: Wanted, opd: str, way: Direction, one: Class | None) -> int:
    rates = wanted.revision.rates[opd, way]
    return int(one is None or (one.rate, one.ceil) != (rates.guaranteed, rates.ceiling))


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.error("event=state_unreadable path=%s reason=%r", path, str(error))
        return None


def _save(path: Path, body: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
