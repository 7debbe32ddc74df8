"""Names of application ids (element 95), as exporters tell them in options; kept beside the history.

The file is written by the collector when a name is new, whole or not at all.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from exporter.flows.account.applications import LONGEST_NAME
from runtime.files import write_whole

FILE = "applications.json"


def application_names(folder: Path) -> dict[int, str]:
    """The names that are known; none where nobody told any, or where the file cannot be read."""
    try:
        document = json.loads((folder / FILE).read_bytes())
        return {int(number): str(name)[:LONGEST_NAME] for number, name in document.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def write_names(folder: Path, names: Mapping[int, str]) -> None:
    """Replace the file. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / FILE, json.dumps({str(number): name for number, name in names.items()}).encode())
