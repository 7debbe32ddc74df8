"""Slots bound how many devices are read at once, and a slow device does not keep its own."""

import asyncio

from snmp_scene import awaited

from exporter.snmp.scrape.slots import Slots


@awaited
async def test_no_more_are_inside_at_once_than_there_are_slots() -> None:
    slots, inside, most = Slots(3, 60), 0, 0

    async def one() -> None:
        nonlocal inside, most
        async with slots.slot():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(one() for _ in range(20)))
    assert most == 3


@awaited
async def test_slow_ones_lose_their_slot_and_the_quick_go_on() -> None:
    slots, never = Slots(2, 0.01), asyncio.Event()

    async def slow() -> None:
        async with slots.slot():
            await never.wait()

    waiting = [asyncio.create_task(slow()) for _ in range(4)]
    async with asyncio.timeout(5), slots.slot():
        assert not any(task.done() for task in waiting)
    never.set()
    await asyncio.gather(*waiting)


@awaited
async def test_a_slot_is_given_back_once_whatever_happens_inside() -> None:
    slots = Slots(1, 0.01)
    for _ in range(3):
        try:
            async with slots.slot():
                await asyncio.sleep(0.02)
                raise ValueError
        except ValueError:
            pass
    assert slots._free._value == 1
