"""A command says which extra it lacks, and passes on what its room answers."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from runtime import programs

# In a process of its own: a package that is taken away here would be missed by other tests.
CALL = "import sys; sys.modules[{package!r}] = None; from runtime import programs; sys.exit(programs.{start}())"


@pytest.mark.parametrize(
    ("start", "package", "program", "extra"),
    [
        ("tracker", "flask", "lebarpita-tracker", "tracker"),
        ("exporter", "numpy", "lebarpita-exporter", "exporter"),
        ("whole", "cryptography", "lebarpita", "all"),
    ],
)
def test_a_room_whose_packages_are_not_there_is_a_sentence(start: str, package: str, program: str, extra: str) -> None:
    call = CALL.format(package=package, start=start)
    ended = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, timeout=120, check=False)
    sentence = f"{program}: the package {package} is not installed; pip install 'lebarpita[{extra}]'"
    assert (ended.returncode, ended.stderr.strip()) == (2, sentence)


@pytest.mark.parametrize(
    "start", [programs.inventory, programs.exporter, programs.shaping, programs.tracker, programs.whole]
)
def test_a_program_prints_its_help(
    start: Callable[[], int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["lebarpita", "--help"])
    with pytest.raises(SystemExit) as ended:
        start()
    assert ended.value.code == 0 and "usage:" in capsys.readouterr().out
