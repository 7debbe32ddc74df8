"""Hours that pass as fast as the crowd acts: a file with the seconds of them, and the server's clocks set by it.

The soak moves the time on with each act, and the server under it is the real one whose calendar, whose jobs of each
minute and whose rate limits go by that time. The network's bounds (a slow head, a hanging neighbour) stay real.
Runs as a command in the server's place: ``python -m request_tracker.bench.simulated_time FILE serve --config ...``.
"""

import mmap
import struct
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from request_tracker.web.shell import limits
from runtime import supervision

# One double, written whole: eight aligned bytes that a reader sees before or after, never half.
_SECONDS = struct.Struct("=d")
# How often a waiting job looks whether its moment has come; a simulated minute takes some seconds.
_LOOK_SECONDS = 0.02


class SimulatedTime:
    """Seconds since the beginning of the soak, in a file that two processes share."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(_SECONDS.pack(0.0))
        with file.open("r+b") as opened:
            self._bytes = mmap.mmap(opened.fileno(), _SECONDS.size)

    @property
    def seconds(self) -> float:
        """How many have passed."""
        return float(_SECONDS.unpack_from(self._bytes)[0])

    def pass_to(self, seconds: float) -> None:
        """It is that late now; never earlier than it was."""
        _SECONDS.pack_into(self._bytes, 0, max(seconds, self.seconds))

    def close(self) -> None:
        """Let go of the file."""
        self._bytes.close()


class SimulatedDatetime:
    """What modules have in the place of the class ``datetime``: the same in all but the present moment."""

    def __init__(self, moment: Callable[[], float]) -> None:
        self._moment = moment

    def now(self, zone: tzinfo | None = None) -> datetime:
        """The simulated moment."""
        return datetime.fromtimestamp(self._moment(), zone)

    def __call__(self, *values: Any, **named: Any) -> datetime:
        return datetime(*values, **named)  # noqa: DTZ001  # With the zone that the caller has given, or none.

    def __getattr__(self, name: str) -> Any:
        return getattr(datetime, name)

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, datetime)


def simulate(clock: SimulatedTime, modules: Sequence[ModuleType]) -> None:
    """Set the clocks of these modules, of the jobs' threads and of the rate limits by it, for good."""
    began = time.time()

    def moment() -> float:
        return began + clock.seconds

    calendar = SimulatedDatetime(moment)
    for module in modules:
        if getattr(module, "datetime", None) is datetime:
            setattr(module, "datetime", calendar)  # noqa: B010  # A name of a module, which mypy cannot know.

    class SimulatedEvent(threading.Event):
        """An event whose waiting lasts simulated seconds."""

        def wait(self, timeout: float | None = None) -> bool:
            over = None if timeout is None else clock.seconds + timeout
            while over is None or clock.seconds < over:
                if super().wait(_LOOK_SECONDS):
                    return True
            return self.is_set()

    shown: dict[str, Any] = {"threading": SimpleNamespace(**{**vars(threading), "Event": SimulatedEvent})}
    shown["time"] = SimpleNamespace(**{**vars(time), "monotonic": lambda: clock.seconds})
    for name, stand_in in shown.items():
        setattr(supervision, name, stand_in)
    setattr(limits, "time", SimpleNamespace(**{**vars(time), "time": moment}))  # noqa: B010  # As above.


def main(arguments: Sequence[str]) -> int:
    """The tracker's command line by the time of a file."""
    clock = SimulatedTime(Path(arguments[0]))
    # By its name, because the command line has this bench among its commands: it stands above this file.
    cli = import_module("request_tracker.cli")
    loaded = {name: module for name, module in sys.modules.items() if name.startswith("request_tracker.")}
    # This file stands among them a second time, and must know the real class.
    simulate(clock, [module for name, module in loaded.items() if not name.startswith("request_tracker.bench")])
    return int(cli.main(arguments[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
