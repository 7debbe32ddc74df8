"""Real packets with addresses that do not live where they came from: none of them takes an office out of its class."""

from pathlib import Path
from typing import Any

import pytest
from namespaces import scene

pytestmark = pytest.mark.lab
RIGHT = {
    "its own address": ["dinkes"],
    "nobody's address": ["unmapped"],
    "from the NOC's own interface": ["management"],
    "from the internet to an office": ["dinkes"],
}
STRAY = ("a management address", "a router's address", "from the internet to a management address")
OWN = ("an office's own interface, another office's address", "an office's own interface, a management address")
# 1 % of 200 Mbit/s for a second, and what waits in a queue of 50 ms and a burst of 2 ms.
LIMIT_BYTES = 250_000 * 1.2 + 50_000


def told(place: Path, spoofed: str) -> Any:
    found = scene("escape_scene", str(place), spoofed)
    assert {name: found["classes"][name] for name in RIGHT} == RIGHT
    return found


def test_a_stray_packet_goes_to_its_own_office_or_to_a_small_class_and_is_counted(tmp_path: Path) -> None:
    found = told(tmp_path, "limit")
    assert [found["classes"][name] for name in STRAY] == [["stray"]] * len(STRAY)
    assert [found["classes"][name] for name in OWN] == [["dinkes"]] * len(OWN)
    sent, passed = found["flood"]
    assert passed < LIMIT_BYTES < sent
    assert found["ways"] == ["receive", "transmit"] and found["stray"] > 0.9 * sent


def test_a_stray_packet_is_dropped_and_counted_where_that_was_decided(tmp_path: Path) -> None:
    found = told(tmp_path, "drop")
    assert [found["classes"][name] for name in (*STRAY, *OWN)] == [[]] * 5
    sent, passed = found["flood"]
    assert passed == 0 and found["stray"] > 0.9 * sent
