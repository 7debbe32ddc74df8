"""What the classes stand on in this machine's own kernel: leaf, size of frames, high rates, and each trap of HTB."""

from pathlib import Path
from typing import Any

import pytest
from namespaces import PATIENCE_SECONDS, scene

pytestmark = [pytest.mark.lab, pytest.mark.timeout(PATIENCE_SECONDS)]
BARE, TAGGED = {"overhead": 0, "smallest": 0}, {"overhead": 4, "smallest": 0}


def story(state: Path, name: str) -> Any:
    return scene("ground_scene", str(state), name)


def test_the_best_leaf_of_this_kernel_is_used_and_each_better_one_has_its_errno(tmp_path: Path) -> None:
    told = story(tmp_path, "leaf")
    best = next(kind for kind, there in told["has"].items() if there)
    assert told["evidence"]["leaf"] == best and told["left"] == []
    # A kernel without a kind says ENOENT; that is recorded, not assumed.
    better = list(told["has"])[: list(told["has"]).index(best)]
    assert told["evidence"]["leaf_refusals"] == dict.fromkeys(better, "ENOENT")


def test_a_leaf_of_another_kind_under_our_own_number_is_exchanged_and_comes_back_by_an_undo(tmp_path: Path) -> None:
    told = story(tmp_path, "exchanged")
    assert told["before"] == told["undone"] == ["pfifo"] and told["after"] != ["pfifo"]
    # The office's class, and the three of ours, on both interfaces.
    assert told["operations"] == 8


def test_what_the_line_adds_to_a_frame_is_counted_without_a_class_being_touched(tmp_path: Path) -> None:
    told = story(tmp_path, "overhead")
    assert {name: row["bytes"] for name, row in told.items()} == {
        "bare": [60, 1242],
        "tagged": [64, 1246],
        "filled": [84, 1250],
        "bare again": [60, 1242],
    }
    assert told["tagged"]["frames"] == {"lan": TAGGED, "wan": TAGGED}
    assert told["bare again"]["frames"] == {"lan": BARE, "wan": BARE}
    assert sorted(told["tagged"]["first"]) == ["lan: overhead", "wan: overhead"]
    assert [told[name]["classes"] for name in ("tagged", "filled", "bare again")] == [0, 0, 0]


def test_a_size_table_of_somebody_is_told_in_the_proof_and_mended(tmp_path: Path) -> None:
    told = story(tmp_path, "overhead_by_hand")
    (fault,) = told["faults"]
    assert "lan: the root counts 30 bytes beside each frame, 64 at least; wanted are 4 bytes" in fault
    assert (told["first"], told["after"], told["undone"]) == (["lan: overhead"], [], [30, 64])


def test_rates_of_ten_and_a_hundred_gigabit_are_read_back_from_the_kernel(tmp_path: Path) -> None:
    assert story(tmp_path, "fast") == {
        "10 Gbit/s": {"queues": [True, True], "faults": [], "tc": ["5Gbit", "10Gbit"]},
        "100 Gbit/s": {"queues": [True, True], "faults": [], "tc": ["50Gbit", "100Gbit"]},
    }


def test_a_change_in_place_keeps_a_class_s_debt_and_the_drivers_raise_of_a_slow_one_does_not(tmp_path: Path) -> None:
    told = story(tmp_path, "debt")
    assert told["owed"] < 0 and told["kept"] < 0 < told["after"]
    assert told["acts"] == ["replace"]


def test_the_kernel_takes_in_silence_what_the_ledger_refuses(tmp_path: Path) -> None:
    """Hence ``shaping.ledger.admission``: nothing below it would say no."""
    assert story(tmp_path, "accepted") == {"refused": [], "omitted ceil": [["900Mbit", "900Mbit"]]}
