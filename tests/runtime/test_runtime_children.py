"""Ending a child: asked first, killed where it does not end."""

import signal
import subprocess
import sys

import pytest
from children import child

from runtime.children import end

DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
READY = "import time; print('ready', flush=True); time.sleep(600)"


@pytest.mark.parametrize(("code", "ended"), [(READY, -signal.SIGTERM), (DEAF, -signal.SIGKILL)])
def test_a_child_is_no_more_whether_it_listens_or_not(code: str, ended: int) -> None:
    with child([sys.executable, "-c", code], stdout=subprocess.PIPE) as started:
        assert started.stdout is not None and started.stdout.readline() == b"ready\n"
        end(started, seconds=5 if code is READY else 0.1)
        assert (started.returncode, started.stdout.closed) == (ended, True)
