"""Ending the parts of ``serve``: asked first, killed where one does not end."""

import signal
import subprocess
import sys

import pytest
from children import child

from exporter import cli

DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
READY = "import time; print('ready', flush=True); time.sleep(600)"


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
