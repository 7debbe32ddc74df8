"""What YAML made of the city file, kept beside a part's state, so that the same text is taken apart once only.

Taking 5,000 offices apart with their lines costs seven seconds of CPU, checking them half of one. So the plain values
are kept under the text's hash, and every check is done anew over them: they say nothing that the file does not.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from runtime.files import write_whole
from runtime.release import RELEASE

NAME = "city.kept.json"
# Values written as JSON take little more than their YAML, of which ``reading`` takes 16 MiB.
_MOST_BYTES = 64 * 2**20


def recall(folder: Path, text: str) -> Any:
    """The values of that very text, by this very release; None where they are not kept, or not whole."""
    place = folder / NAME
    with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
        if place.stat().st_size > _MOST_BYTES:
            return None
        head, _, body = place.read_bytes().partition(b"\n")
        if json.loads(head) == _head(text, body):
            return json.loads(body)
    return None


def remember(folder: Path, text: str, values: Any) -> None:
    """Keep them; what JSON cannot say, and a folder that takes nothing, is not kept and nothing else."""
    with suppress(OSError, ValueError, TypeError):
        body = json.dumps(values, ensure_ascii=False, allow_nan=False).encode()
        # Not every value comes back from JSON as it was; a city with one that does not is read anew each time.
        if _plain(json.loads(body)) == _plain(values):
            write_whole(folder / NAME, json.dumps(_head(text, body)).encode() + b"\n" + body)


def _head(text: str, body: bytes) -> dict[str, str]:
    """Whose values these are; their own hash too, because a disk flips bits."""
    hashes = {"text": hashlib.sha256(text.encode()).hexdigest(), "values": hashlib.sha256(body).hexdigest()}
    return {"release": RELEASE, **hashes}


def _plain(values: Any) -> Any:
    """Lists for tuples: JSON has one kind of row."""
    if isinstance(values, dict):
        return {key: _plain(value) for key, value in values.items()}
    return [_plain(value) for value in values] if isinstance(values, list | tuple) else values
