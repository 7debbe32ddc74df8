"""snmp_exporter as the peer of tests and benchmarks: logins in, its configuration out, and the program started on it.

Debian ships snmp_exporter without a configuration (the MIBs are not free), so one is written from our own columns.
"""

import contextlib
import functools
import io
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from exporter.snmp.drop_in.if_mib_columns import COLUMNS, IF_X_TABLE, INTERFACES, TYPE_NAMES, IfMibColumn
from exporter.snmp.engines.interface import Login
from runtime.children import end

# Twenty tries a second for two minutes: a busy machine starts late, and one that ends ends the wait.
_TRIES = 2400
PROGRAM = "/usr/bin/prometheus-snmp-exporter"
# What the login is called in the file, and in a request's ``auth`` (which releases before 0.23 do not read).
AUTH = "login"
# From here on logins stand beside the modules, no longer inside them (snmp_exporter, auth-split-migration).
_LOGINS_APART = (0, 23)
_LOOKUPS = {"ifAlias": f"{IF_X_TABLE}.1.18", "ifDescr": f"{INTERFACES}.2.1.2", "ifName": f"{IF_X_TABLE}.1.1"}
_LEVELS = {(False, False): "noAuthNoPriv", (True, False): "authNoPriv", (True, True): "authPriv"}


def configuration(
    login: Login, columns: Sequence[IfMibColumn] = COLUMNS, walk: Sequence[str] = (INTERFACES, IF_X_TABLE)
) -> str:
    """snmp.yml with one module ``if_mib`` of those columns for that login, in the form that this release reads."""
    module: dict[str, Any] = {
        "walk": list(walk),
        "get": [f"{column.oid}.0" for column in columns if column.scalar],
        "metrics": [_metric(column) for column in columns],
        "timeout": "2s",
    }
    version = {"1": 1, "2c": 2, "3": 3}[login.version]
    apart = {"auths": {AUTH: {"version": version, **_auth(login)}}, "modules": {"if_mib": module}}
    together = {"if_mib": module | {"version": version, "auth": _auth(login)}}
    text = io.StringIO()
    YAML(typ="safe").dump(apart if release() >= _LOGINS_APART else together, text)
    return text.getvalue()


@functools.cache
def release() -> tuple[int, int]:
    """The installed program's release, as it writes it itself: (0, 21) on Debian 12, (0, 28) on Debian 13."""
    # Some releases write it to the one stream, some to the other.
    done = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True, timeout=60)
    major, minor = (done.stdout + done.stderr).split("version ", 1)[1].split(".")[:2]
    return int(major), int(minor)


def _metric(column: IfMibColumn) -> dict[str, Any]:
    kinds = {"type": "EnumAsInfo", "address": "PhysAddress48", "number": column.kind}
    text = f"{column.text} - {column.oid}"
    metric: dict[str, Any] = {"name": column.name, "oid": column.oid, "type": kinds[column.shape], "help": text}
    if column.shape == "type":
        metric["enum_values"] = dict(TYPE_NAMES)
    if not column.scalar:
        metric["indexes"] = [{"labelname": "ifIndex", "type": "gauge"}]
        metric["lookups"] = [
            {"labels": ["ifIndex"], "labelname": name, "oid": oid, "type": "DisplayString"}
            for name, oid in _LOOKUPS.items()
        ]
    return metric


def _auth(login: Login) -> dict[str, str]:
    if login.version != "3":
        return {"community": login.community}
    auth = {"username": login.user, "security_level": _LEVELS[bool(login.auth), bool(login.privacy)]}
    if login.auth:
        auth |= {"password": login.auth_key, "auth_protocol": login.auth.replace("-", "")}
    if login.privacy:
        auth |= {"priv_password": login.privacy_key, "priv_protocol": login.privacy.replace("-", "")}
    return auth


@contextlib.contextmanager
def snmp_exporter(folder: Path, port: int, text: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the peer on 127.0.0.1 until the block ends; the file with its secrets is readable by us alone."""
    path = folder / "snmp.yml"
    # Before the secrets are in it.
    path.touch(mode=0o600)
    path.write_text(text)
    command = [PROGRAM, f"--config.file={path}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        _await(f"http://127.0.0.1:{port}/", child)
        yield child
    finally:
        end(child)


def fetch(url: str, seconds: float = 10.0) -> str:
    """The text of a page on loopback. Raises OSError."""
    with urllib.request.urlopen(url, timeout=seconds) as answer:
        return str(answer.read().decode())


def _await(url: str, child: "subprocess.Popen[bytes]") -> None:
    for _ in range(_TRIES):
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            fetch(url)
            return
        if child.poll() is not None:
            break
        time.sleep(0.05)
    raise OSError(f"{PROGRAM} does not answer at {url}")
