"""A rate that begins and ends in the real kernel while the tracker is silent."""

from pathlib import Path

import pytest
from namespaces import PATIENCE_SECONDS, scene

pytestmark = [pytest.mark.lab, pytest.mark.timeout(PATIENCE_SECONDS)]


def test_a_rate_begins_and_ends_in_the_kernel_without_the_tracker_and_is_proven_afterwards(tmp_path: Path) -> None:
    told = scene("timed_scene", str(tmp_path))
    assert told == {"applied_before": True, "not_early": True, "ok": True, "read": 2_500_000, "same_hash": True}


def test_the_rates_of_the_night_are_in_the_kernel_at_night_only(tmp_path: Path) -> None:
    before, begun, midnight, over, saturday = scene("night_scene", str(tmp_path))
    assert [one[0] for one in (before, begun, midnight, over, saturday)] == [
        2_500_000,
        250_000,
        250_000,
        2_500_000,
        2_500_000,
    ]
    # One operation for each office and direction at a boundary, and none between two.
    assert begun[1] == over[1] > 0 and midnight[1] == saturday[1] == 0
