"""Labs for tests, ended whatever happens to them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from lab.client import Lab
from lab.options import PORTS, Options
from lab.paths import Paths
from lab.start import end, launch

FREE_PORTS = dict.fromkeys(PORTS, 0)


@contextmanager
def started(state: Path, options: Options) -> Iterator[Lab]:
    """A lab in that folder."""
    process = launch(Paths(state), options, leash=True, say=print)
    try:
        yield Lab(Paths(state))
    finally:
        end(process)


class SharedCity:
    """The city with the whole stack, begun by the first test that asks for it and ended by who knows the last."""

    def __init__(self) -> None:
        self._lab: Lab | None = None
        self._running = ExitStack()

    def lab(self, folders: pytest.TempPathFactory) -> Lab:
        """The city, in a folder of its own where it does not run yet."""
        if self._lab is None:
            state = folders.mktemp("city-lab")
            self._lab = self._running.enter_context(started(state, Options(hour=None, ports=FREE_PORTS)))
            problems = self._lab.facts()["problems"]
            assert not problems, f"services of the lab did not start: {problems}; see {self._lab.paths.logs}"
        return self._lab

    def end(self) -> None:
        """End it where it runs."""
        self._lab = None
        self._running.close()
