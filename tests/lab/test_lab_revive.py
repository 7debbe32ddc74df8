"""A part that ended itself is started again by the lab, as systemd would; one that was killed stays down."""

import asyncio
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from children import PATIENCE_SECONDS, child

from lab.control import Control
from lab.services import Services
from runtime.supervision import EXIT_CODE


def ended(code: str) -> "subprocess.Popen[bytes]":
    with child([sys.executable, "-c", code]) as process:
        process.wait(PATIENCE_SECONDS)
    return process


def test_only_what_ended_itself_has_fallen(tmp_path: Path) -> None:
    services = Services(tmp_path, {})
    services.running = {
        "tracker": ended(f"raise SystemExit({EXIT_CODE})"),
        "watch": ended("import os; os.kill(os.getpid(), 9)"),
        "snmp": ended("raise SystemExit(1)"),
    }
    assert services.fallen() == ["tracker"]


def test_what_has_fallen_is_launched_and_said(tmp_path: Path) -> None:
    launched: list[str] = []
    said: list[str] = []
    services = SimpleNamespace(fallen=lambda: ["tracker"], launch=launched.append)
    lab = SimpleNamespace(services=services, say=said.append, paths=SimpleNamespace(logs=tmp_path))
    asyncio.run(Control.revive(lab))  # type: ignore[arg-type]  # no namespaces are needed for this
    assert launched == ["tracker"]
    assert said == [f"service tracker ended by itself and is started again; {tmp_path}/tracker.log says why"]
