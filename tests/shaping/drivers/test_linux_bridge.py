"""The linux driver between two ports of a bridge, and with no right but its own."""

from pathlib import Path

import pytest
from namespaces import PATIENCE_SECONDS, scene

pytestmark = [pytest.mark.lab, pytest.mark.timeout(PATIENCE_SECONDS)]


def test_frames_between_two_ports_of_a_bridge_go_to_their_office_and_a_strange_one_does_not(tmp_path: Path) -> None:
    told = scene("bridge_scene", str(tmp_path), "bridged")
    # A bridge that was just made may have a frame of its own, which is nobody's.
    classes = {name: [row for row in rows if row != "unmapped"] for name, rows in told["classes"].items()}
    assert classes == {
        "an office's": ["dinkes"],
        "towards the office": ["dinkes"],
        "nobody's": [],
        "a management address": ["stray"],
    }
    assert told["classes"]["nobody's"] == ["unmapped"] and told["stray"] > 0
    assert (told["faults"], told["in force"], told["undone"]) == ([], 4, True)
    assert "table bridge lebarpita" in told["tables"]
    assert (sorted(told["opened"]), told["left"]) == (["lan", "wan"], "")


def test_half_a_bridge_is_refused_with_what_to_do_and_a_router_that_became_a_bridge_leaves_no_table(
    tmp_path: Path,
) -> None:
    told = scene("bridge_scene", str(tmp_path), "half_bridged")
    assert told["said"].startswith("wan and lan: only one is a port of a bridge")
    assert "name two ports of one bridge in the inventory" in told["said"]
    assert told["map"] and [table for table in told["tables"] if table] == ["table bridge lebarpita"]
    # Also while it is half a bridge again.
    assert told["opened"] == ["lan", "wan"]


def test_the_right_over_the_network_is_enough(tmp_path: Path) -> None:
    told = scene("bridge_scene", str(tmp_path), "rights", rights="+net_admin")
    # linux/capability.h: CAP_NET_ADMIN is number 12.
    assert int(told["rights"], 16) == 1 << 12
    assert (told["faults"], told["in force"], told["opened"]) == ([], 2, ["lan", "wan"])
