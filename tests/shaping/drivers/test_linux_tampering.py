"""Whatever somebody's hand does to queues or table is heard, seen, no proof, and mended by one apply."""

from pathlib import Path

import pytest
from namespaces import scene

pytestmark = pytest.mark.lab


def test_a_hand_on_any_part_is_heard_seen_no_proof_and_mended(tmp_path: Path) -> None:
    told = scene("tampering_scene", str(tmp_path))
    assert len(told) >= 15
    wrong = {"heard": True, "seen": True, "right": False, "mended": True}
    assert {name: outcome for name, outcome in told.items() if outcome != wrong} == {}
