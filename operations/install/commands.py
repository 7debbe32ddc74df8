"""``lebarpita install`` and ``lebarpita uninstall``: answers on the command line in, a machine that is ready out."""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Any

from inventory.reading import read_city
from operations.errors import OperationsError
from operations.install import laying, monitoring, site
from operations.install.next_steps import next_steps
from operations.install.services import ETC, SERVICES, Installation
from operations.install.system_files import SECRET_NAMES, system_files

# A name of a host as a certificate carries it: at most 64 letters (X.520, common name).
_HOST = re.compile(r"(?=.{1,64}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
TIMERS = ("backup", "ship", "drill", "verify")
# Folders that ProtectHome= hides from every unit.
_HIDDEN = ("/home", "/root", "/run/user")


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    install = commands.add_parser("install", help="lay down users, units, timers, settings, secrets and the site")
    install.add_argument("--city", required=True, metavar="FILE", help="the checked city file")
    install.add_argument("--host", required=True, metavar="NAME", help="the site's name, as in bandwidth.kota.go.id")
    install.add_argument("--uplink", metavar="NAME", help="shape this uplink of the city from this machine")
    install.add_argument("--programs", metavar="FOLDER", help="where our programs are (default: this Python's)")
    install.set_defaults(run=_install)
    away = commands.add_parser("uninstall", help="take away what install laid down; data stays")
    away.add_argument("--settings", action="store_true", help="settings, certificate and secrets too")
    away.set_defaults(run=_uninstall)
    for command in (install, away):
        command.add_argument("--root", metavar="FOLDER", default="/", help="try it in a folder instead of the system")


def _install(options: argparse.Namespace) -> int:
    root = Path(options.root)
    office = Installation(options.host, _programs(options, root), options.uplink)
    city = _city(options)
    if not _HOST.fullmatch(office.host):
        raise OperationsError(f"--host {office.host!r}: is no name of a host; write it as bandwidth.kota.go.id")
    laying.lay_once(root, monitoring.ALERTS, monitoring.alert_settings(office), 0o640)
    alerts = monitoring.read_alerts(laying.within(root, monitoring.ALERTS), Path(options.city), bool(office.uplink))
    for line in laying.lay(root, system_files(office, alerts)):
        print(line)
    made = laying.lay_secrets(root, SECRET_NAMES)
    laying.lay_once(root, ETC / "city.yaml", city, 0o640)
    certificate, key = site.first_certificate(office.host)
    # The key first: nginx never finds a certificate of another key.
    if laying.lay_once(root, site.KEY, key, 0o600):
        laying.lay_once(root, site.CERTIFICATE, certificate, 0o644)
    print(f"secrets made: {', '.join(made) or 'none, all were there'}")
    for command in _system_commands(root):
        _run(command)
    print("What to do next:")
    print("\n".join(next_steps(office, city)))
    return 0


def _uninstall(options: argparse.Namespace) -> int:
    root = Path(options.root)
    if root == Path("/"):
        units = [f"{service.unit}.service" for service in SERVICES]
        units += ["lebarpita-flows.socket", *(f"lebarpita-{name}.timer" for name in TIMERS)]
        # Where one was never enabled systemctl says so and goes on.
        subprocess.run(["systemctl", "disable", "--now", *units], check=False)
    for line in laying.take_away(root, options.settings):
        print(line)
    if root == Path("/"):
        _run(("systemctl", "daemon-reload"))
    print("what stays: users, and the data in /var/lib/lebarpita-*; remove it by hand when nobody needs it any more")
    return 0


def _programs(options: argparse.Namespace, root: Path) -> PurePosixPath:
    """Where our programs are, as every unit will see it. Raises OperationsError where it cannot."""
    folder = Path(options.programs or Path(sys.executable).parent).absolute()
    if root == Path("/") and str(folder).startswith(_HIDDEN):
        raise OperationsError(
            f"{folder}: stands where no unit can look (ProtectHome=); make the environment /opt/lebarpita"
        )
    if not (folder / "lebarpita-exporter").exists():
        raise OperationsError(f"{folder}: has no lebarpita-exporter; install the package there, or name --programs")
    return PurePosixPath(folder)


def _city(options: argparse.Namespace) -> str:
    """The text of the city file, checked whole. Raises InventoryError or OperationsError."""
    names = {uplink.name for uplink in read_city(options.city).uplinks}
    if options.uplink and options.uplink not in names:
        raise OperationsError(f"--uplink {options.uplink}: {options.city} has {', '.join(sorted(names))}")
    return Path(options.city).read_text(encoding="utf-8")


def _system_commands(root: Path) -> list[tuple[str, ...]]:
    """What makes users and owners of the files. In a folder only as root: owners are root's to give."""
    where = () if root == Path("/") else (f"--root={root.absolute()}",)
    # By the name alone, which both programs look for under the root; a path they would take for the system's.
    users = ("systemd-sysusers", *where, "lebarpita.conf")
    commands = [users, ("systemd-tmpfiles", *where, "--create", "lebarpita.conf")]
    if os.geteuid() != 0 or shutil.which("systemd-sysusers") is None:
        print("users and owners were not made: this needs root and systemd")
        return []
    return commands if where else [*commands, ("systemctl", "daemon-reload")]


def _run(command: tuple[str, ...]) -> None:
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise OperationsError(f"{' '.join(command)}: {error}; the files stand, run it by hand") from error
