"""kill -9 right after any operation of an apply: the next agent brings it to its end, or the watchdog takes it back."""

from pathlib import Path

import pytest
from namespaces import PATIENCE_SECONDS, scene

pytestmark = [pytest.mark.lab, pytest.mark.timeout(PATIENCE_SECONDS)]


def test_whatever_operation_was_the_last_nothing_is_left_half_done(tmp_path: Path) -> None:
    told = scene("killed_scene", str(tmp_path))
    assert (told["onward"]["wrong"], told["back"]["wrong"]) == ([], [])
    # Two interfaces; a class anew is two operations, and each class has a leaf.
    assert min(told["onward"]["tried"], told["back"]["tried"]) >= 8
