"""What YAML made of the city file, kept beside a part's state, so that the same text is taken apart once only.

Taking 5,000 offices apart with their lines costs seven seconds of CPU, checking them half of one. So the plain values
are kept with their text, and every check is done anew over them: they say nothing that the file does not. Of a changed
text only the entries that changed are taken apart (``city_edits``).
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from inventory.city_edits import TakenApart
from runtime.files import write_whole
from runtime.release import RELEASE

NAME = "city.kept.json"
# A text and its values written as JSON take little more than twice its YAML, of which ``reading`` takes 16 MiB.
_MOST_BYTES = 96 * 2**20


def recall(folder: Path) -> TakenApart | None:
    """What was last kept, by this very release; None where nothing is, or not whole."""
    place = folder / NAME
    with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
        if place.stat().st_size > _MOST_BYTES:
            return None
        head, _, body = place.read_bytes().partition(b"\n")
        if json.loads(head) == _head(body):
            return TakenApart(**json.loads(body))
    return None


def remember(folder: Path, city_text: TakenApart) -> None:
    """Keep it; what JSON cannot say, and a folder that takes nothing, is not kept and nothing else."""
    with suppress(OSError, ValueError, TypeError):
        body = json.dumps(vars(city_text), ensure_ascii=False, allow_nan=False).encode()
        # Not every value comes back from JSON as it was; a city with one that does not is read anew each time.
        if _plain(json.loads(body)["values"]) == _plain(city_text.values):
            write_whole(folder / NAME, json.dumps(_head(body)).encode() + b"\n" + body)


def _head(body: bytes) -> dict[str, str]:
    """By which release, and the hash: disks flip bits."""
    return {"release": RELEASE, "body": hashlib.sha256(body).hexdigest()}


def _plain(values: Any) -> Any:
    """Lists for tuples: JSON has one kind of row."""
    if isinstance(values, dict):
        return {key: _plain(value) for key, value in values.items()}
    return [_plain(value) for value in values] if isinstance(values, list | tuple) else values
