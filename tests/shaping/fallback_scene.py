"""Two lines and a watch: the reserve line's agent over a box, the ledger with a signed plan, a journal that speaks."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from devices import Box
from ledgers import ledger

from inventory.fallback import fallback_draft, fallback_part
from inventory.model import City, Fallback, FallbackLine
from inventory.reading import read_city
from shaping import fallback as duty
from shaping.agent import Agent
from shaping.config import Config
from shaping.convergence import ANNOUNCED_SECONDS
from shaping.errors import ShapingError

MBIT = 125_000
BEGIN, END = 10.0, 120.0
BASE = (5 * MBIT, 20 * MBIT)


def two_lines(rule: str = "50 %") -> City:
    """The example city with a reserve line of 100 Mbit/s that carries nobody until the first is lost."""
    city = read_city("inventory/example/city.yaml")
    main = city.uplinks[0].model_copy(update={"fallback": Fallback(lines=(FallbackLine(uplink="isp-dua"),), rule=rule)})
    more = {"name": "isp-dua", "interface": "wan2", "receive_capacity": 100 * MBIT, "transmit_capacity": 100 * MBIT}
    second = city.uplinks[0].model_copy(update=more)
    return city.model_copy(update={"uplinks": (main, second)})


def three_lines() -> City:
    """Two lines with half of the offices each, and a reserve of 100 Mbit/s that carries them when either is lost."""
    city = two_lines()
    main, reserve = city.uplinks
    other = main.model_copy(update={"name": "isp-tiga", "interface": "wan3"})
    homes = tuple(
        opd.model_copy(update={"uplink": "isp-utama" if place % 2 else "isp-tiga"})
        for place, opd in enumerate(city.opds)
    )
    return city.model_copy(update={"uplinks": (main, other, reserve), "opds": homes})


OFFICES = tuple(opd.code for opd in two_lines().opds)


def page_of(city: City, revision: int = 1, **other: tuple[int, int]) -> dict[str, Any]:
    """A ledger in which everybody has the same, but for the ones named."""
    return ledger(revision, **(dict.fromkeys(OFFICES, BASE) | other))


def signed(city: City, page: dict[str, Any], by: dict[str, Any] | None = None) -> dict[str, Any]:
    """The page with a plan that was signed by the allocations of ``by`` (its own where that is None)."""
    losses = [uplink.name for uplink in city.uplinks if uplink.fallback is not None]
    drafts = [fallback_draft(city, loss, (by or page)["allocations"]) for loss in losses]
    approvals = [{**draft.content, "hash": draft.hash, "approved_at": 0} for draft in drafts]
    return {**page, "fallbacks": fallback_part(approvals)}


@dataclass
class Scene:
    """``now`` moves both clocks; ``roots`` is the watch's journal, None while it is silent."""

    place: Path
    city: City
    device: Any = field(default_factory=Box)
    roots: frozenset[str] | None = frozenset()
    now: float = field(default_factory=time.time)
    proofs: list[Any] = field(default_factory=list)
    agent: Agent = field(init=False)

    def start(self, page: dict[str, Any] | None = None) -> None:
        """Another process over the same disk and the same device; what is on the disk is as young as it."""
        for file in self.place.glob("ledger*.json"):
            os.utime(file, (self.now, self.now))
        config = Config(
            inventory=self.place,
            uplink="isp-dua",
            tracker="http://127.0.0.1:9",
            token="env:TOKEN",
            state=self.place,
            watch="http://127.0.0.1:9",
        )
        self.agent = Agent(config, self.city, self.device, clock=lambda: self.now)
        self.agent.fallback.losses.steady = lambda: self.now
        body = self.agent.convergence.last_good()
        self.agent.fallback.resume()
        self.page = page or body

    def turn(self, seconds: float = 0.0) -> int:
        """Ask the watch and converge once, so many seconds later; the ceiling of ``dinkes`` here, 0 without a queue."""
        self.step(seconds)
        queue = self.device.queues.get(("dinkes", "receive"))
        return queue.ceiling_bytes_per_second if queue else 0

    def step(self, seconds: float = 0.0) -> None:
        """Ask the watch and converge once, so many seconds later, whatever the device is."""
        self.now += seconds
        self.agent._watch()
        self.agent.round(self.page)

    def ready(self, page: dict[str, Any]) -> None:
        """The page has stood for long enough."""
        self.start(page)
        self.step()
        self.step(ANNOUNCED_SECONDS)

    def lose(self) -> int:
        """The first line is cut, and has been for the seconds to wait."""
        self.roots = frozenset({"isp-utama"})
        self.turn()
        return self.turn(BEGIN)


def scene_of(place: Path, patch: pytest.MonkeyPatch, rule: str = "50 %") -> Scene:
    scene = Scene(place, two_lines(rule))

    def roots(_: str) -> frozenset[str]:
        if scene.roots is None:
            raise ShapingError("watch: silent")
        return scene.roots

    def call(_: Agent, method: str, path: str, body: Any) -> Any:
        scene.proofs.append(body)

    patch.setattr(duty, "lasting_roots", roots)
    patch.setattr(Agent, "_call", call)
    return scene
