"""The commands of the SNMP part: ``poll``, ``walk``, ``record`` and ``bench snmp``."""

from typing import Any

from exporter.snmp import poll, walk
from exporter.snmp.recording import command as recording
from exporter.snmp.testing import bench as benchmark


def add_commands(commands: Any, bench: Any) -> None:
    """Add this part's commands to ``commands`` and its benchmark to ``bench``."""
    walk.add_command(commands)
    poll.add_command(commands)
    recording.add_command(commands)
    benchmark.add_bench(bench)
