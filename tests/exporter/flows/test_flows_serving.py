"""The page of the flow part: served also while what it shows cannot be kept, and it says so."""

import asyncio
import errno
import os
from pathlib import Path

import pytest
from flow_packets import EXPORTER, USUAL, a_set, ipfix, new_collector, record, template
from planted_failures import UNEXPECTED

from exporter.flows.account.pipeline import take_datagram
from exporter.flows.intake.receiver import Receiver
from exporter.flows.keep.persistence import Persistence
from exporter.flows.serving import application
from exporter.http.connection import Request, Response


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), *UNEXPECTED], ids=repr)
def test_the_page_is_served_while_the_counters_cannot_be_written_and_the_failure_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def failing(*_: object) -> int:
        raise error

    known = new_collector()
    take_datagram(
        known, ipfix(template(USUAL), a_set(256, record(USUAL, "198.51.100.1", "10.10.1.2", 10, 1))), EXPORTER
    )
    persistence = Persistence(known, tmp_path)
    receiver = Receiver(known, (), persistence.keep)
    page = application(known, receiver, persistence).pages["/metrics"]

    async def answered() -> Response:
        return await page(Request("GET", "/metrics", {}, {}))

    def shown() -> bytes:
        answer = asyncio.run(answered())
        assert answer.status == 200
        return bytes(answer.body)

    with monkeypatch.context() as broken:
        broken.setattr("exporter.flows.keep.counter_files.os.pwrite", failing)
        body = shown()
    assert b'lebarpita_flow_records_total{exporter="10.255.0.1"} 1\n' in body
    assert b'lebarpita_job_failures_total{part="flows",job="counters"} 1\n' in body
    shown()
    again = new_collector()
    Persistence(again, tmp_path).load()
    assert again.exporters[EXPORTER].records == 1 and not receiver.jobs.states["counters"].failing
