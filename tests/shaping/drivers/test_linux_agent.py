"""The agent as a process beside a tracker and the real kernel: signatures, hands, large changes, a kill."""

from pathlib import Path

import pytest
from namespaces import PATIENCE_SECONDS, scene

pytestmark = [pytest.mark.lab, pytest.mark.timeout(PATIENCE_SECONDS)]


def test_a_signature_is_applied_a_hand_is_mended_and_told_and_a_large_change_waits(tmp_path: Path) -> None:
    told = scene("agent_scene", str(tmp_path))
    assert told["held"] == 5_000_000
    assert told["drift"] == [[{"kind": "rate", "opd": told["office"]}]]
    office = told["office"]
    assert told["counted"] == [f'lebarpita_shaping_drift_noticed_total{{kind="rate",opd="{office}"}} 1.0']
    # Three ledgers, each sent once; a quiet agent says nothing again; the watchdog ends after a killed agent.
    assert told["answers"]["200"] == 3 and told["answers"]["304"] >= 1
    assert told["calm"] == 1 and told["watchdogs"] >= 1
