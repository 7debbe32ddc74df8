"""The shaper's agent: pulls the ledger, has its device converge, proves, gives verdicts. One loop.

The tracker silent: the last good ledger on disk stays in force and is applied at start. Each job of a turn is tried on
its own (``runtime.jobs``): what fails is counted and tried again; nothing ends the loop but a signal. Which device it
is only the driver knows.
"""

import json
import logging
import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from inventory.model import City
from runtime.disk import DISK_USE, disk_samples
from runtime.jobs import Job, Jobs, job_samples
from runtime.metrics import Metric, Samples
from runtime.reload import Reload
from shaping import metrics
from shaping.config import Config
from shaping.convergence import Convergence, Turn
from shaping.delivery import Deliveries
from shaping.drivers.base import Driver, LiveDriver, Reading
from shaping.errors import ShapingError
from shaping.evidence.duty import EvidenceDuty
from shaping.fallback import FallbackDuty
from shaping.ledger import Revision, check_same_place, read_revision
from shaping.plan import Plan, summary
from shaping.proof import agent_name, proof_body
from shaping.sampling import SAMPLE_SECONDS, SAMPLING_REST
from shaping.tracker_line import TrackerQuestion, ask_tracker

log = logging.getLogger(__name__)
PART = "shaper"
# A tracker or a watch that was silent is asked again after as long: a turn waits for the answer.
_SILENT_SECONDS = 5.0
# A whole reading of the device without any news: the kernel's are told at once (``LiveDriver.wait``), and one may be
# lost. Other devices tell nothing, so they are read at each refresh.
SWEEP_SECONDS = 15.0
# Two turns for news of the device are at least so far apart: another program's nftables sets may change all the time.
_CALM_SECONDS = 0.5


@dataclass
class Agent:
    """The agent of one uplink. ``round`` does one turn; ``run`` goes on until ``over`` is set."""

    config: Config
    city: City
    driver: Driver
    over: threading.Event = field(default_factory=threading.Event)
    revision: Revision | None = None
    reading: Reading | None = None
    deliveries: Deliveries = field(default_factory=Deliveries)
    heard_at: float = 0.0
    clock: Callable[[], float] = time.time
    tell_driver: Callable[[City], None] = lambda city: None
    reload: Reload[City] | None = None
    jobs: Jobs = field(init=False)
    convergence: Convergence = field(init=False)
    fallback: FallbackDuty = field(init=False)
    evidence: EvidenceDuty = field(init=False)
    _body: Any = None
    _etag: str = ""
    _turn: Turn | None = None
    _proven: str = ""
    _read_back_after: Any = None
    _carried_out: Any = None
    _drift: Any = None
    _sampling_seconds: float = 0.0
    _turned_at: float = 0.0
    _due: dict[str, float] = field(default_factory=dict)
    _next_city: City | None = None

    def __post_init__(self) -> None:
        config = self.config
        self.convergence = Convergence(
            self.driver,
            config.state,
            self.compile,
            probe=config.probe,
            on_drift=config.drift,
            first=config.first_apply,
            # Asked at each call: whoever sets this clock later sets both.
            clock=lambda: self.clock(),
        )
        self.fallback = FallbackDuty(
            self.city, config.uplink, config.state, config.watch, self.compile, clock=lambda: self.clock()
        )
        self.evidence = EvidenceDuty(self.city, config.uplink, config.state, clock=lambda: self.clock())
        self.jobs = Jobs(PART, self._table())

    @property
    def failures(self) -> Counter[str]:
        """Rounds that failed, by reason."""
        return self.convergence.failures

    @property
    def verdicts(self) -> Counter[tuple[str, str, str]]:
        """Quarter minutes by OPD, direction and verdict."""
        return self.deliveries.verdicts

    def run(self) -> None:
        """Turn after turn."""
        self._body = self.convergence.last_good()
        self.fallback.resume()
        while not self.over.is_set():
            self._take_city()
            for name in self.jobs.states:
                if self._is_due(name):
                    self.jobs.run(name)
            self._rest()
        self.evidence.close()

    def adopt(self, city: City) -> None:
        """Another city from the next turn on. Raises ShapingError where its uplink is shaped elsewhere."""
        check_same_place(self.city, city, self.config.uplink)
        self._next_city = city

    def _take_city(self) -> None:
        """Between two turns, so that plan, reading and proof of one turn speak of one city."""
        city, self._next_city = self._next_city, None
        if city is not None:
            self.city, self._due["queues"] = city, 0.0
            self.fallback.adopt(city)
            self.tell_driver(city)

    def round(self, body: Any) -> Plan:
        """Compare, apply, read back, prove; the plan that was carried out or handed to a person."""
        turn = self._turn = self._converge(body)
        self._judge()
        self._prove(turn.plan, turn.at)
        return turn.plan

    def _table(self) -> tuple[Job, ...]:
        """The jobs of a turn, in their order. Verdicts and proof are about queues that were read in the same turn."""
        every = self.config.refresh_seconds
        return (
            Job("ledger", every, self._hear),
            Job("watch", every, self._watch),
            Job("queues", every, self._shape),
            Job("verdicts", every, lambda: self._judge() if self._turn else None),
            Job("evidence", every, self.evidence.write),
            Job("proof", every, lambda: self._prove(self._turn.plan, self._turn.at) if self._turn else None),
        )

    def _is_due(self, name: str) -> bool:
        """The ledger at each refresh, the queues at news and sweeps; verdicts always, proofs after a turn."""
        now = time.monotonic()
        if name == "queues" and self.revision and (self.revision.until or math.inf) <= self.clock():
            # An approved rate begins or ends: at its moment, whatever the tracker says.
            self._due[name] = 0.0
        if now < self._due.get(name, 0.0):
            return False
        live = isinstance(self.driver, LiveDriver)
        # A proof that the tracker did not take is offered again with the next refresh.
        refresh = 0.0 if name == "verdicts" else self.config.refresh_seconds
        self._due[name] = now + (SWEEP_SECONDS if name == "queues" and live else refresh)
        if name == "queues":
            self._due["proof"], self._turned_at = 0.0, now
        return True

    def _rest(self) -> None:
        """Until the next sample, news of the device, or a signal."""
        if not isinstance(self.driver, LiveDriver):
            # Not sleep: a signal ends the wait at once, and systemd need not kill.
            self.over.wait(self.config.refresh_seconds)
            return
        # At random moments, so that no rhythm of the traffic meets that of the samples.
        pause = max(SAMPLE_SECONDS, self._sampling_seconds * SAMPLING_REST) * random.uniform(0.5, 1.5)
        if self.driver.wait(pause):
            calm = max(time.monotonic(), self._turned_at + _CALM_SECONDS)
            self._due["queues"] = min(self._due.get("queues", 0.0), calm)

    def _shape(self) -> None:
        self._turn = None
        if self._body is None:
            return
        try:
            self._turn = self._converge(self._body)
        except Exception:
            self.failures["apply"] += 1
            raise

    def _converge(self, body: Any) -> Turn:
        """Compare, apply, read back, confirm; what was carried out or handed to a person, and when."""
        ordinary, self._read_back_after = self.compile(body), body.get("read_back_after")
        instead = self.fallback.instead(ordinary, body, self.convergence.newest_in_time())
        self.revision = instead or ordinary
        turn = self.convergence.turn(ordinary, body, instead)
        self.reading = turn.reading
        self._carried_out = turn.carried_out or self._carried_out
        self._drift = turn.drift or self._drift
        return turn

    def compile(self, body: Any) -> Revision:
        """The ledger's answer as of now, checked. Raises ShapingError for anything that must not be applied."""
        return read_revision(body, self.city, self.config.uplink, self.clock())

    def plan(self, revision: Revision) -> Plan:
        """What must change now; reads the device."""
        return self.driver.plan(revision.queues)

    def fetch(self) -> Any:
        """The ledger from the tracker. Raises ShapingError."""
        return self._call("GET", "/api/allocations", None)

    def _hear(self) -> None:
        """Ask for the ledger. A silent tracker is no failure of this job: it has its own counter, age and alerts."""
        try:
            body = self.fetch()
        except ShapingError as error:
            self.failures["tracker"] += 1
            self._due["ledger"] = time.monotonic() + _SILENT_SECONDS
            log.warning("event=tracker_silent reason=%r", str(error))
            return
        # Also for an answer that is refused later: the tracker speaks, and what is wrong with it is another alert.
        self.heard_at = time.time()
        if body and body != self._body:
            self._body = body
            self._due["queues"] = 0.0

    def _watch(self) -> None:
        """Ask which uplinks are lost. A silent watch is no failure of this job: it has its own counter and age."""
        try:
            if self.fallback.hear():
                self._due["queues"] = 0.0
        except ShapingError as error:
            self.failures["watch"] += 1
            self._due["watch"] = time.monotonic() + _SILENT_SECONDS
            log.warning("event=watch_silent reason=%r", str(error))

    def _prove(self, plan: Plan, applied_at: float) -> None:
        """Post the proof once for each revision and reading; a repetition only where the tracker asks for one.

        What was carried out goes with the first proof the tracker takes, also where it was silent at first.
        """
        assert self.revision is not None and self.reading is not None
        shaping = self.city.uplink(self.config.uplink).shaping
        about: dict[str, Any] = {
            "agent": agent_name(self.city, self.config.uplink),
            "uplink": self.config.uplink,
            "driver": shaping.driver if shaping else None,
            "applied_at": applied_at,
            "read_at": time.time(),
            "plan": self._carried_out or summary(plan),
            **({"drift": self._drift.body} if self._drift else {}),
        }
        body = self.fallback.in_proof(proof_body(self.revision, self.reading, about | self.evidence.proof_part))
        # Without the times in it: the same state read again is no new proof.
        said = [body[part] for part in ("revision", "hash", "readback", "problems")]
        state = [*said, self._read_back_after, self.evidence.day]
        # Somebody's hand is news also where it was mended within the turn.
        key = json.dumps([*state, body.get("drift")])
        if key == self._proven:
            return
        try:
            self._call("POST", "/api/proofs", body)
            self._proven, self._carried_out, self._drift = json.dumps([*state, None]), None, None
        except ShapingError as error:
            self.failures["proof"] += 1
            log.warning("event=proof_not_taken reason=%r", str(error))

    def _judge(self) -> None:
        """Another sample of what the queues counted; a verdict for each once a window is over."""
        assert self.revision is not None and self.reading is not None
        began, at, counts, live = time.thread_time(), time.monotonic(), self.reading.counts, False
        if isinstance(self.driver, LiveDriver):
            counts, live = self.driver.sample(self.revision.queues), True
        windows = self.deliveries.sample(at, self.reading.queues, counts, dense=live)
        self.evidence.count(windows, self.revision)
        self._sampling_seconds = time.thread_time() - began

    def _call(self, method: str, path: str, body: Any) -> Any:
        answer, self._etag = ask_tracker(self.config, TrackerQuestion(method, path, body, self._etag))
        return answer

    def samples(self) -> Iterable[tuple[Metric, Samples]]:
        """Every metric as it stands."""
        yield from job_samples([self.jobs])
        yield from self.reload.samples() if self.reload else ()
        yield disk_samples({"shaping": self.config.state})
        yield DISK_USE.samples({"shaping": self.config.state})
        yield metrics.FAILURES, [((reason,), count) for reason, count in self.failures.items()]
        yield metrics.VERDICT, [(key, count) for key, count in self.verdicts.items()]
        yield metrics.DRIFT_NOTICED, [(key, count) for key, count in self.convergence.drifts.items()]
        yield from self.fallback.samples()
        yield metrics.WAITING, [((), int(bool(self.convergence.waiting)))]
        if self.heard_at:
            yield metrics.TRACKER_AGE, [((), time.time() - self.heard_at)]
        if self.revision is not None and self.reading is not None:
            yield from metrics.samples_of(self.revision, self.reading)
