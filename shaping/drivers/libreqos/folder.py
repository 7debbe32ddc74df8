"""LibreQoS's folder: both files read, replaced one after the other, and taken back where one of the steps fails.

Nodes come before the rows that name them and go after them, so that LibreQoS reads a whole plan at whatever moment.
"""

import fcntl
import os
import stat
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runtime.files import write_whole
from shaping.drivers.base import LibreQosAccess
from shaping.drivers.libreqos import sheet, tree
from shaping.drivers.libreqos.circuits import LibreQosTag
from shaping.drivers.libreqos.wanted import FilePair
from shaping.errors import ShapingError

# What LibreQoS copies its sheet to at the end of a whole reading: 2.0 and 2.1 beside it, 2.2 in its state folder.
_COPIES = ("ShapedDevices.lastLoaded.csv", "../state/shaping/ShapedDevices.lastLoaded.csv")
# A reading of LibreQoS takes some ten seconds for thousands of circuits; what takes a minute has stopped.
_RELOAD_SECONDS = 60.0
# As the files of LibreQoS are made: everybody may read them.
_MODE = 0o644
# Of a command's own words in a sentence.
_SHOWN = 200


def write_file(path: Path, content: bytes) -> None:
    """Whole or not at all, with the rights that the file had. Raises OSError."""
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else _MODE
    write_whole(path, content, mode)


def run_command(words: Sequence[str]) -> None:
    """Raises ShapingError unless it ended well and in time."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_RELOAD_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ShapingError(f"reload: {words[0]} had not ended after {_RELOAD_SECONDS:.0f} s") from error
    except OSError as error:
        raise ShapingError(f"reload: {words[0]} cannot be run: {error.strerror}") from error
    if done.returncode:
        text = done.stderr.decode(errors="replace").strip()[-_SHOWN:]
        raise ShapingError(f"reload: {words[0]} ended with {done.returncode}: {text or 'it says nothing'}")


@dataclass(frozen=True)
class FolderState:
    """Both files: their bytes (None where one is not there), and what they say. ``copy``: LibreQoS's, and its time."""

    content: Mapping[str, bytes | None]
    sheet: sheet.DeviceSheet
    tree: tree.Tree
    copy: Mapping[str, object] | None = None
    copy_at: float = 0.0
    sheet_at: float = 0.0

    @property
    def ours(self) -> FilePair:
        """What is ours in them."""
        return FilePair(self.sheet.ours, self.tree.ours)


@dataclass(frozen=True)
class Folder:
    """``write`` and ``run`` are the only ways in which anything is changed."""

    access: LibreQosAccess
    tag: LibreQosTag
    write: Callable[[Path, bytes], None] = write_file
    run: Callable[[Sequence[str]], None] = run_command

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While no other agent of ours writes here; LibreQoS itself knows no lock. Raises ShapingError."""
        try:
            handle = os.open(self.access.directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise self._unreadable(self.access.directory, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def read(self) -> FolderState:
        """Both files and LibreQoS's own copy. Raises ShapingError."""
        if not self.access.directory.is_dir():
            step = "libreqos: directory: of shaping.yaml must be LibreQoS's folder, /opt/libreqos/src as it comes"
            raise ShapingError(f"{self.access.directory} is no folder; {step}")
        content = {name: self._bytes(name) for name in (sheet.FILE, tree.FILE)}
        rows = sheet.read_sheet(self._text(sheet.FILE, content[sheet.FILE]), self.tag)
        nodes = tree.read_tree(self._text(tree.FILE, content[tree.FILE]), self.tag)
        copy, copy_at = self._copy()
        return FolderState(content, rows, nodes, copy, copy_at, self._time(self.access.directory / sheet.FILE))

    def replace(self, state: FolderState, pair: FilePair) -> None:
        """Ours becomes this. Raises ShapingError; the files are then as they were in ``state``."""
        tried: list[str] = []
        try:
            for name, text in _steps(state, pair):
                tried.append(name)
                self.write(self.access.directory / name, text.encode())
            if tried and self.access.reload:
                self.run(self.access.reload)
        except (OSError, ShapingError) as error:
            self._taken_back(state, tried, _reason(error))

    def _taken_back(self, state: FolderState, tried: Sequence[str], reason: str) -> None:
        """Whatever of it was written: rows first, since they name nodes. Always raises."""
        try:
            for name in (sheet.FILE, tree.FILE):
                before = state.content[name]
                if name in tried and before is not None:
                    self.write(self.access.directory / name, before)
                elif name in tried:
                    (self.access.directory / name).unlink(missing_ok=True)
            if self.access.reload:
                self.run(self.access.reload)
        except (OSError, ShapingError) as error:
            raise ShapingError(f"{reason}; and the state before it was not made again: {_reason(error)}") from error
        raise ShapingError(f"{reason}; the state before it was made again")

    def _bytes(self, name: str) -> bytes | None:
        try:
            return (self.access.directory / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(self.access.directory / name, error) from error

    def _text(self, name: str, content: bytes | None) -> str:
        try:
            return (content or b"").decode()
        except UnicodeDecodeError as error:
            raise ShapingError(f"{self.access.directory / name} is not UTF-8; save it as UTF-8") from error

    def _copy(self) -> tuple[Mapping[str, object] | None, float]:
        """The newest copy; what cannot be read says nothing."""
        paths = [self.access.directory / name for name in _COPIES]
        newest = max(paths, key=self._time)
        try:
            text = newest.read_text(encoding="utf-8")
            return sheet.read_sheet(text, self.tag).ours, self._time(newest)
        except (OSError, UnicodeDecodeError, ShapingError):
            return None, 0.0

    def _time(self, path: Path) -> float:
        try:
            return path.stat().st_mtime
        except OSError:
            return 0.0

    def _unreadable(self, path: Path, error: OSError) -> ShapingError:
        return ShapingError(f"{path} cannot be read: {error.strerror}; the agent's user must read and write there")


def _steps(state: FolderState, pair: FilePair) -> Iterator[tuple[str, str]]:
    """Files to write and their text; another order or indent of somebody's is no reason to write his file anew."""
    now = state.ours
    between = {**now.nodes, **pair.nodes}
    if between != now.nodes:
        yield tree.FILE, state.tree.text(between)
    if pair.circuits != now.circuits:
        yield sheet.FILE, state.sheet.text(pair.circuits)
    if pair.nodes != between:
        yield tree.FILE, state.tree.text(pair.nodes)


def _reason(error: OSError | ShapingError) -> str:
    return f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
