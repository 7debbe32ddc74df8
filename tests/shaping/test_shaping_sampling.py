"""A sample's counts are of the moment that it names, also where the kernel made the reader wait."""

from collections.abc import Iterator

import pytest

from shaping.queues import Count, Key
from shaping.sampling import sample_at

QUEUE: Key = ("dinkes", "receive")


class Device:
    """Each reading takes as long as its turn says, and counts readings as bytes."""

    def __init__(self, *seconds: float) -> None:
        self.now, self.readings, self._seconds = 100.0, 0, iter(seconds)

    def read(self) -> dict[Key, Count]:
        self.now += next(self._seconds)
        self.readings += 1
        return {QUEUE: Count(self.readings, 1, 0, 0)}

    def clock(self) -> float:
        return self.now


@pytest.fixture(params=[((0.002,), 1), ((7.0, 0.002), 2), ((7.0, 1.0, 0.03), 3), ((7.0, 1.0, 2.0, 0.001), 3)])
def turns(request: pytest.FixtureRequest) -> Iterator[tuple[tuple[float, ...], int]]:
    """How long each reading takes, and how many are made."""
    yield request.param


def test_a_reading_that_had_to_wait_is_taken_again_and_its_moment_is_its_end(
    turns: tuple[tuple[float, ...], int],
) -> None:
    """Named by the moment of the question, seven seconds of another window's waiting were counted into this one."""
    seconds, readings = turns
    device = Device(*seconds)
    at, counts = sample_at(device.read, device.clock)
    assert (at, device.readings) == (100.0 + sum(seconds[:readings]), readings)
    assert counts == {QUEUE: Count(readings, 1, 0, 0)}
