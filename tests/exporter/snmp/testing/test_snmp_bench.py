"""The benchmark's judgement and table without a farm, and the farm's clock."""

import argparse
import asyncio
import os
import time
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from exporter.snmp.device.objects import IF_NAME, SYS_UPTIME
from exporter.snmp.testing import bench, scraping
from exporter.snmp.testing.bench_modules import DEVICES, ROWS, SCRAPES, VALUES
from exporter.snmp.testing.farm import FIRST_TICKS, QuickAgent, interfaces
from exporter.snmp.testing.scraping import Cost, ScrapeSubject, measured
from exporter.snmp.testing.scripted_agent import Manner
from exporter.snmp.testing.scripted_objects import device
from exporter.snmp.wire.message import LOWEST_ID, GetRequest, ResponsePdu

OPTIONS = argparse.Namespace(devices=100, interfaces=10, json=False)
PEER = Cost(1.0, 100_000_000, (0.1, 0.3, 0.2), 0.4, 100)


def ours(cpu: float, memory: int = 50_000_000) -> Cost:
    return Cost(cpu, memory, (0.05, 0.1, 0.15), 0.2, 100)


def comparison(cpu: float) -> dict[str, Any]:
    scenario = bench.Scenario("x", limits=(("cpu", 0.25), ("memory", 0.6)))
    return bench.comparison(scenario, OPTIONS, 10, ours(cpu), PEER)


def test_a_ratio_at_its_limit_is_met_and_above_it_is_missed() -> None:
    assert [limit["met"] for limit in comparison(0.25)["held"]] == [True, True, True]
    assert [limit["met"] for limit in comparison(0.26)["held"]] == [False, True, True]


def test_cpu_is_divided_by_the_devices_that_were_read_and_one_that_was_lost_is_a_miss(
    capsys: pytest.CaptureFixture[str],
) -> None:
    half = Cost(0.2, 50_000_000, (0.05,), 0.2, 50)
    result = bench.comparison(bench.Scenario("x", limits=(("cpu", 0.25),)), OPTIONS, 10, half, PEER)
    assert result["ratios"]["cpu"] == pytest.approx(0.4)
    assert [limit["met"] for limit in result["held"]] == [False, False]
    assert bench.code([result]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].split() == ["devices", "read", "of", "100", "50.00", "100.00,", "MISSED"]


def test_a_device_that_was_dead_is_not_lost() -> None:
    dead = Cost(0.2, 50_000_000, (0.05,), 0.2, 80)
    result = bench.comparison(bench.Scenario("x", dead_every=5), OPTIONS, 10, dead, PEER)
    assert result["held"] == [{"what": "devices lost", "at_most": 0.0, "met": True}]


def test_memory_is_held_at_every_size_and_the_peers_release_is_told() -> None:
    assert all(("memory", 0.6) in scenario.limits for scenario in bench.SCENARIOS)
    assert comparison(0.2)["peer"]["release"].count(".") == 1


def test_a_page_that_never_comes_is_a_device_lost_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    async def page(request: web.Request) -> web.Response:
        if request.query.get("target") == "silent":
            await asyncio.sleep(60)
        return web.Response(text='snmp_up{device="d"} 1\n')

    async def story() -> list[Cost]:
        application = web.Application()
        for path in ("/metrics", "/snmp"):
            application.router.add_get(path, page)
        async with TestServer(application) as server:
            subject = ScrapeSubject(os.getpid(), f"http://127.0.0.1:{server.port}/snmp?target=", ["a", "silent"])
            return await asyncio.to_thread(measured, [subject], 1)

    monkeypatch.setattr(scraping, "_TIMEOUT_SECONDS", 1.0)
    (cost,) = asyncio.run(story())
    assert (cost.live, len(cost.device_seconds)) == (1.0, 1)


def test_the_module_is_of_two_hundred_values_and_ten_devices() -> None:
    assert (len(VALUES) * ROWS, DEVICES, SCRAPES % DEVICES) == (200, 10, 0)


def test_exporters_are_measured_in_turns() -> None:
    asked: list[str] = []

    async def page(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text='snmp_up{device="d"} 1\n')

    async def story() -> list[Cost]:
        application = web.Application()
        for path in ("/ours/metrics", "/peer/metrics", "/ours/snmp", "/peer/snmp"):
            application.router.add_get(path, page)
        async with TestServer(application) as server:
            urls = [f"http://127.0.0.1:{server.port}/{name}/snmp?target=" for name in ("ours", "peer")]
            subjects = [ScrapeSubject(os.getpid(), url, ["a"]) for url in urls]
            return await asyncio.to_thread(measured, subjects, 2)

    costs = asyncio.run(story())
    assert [path for path in asked if path.endswith("snmp")] == ["/ours/snmp", "/peer/snmp"] * 3
    assert [cost.live for cost in costs] == [1.0, 1.0]


def test_the_ratio_of_times_is_of_the_medians() -> None:
    assert comparison(0.2)["ratios"]["time"] == pytest.approx(0.5)


def test_the_table_says_what_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    comparison(0.3)
    lines = capsys.readouterr().out.splitlines()
    cpu = next(line for line in lines if line.startswith("CPU s per 1,000"))
    assert cpu.split()[-6:] == ["1.0000", "0.30", "held", "to", "0.25,", "MISSED"]
    assert not any("MISSED" in line for line in lines if line.startswith("peak memory"))


def test_a_figure_without_a_peer_is_held_to_its_limit_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.alone("storm", 0.05, 0.04, OPTIONS)["held"][0]["met"] is False
    assert bench.alone("storm", 0.03, 0.04, OPTIONS)["held"][0]["met"] is True
    assert capsys.readouterr().out.count("MISSED") == 1


def test_the_code_is_1_as_soon_as_one_ratio_is_missed() -> None:
    assert bench.code([comparison(0.2), comparison(0.2)]) == 0
    assert bench.code([comparison(0.2), comparison(0.3)]) == 1


def test_the_farms_clock_goes_on_while_its_answers_are_kept() -> None:
    quick, oids = QuickAgent(device(interfaces(1), uptime_ticks=FIRST_TICKS), Manner()), [SYS_UPTIME, f"{IF_NAME}.1"]
    request, answers = GetRequest("lab", oids), []
    for number in (LOWEST_ID, LOWEST_ID + 1):
        data = quick.answer(request.bytes_for(number))
        assert data is not None
        answer = ResponsePdu(data)
        assert answer.number == number
        answers.append(request.read(answer))
        time.sleep(0.02)
    assert [values[f"{IF_NAME}.1"] for values in answers] == [b"e1", b"e1"]
    first, second = (values[SYS_UPTIME] for values in answers)
    assert isinstance(first, int) and isinstance(second, int) and first < second < first + 60_000
