"""Which uplink is lost, as the watch's journal says: its answers in, the loss to act on out. Never flapping.

The journal is the honest signal: the watch writes an outage into it before it tells anybody, it is asked directly and
needs neither the tracker nor Alertmanager. A silent watch proves nothing: what is in force stays so.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from inventory.model import City
from inventory.topology import branches
from runtime.bounded_http import Bounds, ask
from shaping.errors import ShapingError

log = logging.getLogger(__name__)
# A turn waits for the answer, and the watch runs on the same machine or in the same room: it has a second.
_BOUNDS = Bounds(1.0, 1.0, 4 * 2**20)
"""Twenty thousand outages, all that a journal holds, are some 5 MB; of the last minutes there are a handful."""
# Of the journal only what lasts is of interest; a second is the least that it can be asked for.
_RECENT_SECONDS = 1.0


def lasting_roots(url: str) -> frozenset[str]:
    """The roots of the outages that last now. Raises ShapingError where the watch does not say it."""
    address = f"{url.rstrip('/')}/outages?since={time.time() - _RECENT_SECONDS:.0f}"
    try:
        answer = ask("GET", address, _BOUNDS)
        if answer.status != requests.codes.ok:
            raise ShapingError(f"watch: /outages answered {answer.status}: {answer.text}")
        return _roots(answer.json())
    except (requests.RequestException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ShapingError(
            f"watch: /outages cannot be read: {type(error).__name__}; see watch: of shaping.yaml"
        ) from error


def _roots(body: Any) -> frozenset[str]:
    return frozenset(str(row["root"]) for row in body["outages"] if row["ended_at"] is None)


def roots_of_loss(city: City, uplink: str) -> frozenset[str]:
    """The roots that mean that this uplink is lost: itself, and every line and device that leads to it."""
    by_name = {branch.name: branch for branch in branches(city)}
    roots, name = {city.city.watch_from}, str(uplink)
    while name in by_name:
        roots |= {name, by_name[name].far, by_name[name].device}
        name = by_name[name].parent or ""
    return frozenset(roots - {""})


@dataclass
class UplinkLosses:
    """The loss that is acted on. ``waits``: for each uplink the seconds before its loss counts, and before its return.

    ``steady`` is a clock that only goes on. One loss is acted on at a time: its plan was signed for a city that has
    lost nothing else.
    """

    waits: Mapping[str, tuple[float, float]]
    steady: Callable[[], float] = time.monotonic
    loss: str = ""
    _since: dict[str, float] = field(default_factory=dict)
    _back_at: float | None = None

    def adopt(self, waits: Mapping[str, tuple[float, float]]) -> None:
        """Those of another city; a loss that it has no plan for is not acted on any more."""
        self.waits = waits
        if self.loss not in waits:
            self.loss, self._back_at = "", None

    def hear(self, lost: frozenset[str] | None) -> bool:
        """The uplinks that are lost now, None where nobody knows; True where the loss that is acted on changed."""
        before, now = self.loss, self.steady()
        if lost is None:
            # What is not known to have lasted has not lasted.
            self._since, self._back_at = {}, None
            return False
        self._since = {name: self._since.get(name, now) for name in self.waits if name in lost}
        if self.loss:
            self._back_at = None if self.loss in lost else (now if self._back_at is None else self._back_at)
            if self._back_at is not None and now - self._back_at >= self.waits[self.loss][1]:
                self.loss, self._back_at = "", None
        if not self.loss:
            due = [name for name, since in self._since.items() if now - since >= self.waits[name][0]]
            self.loss = due[0] if due else ""
        return self.loss != before
