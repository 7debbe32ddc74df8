"""The GET plan: what an agent cannot carry is halved and remembered; what it lacks is asked for once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snmp_scene import ENGINE, agent, awaited, target

from exporter.snmp.device import objects as c
from exporter.snmp.device.manners import Manners
from exporter.snmp.device.requests import ObjectGroup, ask, batches
from exporter.snmp.engines.failure import Reason, SnmpFailure
from exporter.snmp.testing.scripted_agent import Manner
from exporter.snmp.testing.scripted_objects import ScriptedInterface

PORTS = [ScriptedInterface(n, f"e{n}".encode(), in_octets=n * 1000, out_octets=n) for n in range(1, 25)]


def group(index: int) -> ObjectGroup:
    return ObjectGroup(
        f"{c.IF_NAME}.{index}", tuple(f"{column}.{index}" for column in (*c.STATE, *c.FAULTS, *c.OCTETS_64))
    )


GROUPS = [group(n) for n in range(1, 25)]


@given(st.lists(st.integers(1, 60), max_size=30), st.integers(3, 50))
def test_no_request_is_longer_than_allowed_and_every_object_is_asked_with_its_identity(
    sizes: list[int], varbinds: int
) -> None:
    groups = [ObjectGroup(f"i{n}", tuple(f"{n}.{column}" for column in range(size))) for n, size in enumerate(sizes)]
    plan = batches(groups, varbinds)
    assert all(1 + len(batch.oids) <= varbinds for batch in plan)
    asked = sorted(oid for batch in plan for piece in batch.groups for oid in piece.columns)
    assert asked == sorted(oid for whole in groups for oid in whole.columns)
    assert all(piece.identity.removeprefix("i") == piece.columns[0].split(".")[0] for b in plan for piece in b.groups)


@awaited
async def test_everything_is_read_in_few_requests() -> None:
    async with agent(*PORTS) as (scripted, port):
        answer = await ask(ENGINE(target(port)), batches(GROUPS, 50), Manners())
    assert len(answer.values) == 24 * 11
    assert scripted.requests == 6


@pytest.mark.parametrize("limit", [5, 12, 40])
@awaited
async def test_an_agent_that_says_too_big_is_asked_for_half_and_its_size_is_remembered(limit: int) -> None:
    manners = Manners()
    async with agent(*PORTS, manner=Manner(too_big_above=limit)) as (scripted, port):
        session = ENGINE(target(port))
        answer = await ask(session, batches(GROUPS, manners.varbinds), manners)
        before = scripted.requests
        again = await ask(session, batches(GROUPS, manners.varbinds), manners)
    assert len(answer.values) == len(again.values) == 24 * 11
    assert 3 <= manners.varbinds <= limit
    assert not manners.missing
    assert scripted.requests - before == len(batches(GROUPS, manners.varbinds))


@pytest.mark.parametrize("cut", [4, 20])
@awaited
async def test_an_agent_that_answers_only_the_first_few_is_asked_for_the_rest_and_remembered(cut: int) -> None:
    manners = Manners()
    async with agent(*PORTS, manner=Manner(cut_after=cut)) as (_, port):
        session = ENGINE(target(port))
        for _ in range(5):
            answer = await ask(session, batches(GROUPS, manners.varbinds), manners)
    assert len(answer.values) == 24 * 11
    assert manners.varbinds <= max(cut, 3) * 2


@awaited
async def test_what_an_agent_lacks_is_found_out_once_and_not_asked_again() -> None:
    manners = Manners()
    lacking = [ScriptedInterface(n, f"e{n}".encode(), high_speed_mbit=None) for n in range(1, 5)]
    async with agent(*lacking) as (scripted, port):
        plan = batches(GROUPS[:4], 50)
        await ask(ENGINE(target(port)), plan, manners)
        before = scripted.varbinds
        answer = await ask(ENGINE(target(port)), plan, manners)
    assert manners.missing == {f"{c.IF_HIGH_SPEED}.{n}" for n in range(1, 5)}
    assert scripted.varbinds - before == 1 + 4 * 10
    assert len(answer.values) == 4 * 10
    assert manners.varbinds == 50


@awaited
async def test_a_v1_agent_that_refuses_a_whole_request_for_one_missing_object_gives_all_others() -> None:
    manners = Manners()
    narrow = [
        ObjectGroup(f"{c.IF_NAME}.{n}", tuple(f"{col}.{n}" for col in (c.IF_ADMIN, c.IF_HIGH_SPEED, c.IF_OPER)))
        for n in (1, 2)
    ]
    lacking = [ScriptedInterface(1, b"e1", high_speed_mbit=None), ScriptedInterface(2, b"e2")]
    async with agent(*lacking) as (_, port):
        answer = await ask(ENGINE(target(port, version="1")), batches(narrow, 50), manners)
    assert manners.missing == {f"{c.IF_HIGH_SPEED}.1"}
    assert len(answer.values) == 7
    assert manners.varbinds == 50


@awaited
async def test_an_answer_without_sys_uptime_is_refused() -> None:
    async with agent(*PORTS) as (scripted, port):
        scripted.rows = {oid: value for oid, value in scripted.rows.items() if oid != c.SYS_UPTIME}
        with pytest.raises(SnmpFailure) as caught:
            await ask(ENGINE(target(port)), batches(GROUPS, 50), Manners())
    assert caught.value.reason is Reason.BAD_ANSWER
