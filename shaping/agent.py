"""The shaper's agent: pulls the ledger, asks its driver what differs, applies, reads back, proves. One loop.

The tracker silent: the last good ledger on disk stays in force and is applied at start. Each job of a turn is tried on
its own (``runtime.jobs``): what fails is counted and tried again; nothing ends the loop but a signal. Which device it
is only the driver knows.
"""

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import requests

from inventory.model import City
from runtime.jobs import Job, Jobs, job_samples
from runtime.metrics import Metric, Samples
from shaping import metrics
from shaping.config import Config
from shaping.drivers.base import Driver, Reading
from shaping.errors import ShapingError
from shaping.ledger import Revision, read_revision
from shaping.plan import Plan, summary
from shaping.proof import WINDOW_SECONDS, proof_body, verdict
from shaping.state import load, save

log = logging.getLogger(__name__)
PART = "shaper"
# How long the tracker may take to answer: one turn (``refresh_seconds``), so that a hanging one delays one only.
ASK_SECONDS = 5.0
# Letters of a wrong answer that the log shows: the tracker's sentence, or the title of a proxy's page.
_SHOWN_OF_ANSWER = 200


@dataclass
class Agent:
    """The agent of one uplink. ``round`` does one turn; ``run`` goes on until ``over`` is set."""

    config: Config
    city: City
    driver: Driver
    over: threading.Event = field(default_factory=threading.Event)
    revision: Revision | None = None
    reading: Reading | None = None
    failures: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    heard_at: float = 0.0
    jobs: Jobs = field(init=False)
    _body: Any = None
    _turn: tuple[Plan, float] | None = None
    _proven: str = ""
    _read_back_after: Any = None
    _carried_out: dict[str, Any] | None = None
    _handed_over: str = ""
    _window: tuple[float, Reading] | None = None

    def __post_init__(self) -> None:
        self.jobs = Jobs(PART, self._table())

    def run(self) -> None:
        """Turn after turn."""
        self._body = load(self.config.state / "ledger.json")
        while not self.over.is_set():
            for name in self.jobs.states:
                self.jobs.run(name)
            # Not sleep: a signal ends the wait at once, and systemd need not kill.
            self.over.wait(self.config.refresh_seconds)

    def round(self, body: Any) -> Plan:
        """Compare, apply, read back, prove; the plan that was carried out or handed to a person."""
        plan, applied_at = self._turn = self._converge(body)
        self._judge()
        self._prove(plan, applied_at)
        return plan

    def _table(self) -> tuple[Job, ...]:
        """The jobs of a turn, in their order. Verdicts and proof are about queues that were read in the same turn."""
        every = self.config.refresh_seconds
        return (
            Job("ledger", every, self._hear),
            Job("queues", every, self._shape),
            Job("verdicts", every, lambda: self._judge() if self._turn else None),
            Job("proof", every, lambda: self._prove(*self._turn) if self._turn else None),
        )

    def _shape(self) -> None:
        self._turn = None
        if self._body is None:
            return
        try:
            self._turn = self._converge(self._body)
        except Exception:
            self.failures["apply"] += 1
            raise

    def _converge(self, body: Any) -> tuple[Plan, float]:
        """Compare, apply, read back; the plan that was carried out or handed to a person, and when."""
        self.revision, self._read_back_after = self.compile(body), body.get("read_back_after")
        plan = self.plan(self.revision)
        applied_at = time.time()
        if not plan.empty and self.driver.apply(plan):
            self._carried_out = summary(plan)
            log.info("event=applied revision=%d operations=%d", self.revision.number, len(plan.operations))
            # Only what was really applied: at the next start without a tracker this is put in force again.
            save(self.config.state / "ledger.json", body)
        elif not plan.empty and self._handed_over != plan.hash:
            self._handed_over = plan.hash
            log.info("event=waits_for_a_person revision=%d operations=%d", self.revision.number, len(plan.operations))
        self.reading = self.driver.read(self.revision.queues)
        return plan, applied_at

    def compile(self, body: Any) -> Revision:
        """The ledger's answer, checked. Raises ShapingError for anything that must not be applied."""
        return read_revision(body, self.city, self.config.uplink)

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
            log.warning("event=tracker_silent reason=%r", str(error))
            return
        # Also for an answer that is refused later: the tracker speaks, and what is wrong with it is another alert.
        self.heard_at = time.time()
        self._body = body or self._body

    def _prove(self, plan: Plan, applied_at: float) -> None:
        """Post the proof once for each revision and reading; a repetition only where the tracker asks for one.

        What was carried out goes with the first proof the tracker takes, also where it was silent at first.
        """
        assert self.revision is not None and self.reading is not None
        shaping = self.city.uplink(self.config.uplink).shaping
        about: dict[str, Any] = {
            "agent": self._name(),
            "uplink": self.config.uplink,
            "driver": shaping.driver if shaping else None,
            "applied_at": applied_at,
            "read_at": time.time(),
            "plan": self._carried_out or summary(plan),
        }
        body = proof_body(self.revision, self.reading, about)
        # Without the times in it: the same state read again is no new proof.
        key = json.dumps([body["revision"], body["hash"], body["readback"], body["problems"], self._read_back_after])
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
        """A verdict for every queue that is counted, once a window is over."""
        assert self.reading is not None
        now = time.monotonic()
        if self._window is None or now - self._window[0] >= WINDOW_SECONDS:
            if self._window is not None:
                self._verdicts(now - self._window[0], self._window[1], self.reading)
            self._window = (now, self.reading)

    def _verdicts(self, seconds: float, earlier: Reading, later: Reading) -> None:
        for key, queue in later.queues.items():
            before, after = earlier.counts.get(key), later.counts.get(key)
            if before is not None and after is not None and after.bytes >= before.bytes:
                self.verdicts[*key, verdict(queue, before, after, seconds)] += 1

    def _call(self, method: str, path: str, body: Any) -> Any:
        url = f"{self.config.tracker.rstrip('/')}{path}"
        headers = {"Authorization": f"Bearer {self.config.secret()}"}
        try:
            answer = requests.request(method, url, json=body, headers=headers, timeout=ASK_SECONDS)
            if answer.status_code != 200:
                raise ShapingError(
                    f"tracker: {path} answered {answer.status_code}: {answer.text[:_SHOWN_OF_ANSWER].strip()}"
                )
            return answer.json()
        except (requests.RequestException, ValueError) as error:
            raise ShapingError(f"tracker: {path} did not answer: {type(error).__name__}") from error

    def samples(self) -> Iterable[tuple[Metric, Samples]]:
        """Every metric as it stands."""
        yield from job_samples([self.jobs])
        yield metrics.FAILURES, [((reason,), count) for reason, count in self.failures.items()]
        yield metrics.VERDICT, [(key, count) for key, count in self.verdicts.items()]
        if self.heard_at:
            yield metrics.TRACKER_AGE, [((), time.time() - self.heard_at)]
        if self.revision is not None and self.reading is not None:
            yield from metrics.samples_of(self.revision, self.reading)
