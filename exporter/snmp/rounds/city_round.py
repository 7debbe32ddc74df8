"""All devices of the city in one scrape: a number of seconds in, one page of every device out, by metric.

Usual devices are read by the compiled code (``lane``), all others by their own scrapes, as ``/snmp?target=`` does; so
is a device whose answer was not usual, in the same round. Nobody waits for a device that failed last time: it is asked
beside the rounds, and its last failure is shown until it comes back.
"""

import asyncio
import ctypes
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np

from exporter.metrics import page
from exporter.snmp.engines.failure import Reason, SnmpFailure
from exporter.snmp.metrics import ROUND_DEVICES
from exporter.snmp.native.library import RoundState
from exporter.snmp.rounds.device_round import DeviceRound, device_round
from exporter.snmp.rounds.forms import PageForm, form_of, joined
from exporter.snmp.rounds.lane import CityLane
from exporter.snmp.rounds.steady_boots import SteadyBoots
from exporter.snmp.scrape.scrapes import Scrapes, UnknownTargetError, failure_page

LOG = logging.getLogger("exporter.snmp")
# Of a round's time, what the compiled exchange may take, so that a lost answer is asked for again by Python.
_SHARE = 0.4
# And at most: an agent that needs longer is none that is read each second.
EXCHANGE_SECONDS = 2.0
# A poll by Python goes on beyond its round: a city that begins is learnt in more than a second.
POLL_SECONDS = 60.0
# Rounds in a row that a device spoils at once: then it is asked as few objects as by Python, then ever more seldom.
_NARROW_AFTER, _SELDOM_AFTER = 2, 6


class CityRounds:
    """The rounds of one city; without ``functions`` every device is read by Python.

    ``compiled`` and ``by_python`` count the devices of the last round; ``clock`` gives Unix seconds.
    """

    def __init__(self, scrapes: Scrapes, functions: ctypes.CDLL | None, clock: Callable[[], float] = time.time) -> None:
        self._scrapes, self._functions, self._clock = scrapes, functions, clock
        self._flight: asyncio.Task[memoryview] | None = None
        self._polls: dict[str, asyncio.Task[str]] = {}
        self.compiled = self.by_python = 0
        self._begin()

    async def page(self, seconds: float) -> memoryview:
        """Read every device once, or share the round under way."""
        if self._flight is None or self._flight.done():
            # Needs no supervisor: whoever waits for it gets what it raises.
            self._flight = asyncio.create_task(self._round(seconds))
        return await asyncio.shield(self._flight)

    def own_page(self) -> bytes:
        """Which way read the devices of the last round; nothing while nobody asks for rounds."""
        counts = [(("compiled",), self.compiled), (("python",), self.by_python)] if self._flight else []
        return page([(ROUND_DEVICES, counts)])

    def close(self) -> None:
        """End what is under way."""
        for task in (*self._polls.values(), *([self._flight] if self._flight else [])):
            task.cancel()
        if self._lane is not None:
            self._lane.close()

    def _begin(self) -> None:
        self._city, self._names = self._scrapes.city, self._scrapes.names()
        self._rounds: dict[int, DeviceRound] = {}
        self._spoilt: Counter[str] = Counter()
        self._boots = SteadyBoots(len(self._names))
        self._lane = CityLane(self._functions, len(self._names)) if self._functions is not None else None

    async def _round(self, seconds: float) -> memoryview:
        loop = asyncio.get_running_loop()
        over = loop.time() + seconds
        if self._scrapes.city is not self._city:
            if self._lane is not None:
                self._lane.close()
            self._begin()
        compiled = await self._exchanged(self._lane, seconds * _SHARE) if self._lane and self._rounds else frozenset()
        others = [place for place in range(len(self._names)) if place not in compiled]
        forms = await self._polled(others, over - loop.time())
        self.compiled, self.by_python = len(compiled), len(others)
        self._scrapes.count_polls(len(compiled))
        if self._lane is None:
            return memoryview(joined(forms))
        for place, form in zip(others, forms, strict=True):
            # Of a device that is read by the lane from now on, its row has the form with places already.
            if form is not None:
                self._lane.show(place, form)
        text = self._lane.page()
        for place in others:
            if place in self._rounds:
                self._lane.take(place, self._rounds[place])
        return text

    async def _exchanged(self, lane: CityLane, seconds: float) -> frozenset[int]:
        """Read what is usual by the compiled code; the places of what was read. The others are handed over."""
        now, at = asyncio.get_running_loop().time(), self._clock()
        requests = np.zeros(len(self._names), np.int64)
        for place, device in self._rounds.items():
            if device.usual(now):
                requests[place] = device.request_count
        lane.columns["seconds"] = at - self._boots.at
        await lane.exchange(requests, min(seconds, EXCHANGE_SECONDS))
        at, columns = self._clock(), lane.columns
        read = (requests > 0) & (columns["state"] == RoundState.READ)
        read &= self._boots.steady(columns["youngest"], columns["oldest"], at)
        for place in [place for place in self._rounds if not read[place]]:
            device = self._rounds.pop(place)
            device.hand_over(float(self._boots.at[place]), int(self._boots.ticks[place]))
            if requests[place] and not self._boots.rounds[place]:
                self._spoilt[self._names[place]] += 1
        self._boots.keep(read, columns["youngest"], at)
        return frozenset(np.flatnonzero(read).tolist())

    async def _polled(self, places: Sequence[int], seconds: float) -> list[PageForm]:
        """The pages of devices by their own scrapes."""
        wanted: list[asyncio.Task[str]] = []
        for name in (self._names[place] for place in places):
            task = self._polls.get(name)
            if task is None or task.done():
                # Not supervised: what it raises is told by the round that reads it (``_text``).
                task = self._polls[name] = asyncio.create_task(self._poll(name))
            if not self._failed(name):
                wanted.append(task)
        # A turn of the loop at least: a device that is not waited for has its poll begun.
        await (asyncio.wait(wanted, timeout=max(0.0, seconds)) if wanted else asyncio.sleep(0))
        return [form_of(self._text(place)) for place in places]

    async def _poll(self, name: str) -> str:
        with suppress(SnmpFailure):
            self._scrapes.device(name).poller.keeps_answer = self._lane is not None
        return await self._scrapes.scrape(name, POLL_SECONDS)

    def _text(self, place: int) -> str:
        """The page of a device that was polled; where it is usual, the next round reads it by the compiled code."""
        name = self._names[place]
        task = self._polls[name]
        if not task.done():
            return failure_page(name, self._last_reason(name) or Reason.DEADLINE)
        try:
            text = self._polls.pop(name).result()
        except Exception:
            # One device must not cost the page of all others.
            LOG.exception("event=page_failed device=%s", name)
            return failure_page(name, Reason.BAD_ANSWER)
        spoilt = self._spoilt[name]
        if self._lane is not None and not self._failed(name):
            # Ever more seldom: at powers of two.
            if spoilt < _SELDOM_AFTER or not spoilt & (spoilt - 1):
                self._plan(place, spoilt >= _NARROW_AFTER)
            else:
                self._spoilt[name] += 1
        return text

    def _plan(self, place: int, narrow: bool) -> None:
        device = device_round(self._scrapes.device(self._names[place]), narrow)
        if device is not None:
            self._rounds[place] = device
            self._boots.begin(place, device.boot, device.timeout_seconds)

    def _failed(self, name: str) -> bool:
        return self._last_reason(name) is not None

    def _last_reason(self, name: str) -> Reason | None:
        try:
            return self._scrapes.device(name).last_reason
        except SnmpFailure as failure:
            return failure.reason
        except UnknownTargetError:
            # Taken out of the city while the round was under way.
            return None
