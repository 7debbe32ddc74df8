"""The bench: its table says what is held, and on this kernel every row of the design is measured."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from children import coverage_environment
from namespaces import PATIENCE_SECONDS

from shaping.bench import launch
from shaping.bench.table import BenchRow, lines
from shaping.cli import main

ROWS = (
    "rate error per class, 1 to 500 classes",
    "CIR delivered on a full uplink, the worst of 500 OPDs",
    "packets lost by ten changes under traffic",
    "500 OPDs re-rated under load, both ways",
    "new rate in force",
    "delay under load at 5 Mbit/s",
    "one change of 500 classes",
    "cold start of 500 OPDs, both ways and the map",
    "second apply",
    "somebody's change of a class is heard",
    "a change that nobody confirms is taken back",
    "added cost of a packet at 500 prefixes",
    "packets a second against linear u32, 500 prefixes",
    "packets a second against linear u32, 5000 prefixes",
    "one core sends through one HTB",
    "HTB alone would fill one core at",
)


@pytest.mark.parametrize(
    ("value", "most", "least", "held"),
    [(1.0, 1.0, None, True), (1.1, 1.0, None, False), (99.0, None, 99.0, True), (98.9, None, 99.0, False)],
)
def test_a_goal_is_held_at_its_bound_and_not_beyond(
    value: float, most: float | None, least: float | None, held: bool
) -> None:
    assert BenchRow("x", value, "ms", most=most, least=least).meets_goal is held


def test_what_could_not_be_measured_holds_no_goal_and_a_figure_without_one_is_no_failure() -> None:
    assert not BenchRow("x", None, "ms", most=1.0).meets_goal
    assert BenchRow("x", None, "ms").meets_goal and BenchRow("x", 10**9, "ms").meets_goal


def test_the_table_stands_in_columns_and_a_miss_is_seen() -> None:
    table = lines([BenchRow("one", 0.5, "ms", most=1.0), BenchRow("two", None, "x", least=3.0, note="no nft")])
    assert table == [
        "measured      value         goal  held",
        "one           0.5 ms        <= 1  yes",
        "two (no nft)  not measured  >= 3  NO",
    ]


def test_the_command_hands_on_what_the_child_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "bench", lambda seconds: 1 if seconds == 2.5 else 0)
    assert (main(["bench", "--seconds", "2.5"]), main(["bench"])) == (1, 0)


@pytest.mark.parametrize("seconds", ["0", "-1", "61", "nan"])
def test_a_length_that_measures_nothing_is_refused(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--seconds", seconds]) == 1
    assert f"--seconds {seconds} is not between 0.2 and 60" in capsys.readouterr().err


def test_the_lab_of_verdicts_is_started_with_its_minutes_and_offices(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[float, int]] = []

    def lab(minutes: float, offices: int) -> int:
        calls.append((minutes, offices))
        return 1

    monkeypatch.setattr(launch, "verdict_lab", lab)
    assert (main(["bench", "--verdicts", "2"]), main(["bench", "--verdicts", "20", "--offices", "12"])) == (1, 1)
    assert calls == [(2.0, 60), (20.0, 12)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--verdicts", "0"], "--verdicts 0 is not between 0.5 and 600 minutes"),
        (["--verdicts", "nan"], "--verdicts nan is not between 0.5 and 600 minutes"),
        (["--verdicts", "1", "--offices", "3"], "--offices 3 is not between 4 and 500"),
    ],
)
def test_a_lab_that_shows_nothing_is_refused(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *words]) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.lab
@pytest.mark.timeout(PATIENCE_SECONDS)
def test_verdicts_stand_beside_the_truth_and_nobody_is_accused_who_had_his_guarantee(tmp_path: Path) -> None:
    """Few offices for half a minute: what is asserted is what no load of the machine may change."""
    command = [sys.executable, "-m", "shaping.cli", "bench", "--verdicts", "0.5", "--offices", "6"]
    surroundings = coverage_environment(tmp_path, ("shaping",))
    done = subprocess.run(
        command, env=surroundings, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    # A row's name ends with its note in brackets, where it has one.
    rows = {line.split("  ")[0].partition(" (")[0]: line for line in done.stdout.splitlines()}
    assert done.stderr == "" and float(rows["windows judged"].split()[-1]) >= 12
    assert " 0 windows  <= 0    yes" in rows["accused of a missed guarantee that was kept"]
    missed = [line for line in done.stdout.splitlines() if line.startswith(("met", "capped", "below", "idle"))]
    assert len(missed) == 4 and {line.split()[4] for line in missed} == {"0"}


def test_without_unshare_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["bench"]) == 1


@pytest.mark.lab
@pytest.mark.timeout(PATIENCE_SECONDS)
def test_every_row_of_the_design_is_measured_on_this_kernel(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "shaping.cli", "bench", "--seconds", "0.2"]
    surroundings = coverage_environment(tmp_path, ("shaping",))
    done = subprocess.run(
        command, env=surroundings, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    table = done.stdout.splitlines()
    assert [title for title in ROWS if not any(line.startswith(title) for line in table)] == []
    # No speed is asserted: what the machine does beside it decides. What is not held is said, and by the exit code.
    misses = sum(bool(re.search(r"  NO$", line)) for line in table)
    assert done.returncode == (1 if misses else 0), done.stderr
    assert table[-1].startswith(f"{misses} goals are not held" if misses else "every goal is held")
    assert done.stderr == ""
