"""What outlives a restart: JSON files in the state directory, replaced whole and fsynced, read back or reported."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runtime.files import write_whole

log = logging.getLogger(__name__)


def load(path: Path) -> Any:
    """The content of a file; None where it is not there or cannot be read, which is logged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        # Not set aside: the tracker has the original, and the next save replaces it.
        log.error("event=state_unreadable path=%s reason=%r", path, str(error))
        return None


def save(path: Path, body: Any) -> None:
    """Replace a file in one step: after a power cut it holds the old content or the new. Raises OSError."""
    write_whole(path, as_json(body))


def as_json(body: Any) -> bytes:
    """A body as it stands in a file."""
    return json.dumps(body).encode()


def save_twice(path: Path, body: Any) -> None:
    """Two files of the same content, one after the other: whatever becomes of one, the other is whole."""
    for place in (path, _copy(path)):
        save(place, body)


def load_either(path: Path, sound: Callable[[Any], bool]) -> Any:
    """The first of the two that can be read and is ``sound``; None where neither is."""
    for place in (path, _copy(path)):
        body = load(place)
        if body is not None and sound(body):
            return body
    return None


def _copy(path: Path) -> Path:
    return path.with_name(f"{path.stem}-copy{path.suffix}")
