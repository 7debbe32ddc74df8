"""``lebarpita reload``: a changed city file in, every part of this machine told to read it anew out. Nothing stops."""

import argparse
import subprocess
from typing import Any

from inventory.reading import read_city
from operations.errors import OperationsError
from operations.install.services import ETC, SERVICES

CITY = ETC / "city.yaml"


def add_commands(commands: Any) -> None:
    """Add this part's command."""
    reload = commands.add_parser("reload", help="check the city file, then have every running part read it anew")
    reload.add_argument("--city", default=str(CITY), metavar="FILE", help="the file to check (default: %(default)s)")
    reload.set_defaults(run=_reload)


def _reload(options: argparse.Namespace) -> int:
    # First: a file in error is said here, to whoever changed it, and no part is asked.
    offices = len(read_city(options.city).opds)
    units = [service.unit for service in SERVICES if _answer("is-active", "--quiet", service.unit) == 0]
    if not units:
        raise OperationsError("no lebarpita unit runs here; in Compose: docker compose kill --signal SIGHUP SERVICE")
    failed = [unit for unit in units if _answer("reload", unit) != 0]
    if failed:
        raise OperationsError(f"{', '.join(failed)}: could not be told; systemctl status {failed[0]} says why")
    print(f"{options.city}: {offices} offices, right; told to read it: {', '.join(units)}")
    print("a part that refuses it logs event=config_refused and goes on with the one before (LebarpitaConfigRefused)")
    return 0


def _answer(*words: str) -> int:
    try:
        return subprocess.run(["systemctl", *words], check=False).returncode
    except OSError as error:
        raise OperationsError(f"systemctl: {error.strerror}; send SIGHUP to each part by hand") from error
