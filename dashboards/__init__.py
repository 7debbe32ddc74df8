"""Grafana boards as code: builders in, committed JSON in ``boards/`` out. Never asks a network device anything."""

from pathlib import Path

ROOM = Path(__file__).parent
# The directory of the committed boards; file provisioning and ``publish`` both read it.
BOARDS = ROOM / "boards"
