"""The direct engine's shared socket: answers find their request, strangers' answers do not, and gufo reads the same."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from snmp_scene import Snmpd, agent, awaited, snmpd, target

from exporter.snmp.device import objects as c
from exporter.snmp.engines.direct_engine import IN_FLIGHT, DirectEngine, DirectSession
from exporter.snmp.engines.failure import Reason, SnmpFailure
from exporter.snmp.engines.gufo_engine import GufoSession
from exporter.snmp.engines.interface import Login
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent, start_agent
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device

HC_IN = f"{c.IF_HC_IN_OCTETS}.1"
ASKED = [c.SYS_UPTIME, HC_IN]
SUBTREES = ("1.3.6.1.2.1.1.9", "1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.4.20", "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.49")


def _agent(octets: int) -> ScriptedAgent:
    return ScriptedAgent(device([ScriptedInterface(1, b"e1", in_octets=octets)]))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    addresses = ("127.0.0.1", "::1") if Path("/proc/net/if_inet6").read_text() else ("127.0.0.1",)
    with snmpd(tmp_path_factory.mktemp("snmpd"), addresses) as started:
        yield started


@awaited
async def test_a_real_snmpd_is_walked_to_the_same_rows_as_by_gufo(real: Snmpd) -> None:
    for address in real.addresses:
        dut = replace(target(real.port), address=address)
        ours, theirs = DirectEngine()(dut), GufoSession(dut)
        assert isinstance(ours, DirectSession)
        rows = [[await session.walk(root) for root in SUBTREES] for session in (ours, theirs)]
        assert rows[0] == rows[1]
        assert sum(map(len, rows[0])) > 10
        oids = [c.SYS_UPTIME, *(oid for root in rows[0] for oid, _ in root)][:50]
        told = [await session.get(oids) for session in (ours, theirs)]
        assert [one.pop(c.SYS_UPTIME) is not None for one in told] == [True, True]
        assert told[0] == told[1]
        ours.close()
        theirs.close()


@awaited
async def test_hundred_devices_share_one_socket_and_each_gets_its_own_answer() -> None:
    engine, loop = DirectEngine(), asyncio.get_running_loop()
    opened: list[int] = []
    add = loop.add_reader

    def counted(number: int, *how: Any) -> None:
        opened.append(number)
        add(number, *how)

    loop.add_reader = counted  # type: ignore[method-assign,assignment]  # counts what the loop is asked to watch
    transports, sessions = [], []
    for n in range(100):
        from_agent = await start_agent(_agent(n))
        transports.append(from_agent[0])
        sessions.append(engine(target(from_agent[1])))
    opened.clear()
    answers = await asyncio.gather(*(session.get(ASKED) for session in sessions))
    assert [answer[HC_IN] for answer in answers] == list(range(100))
    assert len(opened) == 1
    for session in sessions:
        session.close()
    for transport in transports:
        transport.close()


@awaited
async def test_an_answer_from_another_address_is_never_taken() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger,
    ):
        silent.bind(("127.0.0.1", 0))
        silent.setblocking(False)
        session = DirectEngine()(target(silent.getsockname()[1], timeout=1))
        asking = asyncio.create_task(session.get(ASKED))
        request, asker = await asyncio.get_running_loop().sock_recvfrom(silent, 2000)
        forged = _agent(666).answer(request)
        assert forged is not None
        stranger.sendto(forged, asker)
        with pytest.raises(SnmpFailure) as caught:
            await asking
    assert caught.value.reason is Reason.TIMEOUT


@awaited
async def test_an_answer_that_comes_after_the_second_asking_is_still_one() -> None:
    async with agent(ScriptedInterface(1, b"e1", in_octets=42), manner=Manner(delay_seconds=1.5)) as (_, port):
        session = DirectEngine()(target(port, timeout=1, retries=2))
        assert (await session.get(ASKED))[HC_IN] == 42
        assert (session.sent, session.retried) == (2, 1)


@awaited
async def test_a_cancelled_request_leaves_nothing_behind() -> None:
    async with agent(ScriptedInterface(1, b"e1", in_octets=42), manner=Manner(delay_seconds=0.05)) as (_, port):
        session = DirectEngine()(target(port))
        asking = asyncio.create_task(session.get(ASKED))
        await asyncio.sleep(0.01)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert (await session.get(ASKED))[HC_IN] == 42


@pytest.mark.parametrize(
    ("login", "address", "kind"),
    [
        (Login("2c", "lab"), "127.0.0.1", DirectSession),
        (Login("1", "lab"), "127.0.0.1", GufoSession),
        (Login("3", user="none"), "127.0.0.1", GufoSession),
        (Login("2c", "lab"), "router.example", GufoSession),
    ],
)
@awaited
async def test_only_v2c_to_an_address_is_asked_directly(login: Login, address: str, kind: type) -> None:
    assert isinstance(DirectEngine()(replace(target(161), login=login, address=address)), kind)


def test_the_addresses_of_the_inventory_are_written_as_the_kernel_writes_them() -> None:
    assert str(ip_address("2001:DB8:0::1")) == socket.inet_ntop(
        socket.AF_INET6, socket.inet_pton(socket.AF_INET6, "2001:DB8:0::1")
    )


@awaited
async def test_many_requests_are_a_few_at_once_and_come_back_in_their_order() -> None:
    ports = [ScriptedInterface(n, f"e{n}".encode(), in_octets=n) for n in range(1, 31)]
    async with agent(*ports, manner=Manner(delay_seconds=0.01)) as (scripted, port):
        session = DirectEngine()(target(port))
        told = await session.get_each([(c.SYS_UPTIME, f"{c.IF_HC_IN_OCTETS}.{n}") for n in range(1, 31)])
        assert await session.get_each([]) == []
    assert [values and values[f"{c.IF_HC_IN_OCTETS}.{n}"] for n, values in enumerate(told, 1)] == list(range(1, 31))
    assert (scripted.requests, scripted.most_at_once) == (30, IN_FLIGHT)
