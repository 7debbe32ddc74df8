"""Files onto a disk and off it again: a list of them and a root folder in, what was done out.

What was laid down stands in a list with its sum. So a second ``install`` brings what is new, keeps what a person has
changed (the new text stands beside it), and ``uninstall`` takes away what is ours and nothing else.
"""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from operations.errors import OperationsError
from operations.install.services import ETC, SECRETS, SystemFile

LIST = ETC / "installed.json"
# Where the text of a new release is put that a person's own change stands in the way of.
BESIDE = ".from-lebarpita"
PRIVATE = ("secrets", "tls")
# 32 bytes from the kernel as 43 letters: text, because they travel in headers (runtime.secrets).
_SECRET_BYTES = 32


def lay(root: Path, files: Iterable[SystemFile]) -> Iterator[str]:
    """Write every file; yields a line for each that was not simply written. Raises OperationsError."""
    before, now = _listed(root), dict[str, str]()
    for file in files:
        name, target, sum = str(file.place), within(root, file.place), _sum(file.content.encode())
        now[name] = sum
        if target.exists() and file.once:
            yield f"{name}: the office's own, left as it is"
        elif target.exists() and _sum(target.read_bytes()) not in (before.get(name), sum):
            now[name] = before.get(name, sum)
            _write(target.with_name(target.name + BESIDE), file.content, file.mode)
            yield f"{name}: changed by hand and left as it is; what it would be now stands in {name}{BESIDE}"
        else:
            _write(target, file.content, file.mode)
    _write(within(root, LIST), json.dumps({**before, **now}, indent=1, sort_keys=True) + "\n", 0o644)


def lay_secrets(root: Path, names: Iterable[str]) -> list[str]:
    """Make every secret that is not there yet, readable by root alone; the names of those that were made."""
    made = [name for name in names if not within(root, SECRETS / name).exists()]
    for name in made:
        _write(within(root, SECRETS / name), secrets.token_urlsafe(_SECRET_BYTES) + "\n", 0o600)
    return made


def lay_once(root: Path, place: PurePosixPath, content: str, mode: int) -> bool:
    """Write a file that nobody has written yet; whether it was."""
    target = within(root, place)
    if target.exists():
        return False
    _write(target, content, mode)
    return True


def take_away(root: Path, settings_too: bool) -> Iterator[str]:
    """Remove what ``lay`` wrote; yields a line for each that stays. ``settings_too``: settings and secrets as well."""
    listed = _listed(root)
    if not listed:
        raise OperationsError(f"{within(root, LIST)}: is not there; nothing was installed here")
    for name, sum in listed.items():
        target = within(root, PurePosixPath(name))
        target.with_name(target.name + BESIDE).unlink(missing_ok=True)
        own = PurePosixPath(name).is_relative_to(ETC)
        if not target.exists() or (own and settings_too):
            continue
        if own or _sum(target.read_bytes()) != sum:
            yield f"{name}: stays; {'settings of the office' if own else 'changed by hand'}"
            continue
        target.unlink()
        _tidy(target.parent, root)
    if settings_too:
        shutil.rmtree(within(root, ETC))
    else:
        within(root, LIST).unlink()


def within(root: Path, place: PurePosixPath) -> Path:
    """A place of the system under the root folder."""
    return root / place.relative_to("/")


def _listed(root: Path) -> dict[str, str]:
    try:
        content = json.loads(within(root, LIST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise OperationsError(f"{within(root, LIST)}: cannot be read: {error}; nothing was done") from error
    return {str(name): str(sum) for name, sum in content.items()}


def _write(target: Path, content: str, mode: int) -> None:
    """Whole or not at all, with its rights from the first byte on."""
    try:
        _make_folder(target.parent)
        half = target.with_name(f".{target.name}.half")
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            # The umask may have taken rights that a file for everybody needs.
            os.fchmod(file.fileno(), mode)
            file.write(content)
        half.replace(target)
    except OSError as error:
        raise OperationsError(f"{target}: cannot be written: {error.strerror}; install as root, or --root") from error


def _make_folder(folder: Path) -> None:
    """The folder and those above it; those of secrets are root's alone before anything stands in them."""
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(0o700 if folder.name in PRIVATE else 0o755)


def _tidy(folder: Path, root: Path) -> None:
    """Folders of ours that are empty now: drop-ins and rules; never one of the system's."""
    while (folder != root and folder.name in ("lebarpita", "rules")) or folder.name.endswith(".service.d"):
        if any(folder.iterdir()):
            return
        folder.rmdir()
        folder = folder.parent


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
