"""Alertmanager's silences, by its API v2: what is set there in, silences of ours set and lifted.

Raises requests.RequestException where it does not answer, ValueError, KeyError or TypeError where what it says is not
what the API promises (``UNREADABLE`` names them all).
"""

from collections.abc import Mapping
from typing import Any

import requests

from runtime.bounded_http import Bounds, ask

CREATOR = "lebarpita-tracker"  # By this name our own silences are told from those of people.
UNREADABLE = (requests.RequestException, ValueError, KeyError, TypeError, AttributeError)
ASK_SECONDS = 5.0  # A neighbour in the same office answers at once or is down.
_BOUNDS = Bounds(ASK_SECONDS, ASK_SECONDS, 2**16)  # It answers with one identifier.
# As much as the reconciling reads (``worker``): a bad day's list is far smaller.
_LIST_BOUNDS = Bounds(ASK_SECONDS, 2 * ASK_SECONDS, 16 * 2**20)


def api(address: str) -> str:
    """Where the API is, of an Alertmanager's address."""
    return f"{address.rstrip('/')}/api/v2"


def list_at(url: str) -> list[Any]:
    """A list of the API: silences or alerts."""
    answer = ask("GET", url, _LIST_BOUNDS)
    rows = answer.json() if answer.status == 200 else None
    if not isinstance(rows, list):
        raise ValueError(f"status {answer.status}")
    return rows


def set_silence(base: str, silence: Mapping[str, Any]) -> str:
    """Set a silence, or change the one whose ``id`` it carries; the identity it has now."""
    answer = ask("POST", f"{base}/silences", _BOUNDS, json=silence)
    if answer.status != 200:
        raise ValueError(f"status {answer.status}")
    return str(answer.json()["silenceID"])


def lift_silence(base: str, identity: str) -> None:
    """End a silence."""
    status = ask("DELETE", f"{base}/silence/{identity}", _BOUNDS).status
    if status != 200:
        raise ValueError(f"status {status}")
