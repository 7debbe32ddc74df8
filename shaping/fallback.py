"""The fallback plan of this line while another uplink is lost: signed plans and losses in, the rates to apply out.

What may come into force is exactly what the signed rule makes of a ledger that has stood for ten minutes, the time a
page needs to be noticed where it is wrong; a plan of other terms than this agent's city file is no plan. Whatever
becomes of tracker and agent meanwhile, the rates in force are on the disk before the first of them is applied.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from inventory.fallback import (
    FallbackPlan,
    approvals_in,
    compile_fallback,
    fallback_basis,
    fallback_terms,
    losses_of,
    rates_in,
)
from inventory.ledger_page import PageError
from inventory.model import City
from runtime.metrics import Metric, Samples
from shaping import metrics
from shaping.errors import ShapingError
from shaping.ledger import Revision, admission
from shaping.losses import UplinkLosses, lasting_roots, roots_of_loss
from shaping.state import load_either, save_twice

log = logging.getLogger(__name__)
FILE = "fallback.json"
# A watch that has said nothing for so long will not say when an uplink is lost: five times the longest restart of it
# that a supervisor allows (a minute).
_WATCH_SECONDS = 300.0


@dataclass(frozen=True)
class FallbackReadiness:
    """Whether a plan could come into force now: ``reason`` is '' where it could; ``stale``: the ledger has moved."""

    reason: str
    stale: bool = False


@dataclass
class FallbackDuty:
    """What one line does for others. ``watch`` is the watch's address; without it nothing is ever lost."""

    city: City
    uplink: str
    state: Path
    watch: str | None
    compile: Callable[[Any], Revision]
    clock: Callable[[], float] = time.time
    losses: UplinkLosses = field(init=False)
    heard_at: float = 0.0
    since: float = 0.0
    _rows: list[Any] = field(default_factory=list)
    _on_disk: tuple[str, list[Any]] = ("", [])
    _page: Any = None
    _ledger_hash: str = ""
    _readiness: dict[str, FallbackReadiness] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.losses = UplinkLosses(self._waits())

    def adopt(self, city: City) -> None:
        """Another city from now on."""
        self.city = city
        self.losses.adopt(self._waits())

    def _waits(self) -> dict[str, tuple[float, float]]:
        """For each loss that this line has a plan for: the seconds before it counts, and before its return."""
        terms = {loss: fallback_terms(self.city, loss) for loss in losses_of(self.city, self.uplink)}
        return {loss: (each["begin_after_seconds"], each["end_after_seconds"]) for loss, each in terms.items()}

    def resume(self) -> None:
        """Go on where the last process ended: in the middle of a loss its rates stay."""
        state = load_either(self.state / FILE, _is_state)
        if state is not None and state["loss"] in self.losses.waits:
            self.losses.loss, self.since, self._rows = state["loss"], state["since"], state["rows"]
            self._on_disk = (state["loss"], state["rows"])

    def hear(self) -> bool:
        """Ask the watch; True where the loss that is acted on changed. Raises ShapingError where it is silent."""
        if not self.losses.waits or self.watch is None:
            return False
        try:
            roots = lasting_roots(self.watch)
        except ShapingError:
            self.losses.hear(None)
            raise
        self.heard_at = self.clock()
        lost = frozenset(loss for loss in self.losses.waits if roots & roots_of_loss(self.city, loss))
        # A root that both lines hang from has taken this one as well: here nothing could pass.
        lost = lost if not roots & roots_of_loss(self.city, self.uplink) else frozenset({self.losses.loss} & lost)
        changed = self.losses.hear(lost)
        if changed:
            self.since, self._rows = self.clock(), []
            log.warning("event=uplink_loss loss=%r uplink=%s", self.losses.loss, self.uplink)
        return changed

    def instead(self, ordinary: Revision, page: Any, in_time: Any) -> Revision | None:
        """The rates to apply in place of the ordinary ones; None where those are.

        ``page`` is the newest page, ``in_time`` the newest that has stood long enough, None where none has.
        """
        self._page, self._ledger_hash = page, ordinary.hash
        self._readiness = {loss: self._ready(loss, page, in_time) for loss in self.losses.waits}
        loss = self.losses.loss
        if not loss or not self._approval(page, loss):
            self._keep("", [])
            return None
        if not self._readiness[loss].reason:
            plan = compile_fallback(self.city, loss, self.uplink, self.compile(in_time).everybody)
            self._keep(loss, plan.rows)
        if not self._rows:
            log.error("event=fallback_not_ready loss=%s reason=%s", loss, self._readiness[loss].reason)
            return None
        rates = rates_in(self._rows)
        if problems := admission(rates, self.city, self.uplink):
            raise ShapingError("\n".join(f"fallback for {loss}: {problem}" for problem in problems))
        return replace(ordinary, hash=FallbackPlan(loss, self.uplink, rates).hash, rates=rates, fallback=loss)

    def in_proof(self, body: dict[str, Any]) -> dict[str, Any]:
        """The proof with what it must tell of the fallback: the ledger's revision is not in force meanwhile."""
        loss = self.losses.loss
        approval = self._approval(self._page, loss) if loss and self._rows else None
        if approval is None:
            return body
        plan = {"rule": approval["terms"]["rule"], "hash": approval["hash"], "stale": self._readiness[loss].stale}
        # So that no case takes these rates for its own.
        problems = [f"the fallback for the loss of {loss} is in force", *body["problems"]]
        more = {"fallback": {"loss": loss, "since": self.since, **plan}}
        return {**body, **more, "hash": self._ledger_hash, "ok": False, "problems": problems}

    def samples(self) -> Iterable[tuple[Metric, Samples]]:
        """In force, ready, stale for each loss; how old the watch's last answer is."""
        names = tuple(self.losses.waits)
        yield metrics.FALLBACK, [((loss,), int(loss == self.losses.loss and bool(self._rows))) for loss in names]
        hears = self.clock() - self.heard_at <= _WATCH_SECONDS
        ready = [((loss,), int(hears and not standing.reason)) for loss, standing in self._readiness.items()]
        yield metrics.FALLBACK_READY, ready
        yield metrics.FALLBACK_STALE, [((loss,), int(standing.stale)) for loss, standing in self._readiness.items()]
        yield metrics.WATCH_AGE, [((), self.clock() - self.heard_at)] if self.heard_at else []

    def _approval(self, page: Any, loss: str) -> Any:
        """The signed plan of the page for that loss by the very terms of this city file; None where there is none."""
        try:
            approval = approvals_in(page).get(loss)
        except (PageError, KeyError, TypeError, AttributeError) as error:
            log.error("event=fallback_refused reason=%r", str(error))
            return None
        return approval if approval and approval["terms"] == fallback_terms(self.city, loss) else None

    def _ready(self, loss: str, page: Any, in_time: Any) -> FallbackReadiness:
        approval = self._approval(page, loss)
        if approval is None:
            return FallbackReadiness("not_signed")
        stale = fallback_basis(self.city, loss, page["allocations"]) != approval["basis"]
        if self.watch is None:
            return FallbackReadiness("no_watch", stale)
        if self.losses.loss not in ("", loss):
            # Its plan was signed for a city that has lost nothing else.
            return FallbackReadiness("another_loss", stale)
        early = self._approval(in_time, loss) if in_time is not None else None
        if early is None or early["hash"] != approval["hash"]:
            return FallbackReadiness("too_new", stale)
        plan = compile_fallback(self.city, loss, self.uplink, self.compile(in_time).everybody)
        return FallbackReadiness("does_not_fit" if plan.problems else "", stale)

    def _keep(self, loss: str, rows: list[Any]) -> None:
        """On the disk before anything is applied; a full disk is told, and the plan comes into force all the same."""
        self._rows = rows
        if (loss, rows) == self._on_disk:
            return
        try:
            save_twice(self.state / FILE, {"loss": loss, "since": self.since, "rows": rows})
            self._on_disk = (loss, rows)
        except OSError as error:
            log.error("event=fallback_not_kept reason=%r", str(error))


def _is_state(body: Any) -> bool:
    return isinstance(body, dict) and isinstance(body.get("loss"), str) and isinstance(body.get("rows"), list)
