"""A process that writes the evidence is killed at any moment, many times, and no whole line is lost."""

import random
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from children import child, until
from evidences import UPLINK
from tree import ROOT

from shaping.evidence.check import check_files
from shaping.evidence.files import EvidenceFiles, quarter_files

# Hours as fast as the disk takes them: nearly every moment is one in which a line is being written.
WRITER = """
import sys
from pathlib import Path
from inventory.reading import read_city
from shaping.evidence.duty import EvidenceDuty
wall = [float(sys.argv[2])]
duty = EvidenceDuty(
    read_city("inventory/example/city.yaml"), sys.argv[3], Path(sys.argv[1]), lambda: wall[0], lambda: wall[0]
)
while True:
    duty.write()
    wall[0] += 3600
"""
BEGIN, KILLS = 1_796_000_000, 8


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in quarter_files(folder))


def is_larger(folder: Path, before: int) -> bool:
    return size(folder) > before


def test_a_writer_that_is_killed_at_any_moment_loses_no_whole_line(tmp_path: Path) -> None:
    folder, dice, whole = tmp_path / "evidence", random.Random(16), b""
    for _ in range(KILLS):
        before = size(folder)
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(BEGIN), UPLINK]
        with child(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
            until(partial(is_larger, folder, before), "another line", process)
            time.sleep(dice.uniform(0, 0.05))
            process.send_signal(signal.SIGKILL)
            process.wait()
        EvidenceFiles(folder, UPLINK).end()
        now = b"".join(path.read_bytes() for path in quarter_files(folder))
        assert now.startswith(whole) and len(now) > len(whole)
        assert not check_files(quarter_files(folder)).faults
        whole = now
