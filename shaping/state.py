"""What outlives a restart: JSON files in the state directory, replaced whole and fsynced, read back or reported."""

import json
import logging
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
    write_whole(path, json.dumps(body).encode())
