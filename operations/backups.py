"""``lebarpita backup``: a folder in, the tracker's backup of the moment in it and the oldest thrown away out."""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from operations.errors import OperationsError

# Two weeks of nights: a mistake is found within a few days, and holidays are long.
KEPT = 14
_NAME = re.compile(r"lebarpita-\d{8}T\d{6}Z\.zip")


def add_commands(commands: Any) -> None:
    """Add this part's command."""
    backup = commands.add_parser("backup", help="the tracker's backup under the moment's name; the oldest are removed")
    backup.add_argument("--config", required=True, metavar="FILE", help="tracker.yaml")
    backup.add_argument("--folder", required=True, metavar="FOLDER", help="where backups are kept")
    backup.add_argument("--keep", type=int, default=KEPT, metavar="N", help="how many are kept (default: %(default)s)")
    backup.set_defaults(run=_backup)


def _backup(options: argparse.Namespace) -> int:
    folder = Path(options.folder)
    if options.keep < 1:
        raise OperationsError(f"--keep {options.keep}: at least the newest is kept; write 1 or more")
    target = folder / backup_name(datetime.now(UTC))
    command = [sys.executable, "-m", "request_tracker.cli", "backup", str(target), "--config", options.config]
    # By its own command: no room reaches into another's database.
    if (code := subprocess.run(command, check=False).returncode) != 0:
        # What is there stays: an old backup is better than none.
        return code
    for path in superfluous(folder.iterdir(), options.keep):
        path.unlink()
        print(f"{path}: removed, {options.keep} newer ones are there")
    return 0


def backup_name(now: datetime) -> str:
    """The name of the moment, so that names in their order are moments in theirs."""
    return f"lebarpita-{now:%Y%m%dT%H%M%SZ}.zip"


def superfluous(paths: Iterable[Path], keep: int) -> list[Path]:
    """The backups beyond the newest ``keep``, by their names; what is no backup of ours is never among them."""
    ours = sorted((path for path in paths if _NAME.fullmatch(path.name)), key=lambda path: path.name)
    return ours[:-keep]
