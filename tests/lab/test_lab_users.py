"""The lab as an ordinary user of Debian starts it: no directory of system programs on the PATH."""

from pathlib import Path

import pytest

from lab.client import Lab
from lab.options import Options
from lab.paths import Paths
from lab.start import end, launch

pytestmark = pytest.mark.lab


def test_a_lab_starts_where_path_has_no_directory_of_system_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``tc``, ``nft`` and ``snmpd`` stand in /usr/sbin, which only root's PATH has on Debian."""
    monkeypatch.setenv("PATH", "/usr/local/bin:/usr/bin:/bin")
    process = launch(Paths(tmp_path / "lab"), Options(stack=False, hour=None), leash=True)
    try:
        assert Lab(Paths(tmp_path / "lab")).run("dinkes", "tc", "-V", timeout=120).code == 0
    finally:
        end(process)
