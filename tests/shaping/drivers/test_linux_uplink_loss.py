"""The plan for a lost uplink in the real kernel, whatever operation the agent is killed at, with everybody silent."""

from pathlib import Path

import pytest
from namespaces import PATIENCE_SECONDS, scene

pytestmark = [pytest.mark.lab, pytest.mark.timeout(PATIENCE_SECONDS)]


def test_the_whole_plan_is_in_the_kernel_whatever_operation_was_the_last_and_goes_when_the_line_is_back(
    tmp_path: Path,
) -> None:
    told = scene("uplink_loss_scene", str(tmp_path))
    # Twelve offices both ways: a class and its leaf each, and the map.
    assert told["tried"] >= 24 and told["before"] == [[]]
    assert told["during"] == [[1_250_000]] * told["tried"]
    assert told["after"] == [[]] * told["tried"] and told["unconfirmed"] is False
