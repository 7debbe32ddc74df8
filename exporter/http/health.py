"""``/healthz`` and ``/readyz`` of an exporter's part: its readiness in, the two pages out."""

import asyncio

from exporter.http.connection import Request, Response
from exporter.http.server import Page, text
from runtime.health import Readiness, said


def health_pages(readiness: Readiness) -> dict[str, Page]:
    """The pages by their paths."""

    async def alive(_: Request) -> Response:
        return text(200, "ok\n")

    async def ready(_: Request) -> Response:
        # In a thread: a disk that hangs must hold up no scrape and no round.
        return text(*said(await asyncio.to_thread(readiness.faults)))

    return {"/healthz": alive, "/readyz": ready}
