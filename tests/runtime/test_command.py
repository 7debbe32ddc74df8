"""What every command line of ours does around its work: exit codes, sentences, no traceback."""

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tree import ROOT

from runtime.command import run_command


class ProblemError(Exception):
    """A problem that a person can mend."""


def options(work: Callable[[argparse.Namespace], int]) -> argparse.Namespace:
    return argparse.Namespace(run=work)


def test_the_exit_code_is_the_works() -> None:
    assert run_command(options(lambda _: 0), ()) == 0
    assert run_command(options(lambda _: 1), ()) == 1


def test_a_problem_is_a_sentence_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    def fails(_: argparse.Namespace) -> int:
        raise ProblemError("the disk is full; make room")

    assert run_command(options(fails), (ProblemError,), lambda error: f"lebarpita: {error}") == 1
    assert capsys.readouterr().err == "lebarpita: the disk is full; make room\n"


def test_what_nobody_expects_is_no_problem_of_a_persons() -> None:
    def fails(_: argparse.Namespace) -> int:
        raise KeyError("a fault of ours")

    with pytest.raises(KeyError):
        run_command(options(fails), (ProblemError,))


def test_an_interrupted_command_ends_well() -> None:
    def interrupted(_: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    assert run_command(options(interrupted), ()) == 0


TALKATIVE = """
import argparse, sys
from runtime.command import run_command

sys.exit(run_command(argparse.Namespace(run=lambda _: print("line\\n" * 100_000) or 0), (OSError,)))
"""


def test_a_reader_that_leaves_is_no_failure(tmp_path: Path) -> None:
    script = tmp_path / "talkative.py"
    script.write_text(TALKATIVE, encoding="utf-8")
    command = f"PYTHONPATH={ROOT} {sys.executable} {script} | head -n 1; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "line\n", "")
