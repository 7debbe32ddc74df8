"""The predictor beside the kernel: a full line of 20 Mbit/s, five offices, the driver's own classes, real packets."""

from pathlib import Path

import pytest
from namespaces import scene

pytestmark = pytest.mark.lab
# The bound; measured on an idle machine: 1.5 % at most. A machine that is busy sends fewer packets than asked.
WITHIN, TRIES = 0.10, 5


def test_what_is_said_is_what_the_kernel_does(tmp_path: Path) -> None:
    worst = []
    for attempt in range(TRIES):
        state = tmp_path / str(attempt)
        state.mkdir()
        pairs = scene("sharing_scene", str(state))
        # Three cases, both directions, five offices.
        assert len(pairs) == 3 * 2 * 5
        worst.append(max(abs(got - right) / right for got, right in pairs))
        if worst[-1] <= WITHIN:
            return
    pytest.fail(f"the kernel shared otherwise, each time: {worst}")
