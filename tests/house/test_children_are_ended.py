"""A test's child ends with its block whatever happens there; no test starts one in another way, or races a clock."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from children import child, end, until
from tree import TESTS

MODULES = sorted(TESTS.rglob("*.py"))
FOREVER = [sys.executable, "-c", "import time\nwhile True: time.sleep(1)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('ready', flush=True)\n"
    "while True: time.sleep(1)",
]


def test_a_child_ends_with_its_block() -> None:
    with child(FOREVER) as started:
        assert started.poll() is None
    assert started.returncode == -15


def test_a_child_ends_when_the_block_fails_and_its_pipes_are_closed() -> None:
    with pytest.raises(AssertionError, match="the fact: still False after 0 s"), child(FOREVER, stdout=-1) as started:
        until(lambda: False, "the fact", seconds=0)
    assert started.stdout is not None
    assert started.returncode == -15 and started.stdout.closed


def test_a_child_that_does_not_end_when_asked_is_killed() -> None:
    with subprocess.Popen(STUBBORN, stdout=subprocess.PIPE) as started:
        assert started.stdout is not None and started.stdout.readline() == b"ready\n"
        assert end(started, seconds=0.1) == -9


def test_waiting_for_a_child_that_has_ended_fails_at_once_with_its_code() -> None:
    gone = child([sys.executable, "-c", "raise SystemExit(3)"])
    with gone as started, pytest.raises(AssertionError, match="the page: the child ended with 3"):
        until(lambda: False, "the page", started)


def calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_no_test_starts_a_child_in_another_way() -> None:
    """``with Popen(...)`` waits for the child at its end, also when a wait inside it failed: it hung for 300 s."""
    others = [path for path in MODULES if path.name not in ("children.py", Path(__file__).name)]
    texts = ((path.name, path.read_text(encoding="utf-8")) for path in others)
    # Without the word there is no such call: only those few that have it are parsed.
    names = {name: calls(ast.parse(text)) for name, text in texts if "Popen" in text}
    assert len(names) > 1, "the word stands in types at least"
    assert {name for name, called in names.items() if any(call.split(".")[-1] == "Popen" for call in called)} == set()


def test_no_test_asserts_how_long_something_took() -> None:
    """A stopwatch measures the machine's load. What it stood for is an order, a count, or a reason."""
    stopwatch = re.compile(r"assert .*(?:monotonic|perf_counter|time\.time)\(\) *- *\w+ *<|assert .*\belapsed\b *<")
    texts = {path.name: path.read_text(encoding="utf-8") for path in MODULES}
    assert [(name, line) for name, text in texts.items() for line in text.splitlines() if stopwatch.search(line)] == []
