"""Requests are worked on in turns of their addresses: who sends a thousand waits for himself."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from request_tracker.server.turns import FairTurns

Story = Callable[[FairTurns, list[str]], Coroutine[Any, Any, None]]


def told(story: Story, at_once: int = 1, waiting: int = 2_000) -> list[str]:
    """What a story with such turns wrote down."""
    lines: list[str] = []
    asyncio.run(story(FairTurns(at_once, waiting), lines))
    return lines


async def ask(turns: FairTurns, lines: list[str], address: str) -> "asyncio.Task[None]":
    """Ask for a turn of that address; it writes down when it has it, or that it was sent away."""

    async def have() -> None:
        lines.append(address if await turns.enter(address) else f"{address} sent away")

    # Needs no supervisor: what it raises fails the test that waits for its lines.
    asking = asyncio.create_task(have())
    await asyncio.sleep(0)
    return asking


async def end(turns: FairTurns, count: int) -> None:
    for _ in range(count):
        turns.leave()
        await asyncio.sleep(0)


def test_a_visitor_waits_for_one_request_of_a_flood_and_not_for_all_of_it() -> None:
    async def story(turns: FairTurns, lines: list[str]) -> None:
        for _ in range(1_250):
            await ask(turns, lines, "flood")
        await ask(turns, lines, "visitor")
        await end(turns, 3)

    assert told(story) == ["flood", "flood", "visitor", "flood"]


def test_those_of_one_address_come_in_the_order_in_which_they_asked_and_all_come() -> None:
    async def story(turns: FairTurns, lines: list[str]) -> None:
        for address in ("a", "a", "b", "b", "c", "a"):
            await ask(turns, lines, address)
        await end(turns, 6)
        assert [await turns.enter("d") for _ in range(2)] == [True, True]

    assert told(story, at_once=2) == ["a", "a", "b", "c", "a", "b"]


def test_when_too_many_wait_one_of_whom_most_wait_is_sent_away() -> None:
    async def story(turns: FairTurns, lines: list[str]) -> None:
        for address in ("at work", "flood", "flood", "flood", "flood", "visitor", "other"):
            await ask(turns, lines, address)

    assert told(story, waiting=3) == ["at work", *["flood sent away"] * 3]


def test_who_has_as_many_waiting_as_anybody_is_sent_away_himself() -> None:
    async def story(turns: FairTurns, lines: list[str]) -> None:
        for address in ("at work", "a", "b", "a"):
            await ask(turns, lines, address)

    assert told(story, waiting=2) == ["at work", "a sent away"]


@pytest.mark.parametrize("late", [False, True], ids=["while it waits", "in the moment of its turn"])
def test_one_that_is_cancelled_takes_no_turn_with_it(late: bool) -> None:
    async def story(turns: FairTurns, lines: list[str]) -> None:
        await ask(turns, lines, "at work")
        gone = await ask(turns, lines, "gone")
        await ask(turns, lines, "next")
        if late:
            turns.leave()
        gone.cancel()
        await asyncio.sleep(0)
        if not late:
            turns.leave()
        await asyncio.sleep(0)
        await end(turns, 1)
        assert await turns.enter("last")

    assert told(story, waiting=2) == ["at work", "next"]
