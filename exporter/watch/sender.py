"""Tells Alertmanager about outages: an outage in, ``POST /api/v2/alerts`` out, to every Alertmanager there is.

A change goes out at once; while an outage lasts it is said again every minute, because Alertmanager forgets. Nothing
here ever delays the probing: each Alertmanager has a job of its own, and what fails is tried again.

An end is told twenty seconds after the journal has it, with its true time: Prometheus evaluates the same alert from a
scrape that may be older, and would make Alertmanager page it a second time if it were resolved before Prometheus has
seen the end.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import aiohttp

from exporter.watch.outages import Outage, alert
from runtime.jobs import Job, Next

log = logging.getLogger(__name__)
# Prometheus too sends a lasting alert again every minute (--rules.alert.resend-delay), five times before it would end.
REPEAT_SECONDS = 60.0
# Quick at first, for an Alertmanager that is just being started; never slower than a person notices.
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
# As long as Prometheus goes on sending a resolved alert (resolvedRetention in its rules/alerting.go).
RESOLVED_KEPT_SECONDS = 900.0
# See above; measured: resolved at once, one of three cuts paged twice (docs/why/decisions.md).
RESOLVE_AFTER_SECONDS = 20.0

Open = Callable[[], Iterable[Outage]]


class Sender:
    """One job per Alertmanager. ``start`` needs a running loop; ``tell`` returns at once, by way of ``wake``."""

    def __init__(self, urls: Sequence[str], open_outages: Open, runbooks: str | None) -> None:
        self._open = open_outages
        self._runbooks = runbooks
        self._wakes = {url: asyncio.Event() for url in urls}
        numbered = (f"sender-{number}" if number > 1 else "sender" for number in range(1, len(self._wakes) + 1))
        self._names = dict(zip(self._wakes, numbered, strict=True))
        self._ended: dict[str, tuple[Outage, float]] = {}
        self._session: aiohttp.ClientSession | None = None
        self.wake: Callable[[str], None] = lambda _: None
        # What people call roots and OPDs; of the city that was read last.
        self.names: Mapping[str, str] = {}
        self.failures = dict.fromkeys(urls, 0)

    def start(self) -> None:
        """Open the connection pool."""
        # Seconds: a neighbour answers within milliseconds, and the first retries are due before a slower one would
        # have.
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3))

    async def stop(self) -> None:
        """Close it; after the jobs."""
        if self._session is not None:
            await self._session.close()

    def jobs(self) -> tuple[Job, ...]:
        """A job for each Alertmanager: ``sender``, ``sender-2``. No address stands in a label."""
        return tuple(
            Job(name, REPEAT_SECONDS, partial(self._turn, url), RETRY_SECONDS[-1]) for url, name in self._names.items()
        )

    def tell(self, ended: Outage | None = None) -> None:
        """Something changed: send now. The last end of a root is sent; an earlier one would end the newer."""
        if ended is not None:
            self._ended[ended.root] = (ended, time.time())
        for url, wake in self._wakes.items():
            wake.set()
            self.wake(self._names[url])

    async def _turn(self, url: str) -> Next:
        """Say what there is to say, until it is taken; when there will be something again."""
        wake = self._wakes[url]
        # Before anything is read: a change that comes while we send sets it again and is sent in the next turn.
        wake.clear()
        assert self._session is not None
        try:
            await self._deliver(self._session, url, wake)
        except Exception:
            self.failures[url] += 1
            raise
        return Next(self._pause())

    def _pause(self) -> float:
        """Seconds until something is to be said: the repetition, or an end whose time has come."""
        due = [closed_at + RESOLVE_AFTER_SECONDS - time.time() for _, closed_at in self._ended.values()]
        # A tenth later, so that the end is surely due when the job looks.
        return min([REPEAT_SECONDS, *(seconds + 0.1 for seconds in due if seconds > 0)])

    async def _deliver(self, session: aiohttp.ClientSession, url: str, wake: asyncio.Event) -> None:
        """Send what is open and what ended, again until it is taken or something newer is to be said."""
        attempt = 0
        while alerts := self._alerts():
            try:
                async with session.post(f"{url.rstrip('/')}/api/v2/alerts", json=alerts) as answer:
                    # Alertmanager answers 200 and nothing else that is good; a redirect is a proxy in the way and
                    # counts as refused.
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
        old_roots = [key for key, (_, at) in self._ended.items() if at < now - RESOLVED_KEPT_SECONDS]
        for key in old_roots:
            del self._ended[key]
        lasting = list(self._open())
        open_roots = {outage.root for outage in lasting}
        due = [
            outage
            for outage, at in self._ended.values()
            if outage.root not in open_roots and now - at >= RESOLVE_AFTER_SECONDS
        ]
        return [alert(outage, now, self._runbooks, self.names) for outage in (*lasting, *due)]
