"""What makes two runs give the same pages: the moment, the secrets and the monitoring stand still for a block."""

import random
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from unittest.mock import patch

from docs.faces.made_up_office import MOMENT
from request_tracker.evidence.prometheus import Prometheus, Sample
from request_tracker.web.shell import context

SEED = 17  # Any number, the same for every run.
_BYTES = 32  # What ``secrets.token_urlsafe`` takes where nothing is said.


@contextmanager
def stopped_clock() -> Iterator[None]:
    """Pages take the moment from one function only, which many modules have by its name."""
    real = context.now
    try:
        _replace(real, _moment)
        yield
    finally:
        # Looked for anew: a module that was loaded meanwhile has taken the standing one, and would keep it for good.
        _replace(_moment, real)


def _replace(present: Callable[[], datetime], wanted: Callable[[], datetime]) -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("request_tracker.") and getattr(module, "now", None) is present:
            setattr(module, "now", wanted)  # noqa: B010  # A name of a module, which mypy cannot know.


@contextmanager
def same_secrets() -> Iterator[None]:
    """Receipts and their QR codes are the same in every run; nobody but this process ever sees what they open."""
    chance = random.Random(SEED)

    def text(size: int | None = None) -> str:
        # As long as the real one: 4 letters for 3 bytes.
        return chance.randbytes(size or _BYTES).hex()[: (size or _BYTES) * 4 // 3]

    with patch.object(secrets, "token_urlsafe", text):
        yield


@dataclass(frozen=True)
class PastPrometheus(Prometheus):
    """A Prometheus that is asked about the moment of the pictures where a page asks about now."""

    def query(self, expression: str, at: float | None = None) -> list[Sample]:
        """The vector at that moment. Raises NoData."""
        return super().query(expression, MOMENT.timestamp() if at is None else at)


def _moment() -> datetime:
    return MOMENT
