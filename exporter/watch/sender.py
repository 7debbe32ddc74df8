"""Tells Alertmanager about outages: an outage in, ``POST /api/v2/alerts`` out, to every Alertmanager there is.

A change goes out at once; while an outage lasts it is said again every minute, because Alertmanager forgets. Nothing
here ever delays the probing: each Alertmanager has a task of its own, and what fails is tried again.

An end is told twenty seconds late, with its true time: Prometheus evaluates the same alert from a scrape that may be
older, and would make Alertmanager page it a second time if it were resolved before Prometheus has seen the end.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import aiohttp

from exporter.watch.outages import Outage, alert

log = logging.getLogger(__name__)
REPEAT_SECONDS = 60.0
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
RESOLVED_KEPT_SECONDS = 900.0
RESOLVE_AFTER_SECONDS = 20.0

Open = Callable[[], Iterable[Outage]]


class Sender:
    """One task per Alertmanager. ``start`` needs a running loop; ``tell`` returns at once."""

    def __init__(self, urls: Sequence[str], open_outages: Open, runbooks: str) -> None:
        self._open = open_outages
        self._runbooks = runbooks
        self._wakes = {url: asyncio.Event() for url in urls}
        self._ended: dict[str, Outage] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.failures = dict.fromkeys(urls, 0)

    def start(self) -> None:
        """Begin to send."""
        self._tasks = [asyncio.create_task(self._serve(url, wake)) for url, wake in self._wakes.items()]

    async def stop(self) -> None:
        """End the tasks."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    def tell(self, ended: Outage | None = None) -> None:
        """Something changed: send now. The last end of a root is sent; an earlier one would end the newer."""
        if ended is not None:
            self._ended[ended.root] = ended
        for wake in self._wakes.values():
            wake.set()

    async def _serve(self, url: str, wake: asyncio.Event) -> None:
        timeout = aiohttp.ClientTimeout(total=3)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                wake.clear()
                try:
                    await self._deliver(session, url, wake)
                    pause = self._pause()
                except Exception:
                    log.exception("event=sender_failed url=%s", url)
                    self.failures[url] += 1
                    pause = RETRY_SECONDS[-1]
                with suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), pause)

    def _pause(self) -> float:
        """Seconds until something is to be said: the repetition, or an end whose time has come."""
        due = [(over.ended_at or 0.0) + RESOLVE_AFTER_SECONDS - time.time() for over in self._ended.values()]
        return min([REPEAT_SECONDS, *(seconds + 0.1 for seconds in due if seconds > 0)])

    async def _deliver(self, session: aiohttp.ClientSession, url: str, wake: asyncio.Event) -> None:
        """Send what is open and what ended, again until it is taken or something newer is to be said."""
        attempt = 0
        while alerts := self._alerts():
            try:
                async with session.post(f"{url.rstrip('/')}/api/v2/alerts", json=alerts) as answer:
                    if answer.status < 300:
                        return
                    reason = f"status {answer.status}"
            except (aiohttp.ClientError, TimeoutError) as error:
                reason = str(error) or type(error).__name__
            self.failures[url] += 1
            if attempt == 0:
                log.warning("event=alertmanager_refused url=%s reason=%r", url, reason)
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
            wake.clear()
            attempt += 1

    def _alerts(self) -> list[dict[str, Any]]:
        now = time.time()
        old = [
            key for key, o in self._ended.items() if o.ended_at is not None and o.ended_at < now - RESOLVED_KEPT_SECONDS
        ]
        for key in old:
            del self._ended[key]
        lasting = list(self._open())
        again = {outage.root for outage in lasting}
        over = [
            outage
            for outage in self._ended.values()
            if outage.root not in again and now - (outage.ended_at or now) >= RESOLVE_AFTER_SECONDS
        ]
        return [alert(outage, now, self._runbooks) for outage in (*lasting, *over)]
