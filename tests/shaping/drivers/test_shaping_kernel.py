"""The driver against the real kernel, in a namespace of its own, as an ordinary user would have it."""

import json
from pathlib import Path
from typing import Any

import pytest
from ledgers import ledger
from namespaces import PATIENCE_SECONDS, scene

pytestmark = [pytest.mark.lab, pytest.mark.timeout(PATIENCE_SECONDS)]
OLD, NEW = (
    ledger(dinkes=(625_000, 2_500_000), rsud=(625_000, 2_500_000)),
    ledger(2, dinkes=(1_562_500, 6_250_000), rsud=(625_000, 2_500_000)),
)


def in_namespace(state: Path, story: str, *ledgers: Any) -> Any:
    return scene("kernel_scene", str(state), story, json.dumps(ledgers))


def test_a_ledger_is_applied_changed_and_then_there_is_nothing_to_do(tmp_path: Path) -> None:
    told = in_namespace(tmp_path, "applied", OLD, NEW)
    assert told["ceil"] == 6_250_000
    assert (told["again"], told["map"]) == (0, False)
    assert 0 < told["done"][1] < told["done"][0]


def test_a_foreign_root_is_refused(tmp_path: Path) -> None:
    assert "the root qdisc htb 1: is not ours" in in_namespace(tmp_path, "foreign", OLD)


def test_five_hundred_offices_have_classes_none_of_which_meets_our_own_root(tmp_path: Path) -> None:
    assert in_namespace(tmp_path, "many") == {"left": 0, "there": 1000}


def test_drift_is_found_and_mended(tmp_path: Path) -> None:
    assert in_namespace(tmp_path, "drifted", OLD) == {"found": [16], "left": 0}


def test_a_plan_that_the_kernel_overtook_or_that_was_not_read_last_changes_nothing(tmp_path: Path) -> None:
    told = in_namespace(tmp_path, "overtaken", OLD, NEW)
    assert told["untouched"] and len(told["said"]) == 2
    assert "the kernel has changed since this plan was read; plan again" in told["said"][0]
    assert "this plan is not the one that was read last; plan again" in told["said"][1]


def test_an_apply_is_taken_back_whole(tmp_path: Path) -> None:
    assert in_namespace(tmp_path, "undone", OLD, NEW) == {"all": True, "moved": True, "back": True}


def test_panic_leaves_nothing_of_ours(tmp_path: Path) -> None:
    assert in_namespace(tmp_path, "panicked", OLD) == {"removed": ["lan", "wan"], "classes": 0, "map": True}
