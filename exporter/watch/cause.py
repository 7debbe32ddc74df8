"""Why a branch is down, as far as the device in front of it knows: its interface's state from our own SNMP part.

Whether the device behind it was off shows itself only when it is back: by the time since which it runs.

Asked over HTTP from ``/snmp?target=DEVICE`` and never waited for longer than a page may be late. An agent may answer
from its cache (net-snmp: 3 s), so "up" is believed only when the agent has had time to notice.
"""

import asyncio
from contextlib import suppress

import aiohttp

from exporter.watch.decide import Node

# An agent that does not answer by then says nothing of the cause; pages do not wait for it (CAUSE_PATIENCE_SECONDS).
ASK_SECONDS = 2.0


class Causes:
    """Asks the SNMP part. ``start`` opens the connection, ``stop`` closes it."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        """Open the connection pool; needs a running loop."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ASK_SECONDS))

    async def stop(self) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()

    async def ask(self, node: Node, believe_up: bool) -> str | None:
        """``link_down``, ``silent`` (only where ``believe_up``) or None where nothing can be said.

        The root router has nobody in front of it: ``device_down`` where it answers SNMP as little as ping, for a while.
        """
        if not node.interface:
            return "device_down" if believe_up and _snmp_up(await self._page(node.device)) is False else None
        state = link_state(await self._page(node.device), node.name)
        if state is False:
            return "link_down"
        return "silent" if state and believe_up else None

    async def poll(self, device: str) -> bool:
        """Have the SNMP part read the device now; whether the device answered."""
        return _snmp_up(await self._page(device)) is True

    async def booted_at(self, device: str) -> float | None:
        """Since when a device runs (Unix seconds); None where it does not say."""
        for line in (await self._page(device)).splitlines():
            if line.startswith("lebarpita_device_boot_timestamp_seconds{"):
                return float(line.rpartition(" ")[2])
        return None

    async def _page(self, device: str | None) -> str:
        """The device's page; empty where it cannot be had."""
        if self._session is None or device is None:
            return ""
        with suppress(aiohttp.ClientError, TimeoutError, asyncio.TimeoutError):
            # The SNMP part gives up a device within this, as for a scrape of Prometheus, instead of after all its
            # retries.
            headers = {"X-Prometheus-Scrape-Timeout-Seconds": str(ASK_SECONDS)}
            async with self._session.get(f"{self._url}/snmp", params={"target": device}, headers=headers) as answer:
                return await answer.text() if answer.status == 200 else ""
        return ""


def link_state(page: str, link: str) -> bool | None:
    """``lebarpita_link_up`` of a link on a page of metrics; None where the page does not have it."""
    for line in page.splitlines():
        # The page's labels are written without escapes here: the inventory allows no quotation mark in a link's name.
        if line.startswith("lebarpita_link_up{") and f'link="{link}"' in line:
            return line.rpartition(" ")[2] == "1"
    return None


def _snmp_up(page: str) -> bool | None:
    """Whether the device answered SNMP; None where the page does not say it: our own part may be down."""
    lines = (line for line in page.splitlines() if line.startswith("lebarpita_snmp_up{"))
    return next((line.endswith(" 1") for line in lines), None)
