"""A rate that begins and ends in the real kernel while the tracker is silent."""

from pathlib import Path

import pytest
from namespaces import PATIENCE_SECONDS, scene

pytestmark = [pytest.mark.lab, pytest.mark.timeout(PATIENCE_SECONDS)]


def test_a_rate_begins_and_ends_in_the_kernel_without_the_tracker_and_is_proven_afterwards(tmp_path: Path) -> None:
    told = scene("timed_scene", str(tmp_path))
    assert told == {"applied_before": True, "not_early": True, "ok": True, "read": 2_500_000, "same_hash": True}
