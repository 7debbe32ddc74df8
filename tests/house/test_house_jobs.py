"""What works beside something else is supervised, or says beside it why it need not be."""

import re
from pathlib import Path

from test_house_rules import ROOM_MODULES, name_of

BEGINS = re.compile(r"threading\.(?:Thread|Timer)\(|create_task\(|ensure_future\(|run_in_executor\(|PoolExecutor\(")
LINES_BEFORE = 3


def unexplained(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        f"{name_of(path)}:{number + 1}: {line.strip()}"
        for number, line in enumerate(lines)
        if BEGINS.search(line)
        and not any("supervis" in near.lower() for near in lines[max(0, number - LINES_BEFORE) : number + 1])
    ]


def test_a_thread_or_task_is_supervised_or_its_reason_stands_beside_it() -> None:
    assert [line for path in ROOM_MODULES for line in unexplained(path)] == []


def test_the_rule_finds_a_thread_that_nobody_supervises(tmp_path: Path) -> None:
    lines = ["import threading", "", "", "", "threading.Thread(target=print).start()"]
    found = [bool(BEGINS.search(line)) for line in lines]
    assert found == [False, False, False, False, True]
