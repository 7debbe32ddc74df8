"""What the child is given and what it answers: a kind's key and a file in bytes, the clean file in bytes.

It stands apart from ``upload_check`` so that the child, which is started for every file, imports no configuration.
"""

import json

from request_tracker.store.uploads.faults import CleanFile
from request_tracker.store.uploads.kinds import KINDS

_END_OF_HEAD = b"\n"


def task_of(key: str, content: bytes) -> bytes:
    """What ``examined`` is given: a kind's key, and the file."""
    return key.encode() + _END_OF_HEAD + content


def examined(task: bytes) -> bytes:
    """What the child does. Raises Spoiled with the reason, and nothing else whatever the file holds."""
    key, _, content = task.partition(_END_OF_HEAD)
    clean = KINDS[key.decode()].examine(content)
    return json.dumps([clean.ending, clean.mime]).encode() + _END_OF_HEAD + clean.content


def clean_file(answer: bytes) -> CleanFile:
    """What ``examined`` has answered."""
    head, _, content = answer.partition(_END_OF_HEAD)
    return CleanFile(content, *json.loads(head))
