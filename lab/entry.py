"""The command that enters a private set of namespaces, the same for every user; with sudo only where it must be."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from lab import LabError

# --kill-child and --pid: whatever happens to us, the kernel ends everything inside.
_PRIVATE = ("--net", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc")
# A kernel may allow the namespaces and refuse what is done in them (AppArmor on Ubuntu 24.04): so it is tried.
_PROBE = ("sh", "-c", "mount -t tmpfs tmpfs /run && ip link set dev lo up")


def entry(say: Callable[[str], None]) -> list[str]:
    """The words that go before the inner half. Raises LabError where the machine allows none."""
    for tool in ("unshare", "ip", "tc"):
        if shutil.which(tool, path=search_path()) is None:
            raise LabError(f"the program {tool} is missing; run: lab/packages demo")
    plain = ["unshare", "--user", "--map-root-user", *_PRIVATE]
    refused = _refusal(plain)
    if refused is None:
        return plain
    # Root needs no namespace of users, which a chroot or a container may refuse.
    if os.getuid() == 0 and _refusal(["unshare", *_PRIVATE]) is None:
        return ["unshare", *_PRIVATE]
    if os.getuid() == 0 or shutil.which("sudo") is None:
        raise LabError(f"{_reason()}: {refused}; run it as a user who may, or with sudo")
    say(f"{_reason()}; using sudo for the lab alone")
    return ["sudo", "--", "unshare", *_PRIVATE]


def search_path() -> str:
    """PATH with the directories of system programs, which an ordinary user's PATH may lack."""
    return os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"


def _refusal(words: list[str]) -> str | None:
    process = subprocess.run(
        [*words, *_PROBE], capture_output=True, text=True, check=False, env={**os.environ, "PATH": search_path()}
    )
    return None if process.returncode == 0 else (process.stderr.strip().splitlines() or ["no reason given"])[-1]


def _reason() -> str:
    for setting, value in (("apparmor_restrict_unprivileged_userns", "1"), ("unprivileged_userns_clone", "0")):
        file = Path("/proc/sys/kernel") / setting
        if file.exists() and file.read_text().strip() == value:
            return f"unprivileged user namespaces are restricted here (kernel.{setting}={value})"
    return "user namespaces cannot be made here"
