"""``lebarpita as PART``: a part's command as the part's own user, with its rights, its settings and its secrets.

Run as root instead, ``shaping apply`` would leave files in the agent's folder that the agent cannot read, and
``tracker init`` a database that the tracker cannot write.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from operations.errors import OperationsError
from operations.install.services import ETC, SERVICES, InstalledPart


def add_commands(commands: Any) -> None:
    """Add this part's command."""
    run = commands.add_parser("as", help="a part's own command as the part's own user: lebarpita as tracker user list")
    run.add_argument("part", choices=[service.name for service in SERVICES])
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND", help="the command with its arguments")
    run.set_defaults(run=_as)


def _as(options: argparse.Namespace) -> int:
    service = next(service for service in SERVICES if service.name == options.part)
    if os.geteuid() != 0:
        raise OperationsError(f"as {options.part}: only root may become {service.unit}; put sudo in front")
    command = command_as(service, options.words, Path(sys.executable).parent)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        raise OperationsError(f"{command[0]}: {error.strerror}; it comes with util-linux") from error


def command_as(service: InstalledPart, words: list[str], programs: Path) -> list[str]:
    """The command line for setpriv(1)."""
    rights = ",".join(f"+{right.removeprefix('CAP_').lower()}" for right in service.rights)
    # Ambient rights are those that also a program without any of its own is started with (capabilities(7)).
    granted = [f"--inh-caps={rights}", f"--ambient-caps={rights}"] if rights else ["--inh-caps=-all"]
    who = [f"--reuid={service.unit}", f"--regid={service.unit}", "--init-groups"]
    program = str(programs / service.command.split()[0])
    return ["setpriv", *who, *granted, "--no-new-privs", program, *words, "--config", str(ETC / service.settings)]
