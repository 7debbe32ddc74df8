"""Who uses an OPD's bandwidth, as the flow collector tells it: an OPD and a span in, tables with their sums out.

Hosts are personal data (UU 27/2022): nothing of the answer is kept here. The question has a deadline and a size.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from request_tracker.config import FlowCollectorPart, token
from request_tracker.errors import TrackerError

TABLES, DIRECTIONS = ("hosts", "networks", "services"), ("receive", "transmit")
# A neighbour in the office connects at once or is down; it may search for as long as a person waits at a page.
CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 12.0
# A page of a hundred rows is what a person reads; each is an address or a name of at most 120 letters, far below 1 MiB.
MAX_BYTES, MAX_ROWS, MAX_NAME = 2**20, 100, 120
# The collector's own sentence on a page: two lines.
MAX_ERROR = 300


@dataclass(frozen=True)
class Share:
    """One row: an address, a network (and where it is, if that is known) or a service, and its bytes."""

    name: str
    bytes: int
    place: str = ""


@dataclass(frozen=True)
class HostTable:
    """The largest rows; ``rest`` are the bytes that no row names."""

    rows: tuple[Share, ...]
    rest: int


@dataclass(frozen=True)
class TopHosts:
    """One direction of an OPD since a moment (Unix seconds); each table's rows and rest are ``bytes``."""

    since: int
    bytes: int
    tables: Mapping[str, HostTable]


class Unanswered(TrackerError):
    """The collector could not be asked: ``why`` is unset, silent, refused or unreadable; ``detail`` is its own word."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why, self.detail = why, detail


def users(part: FlowCollectorPart | None, opd: str, span: str, direction: str) -> TopHosts:
    """Ask the collector. Raises Unanswered."""
    if part is None:
        raise Unanswered("unset")
    try:
        return read(_fetched(part, opd, span), direction)
    except requests.RequestException as error:
        raise Unanswered("silent", type(error).__name__) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Unanswered("unreadable") from error


def read(answer: Any, direction: str) -> TopHosts:
    """One direction of the collector's answer. Raises ValueError, KeyError, TypeError where it is none."""
    tables = {name: _table(answer[name][direction]) for name in TABLES}
    total = int(answer["bytes"][direction])
    for name, table in tables.items():
        # Checked here, because a table whose sum is wrong would accuse somebody of the difference.
        if sum(row.bytes for row in table.rows) + table.rest != total:
            raise ValueError(f"{name}: rows and rest are not the sum")
    return TopHosts(int(answer["since"]), total, tables)


def _fetched(part: FlowCollectorPart, opd: str, span: str) -> Any:
    try:
        url, head = f"{part.url.rstrip('/')}/top", {"Authorization": f"Bearer {token(part.token)}"}
    except TrackerError as error:
        raise Unanswered("unset", str(error)) from error
    limits = (CONNECT_SECONDS, ANSWER_SECONDS)
    parameters = {"opd": opd, "since": span}
    # No redirects: the bearer's token must not travel to where an answer points.
    with requests.get(url, parameters, headers=head, timeout=limits, stream=True, allow_redirects=False) as answer:
        body = bytearray()
        for piece in answer.iter_content(65_536):
            body += piece
            # Counted as it comes: a Content-Length may be missing or wrong.
            if len(body) > MAX_BYTES:
                raise ValueError("the answer is too long")
        content = json.loads(body)
        if answer.status_code != 200:
            raise Unanswered("refused", str(content["error"])[:MAX_ERROR])
    return content


def _table(content: Any) -> HostTable:
    rows = tuple(_share(row) for row in content["rows"][:MAX_ROWS])
    return HostTable(rows, int(content["rest"]))


def _share(row: Any) -> Share:
    return Share(str(row["name"])[:MAX_NAME], int(row["bytes"]), str(row.get("place", ""))[:MAX_NAME])
