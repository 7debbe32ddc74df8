"""Ending a child of a benchmark or a part of ``serve``: asked first, killed where it does not end."""

import signal
import subprocess
import sys

import pytest
from children import child

from exporter import cli, processes

DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
READY = "import time; print('ready', flush=True); time.sleep(600)"


@pytest.mark.parametrize(("code", "ended"), [(READY, -signal.SIGTERM), (DEAF, -signal.SIGKILL)])
def test_a_child_is_no_more_whether_it_listens_or_not(code: str, ended: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_ENDING_SECONDS", 5 if code is READY else 0.1)
    with child([sys.executable, "-c", code], stdout=subprocess.PIPE) as started:
        assert started.stdout is not None and started.stdout.readline() == b"ready\n"
        processes.end(started)
        assert (started.returncode, started.stdout.closed) == (ended, True)


def test_serve_waits_for_its_parts_together_and_kills_one_that_does_not_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "ENDING_SECONDS", 5.0)
    deaf, ready = ([sys.executable, "-c", code] for code in (DEAF, READY))
    with child(deaf, stdout=subprocess.PIPE) as first, child(ready, stdout=subprocess.PIPE) as second:
        parts = {"flows": first, "watch": second}
        for part in parts.values():
            assert part.stdout is not None and part.stdout.readline() == b"ready\n"
        cli._end(parts)
        assert [part.returncode for part in parts.values()] == [-signal.SIGKILL, -signal.SIGTERM]
    assert capsys.readouterr().err == "flows did not end within 5 s and is killed\n"
