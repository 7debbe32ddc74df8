"""Who uses an OPD's bandwidth, as the flow collector tells it: an OPD and a span in, tables with their sums out.

Hosts are personal data (UU 27/2022): nothing of the answer is kept here. The question has a deadline and a size.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from request_tracker.config import FlowsPart, token
from request_tracker.errors import TrackerError

TABLES, DIRECTIONS = ("hosts", "networks", "services"), ("receive", "transmit")
CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 12.0
MAX_BYTES, MAX_ROWS, MAX_NAME = 2**20, 100, 120


@dataclass(frozen=True)
class Share:
    """One row: an address, a network (and where it is, if that is known) or a service, and its bytes."""

    name: str
    bytes: int
    place: str = ""


@dataclass(frozen=True)
class Table:
    """The largest rows; ``rest`` are the bytes that no row names."""

    rows: tuple[Share, ...]
    rest: int


@dataclass(frozen=True)
class Users:
    """One direction of an OPD since a moment (Unix seconds); each table's rows and rest are ``bytes``."""

    since: int
    bytes: int
    tables: Mapping[str, Table]


class Unanswered(TrackerError):
    """The collector could not be asked: ``why`` is unset, silent, refused or unreadable; ``detail`` is its own word."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why, self.detail = why, detail


def users(part: FlowsPart | None, opd: str, span: str, direction: str) -> Users:
    """Ask the collector. Raises Unanswered."""
    if part is None:
        raise Unanswered("unset")
    try:
        return read(_asked(part, opd, span), direction)
    except requests.RequestException as error:
        raise Unanswered("silent", type(error).__name__) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Unanswered("unreadable") from error


def read(found: Any, direction: str) -> Users:
    """One direction of the collector's answer. Raises ValueError, KeyError, TypeError where it is none."""
    tables = {name: _table(found[name][direction]) for name in TABLES}
    total = int(found["bytes"][direction])
    for name, table in tables.items():
        if sum(row.bytes for row in table.rows) + table.rest != total:
            raise ValueError(f"{name}: rows and rest are not the sum")
    return Users(int(found["since"]), total, tables)


def _asked(part: FlowsPart, opd: str, span: str) -> Any:
    try:
        url, head = f"{part.url.rstrip('/')}/top", {"Authorization": f"Bearer {token(part.token)}"}
    except TrackerError as error:
        raise Unanswered("unset", str(error)) from error
    limits = (CONNECT_SECONDS, ANSWER_SECONDS)
    asked = {"opd": opd, "since": span}
    with requests.get(url, asked, headers=head, timeout=limits, stream=True, allow_redirects=False) as answer:
        body = bytearray()
        for piece in answer.iter_content(65_536):
            body += piece
            if len(body) > MAX_BYTES:
                raise ValueError("the answer is too long")
        found = json.loads(body)
        if answer.status_code != 200:
            raise Unanswered("refused", str(found["error"])[:300])
    return found


def _table(found: Any) -> Table:
    rows = tuple(_share(row) for row in found["rows"][:MAX_ROWS])
    return Table(rows, int(found["rest"]))


def _share(row: Any) -> Share:
    return Share(str(row["name"])[:MAX_NAME], int(row["bytes"]), str(row.get("place", ""))[:MAX_NAME])
