"""Who uses an OPD's bandwidth, as the flow collector tells it: a question in, tables and a graph with their sums out.

Hosts are personal data (UU 27/2022): nothing of the answer is kept here. The question has a deadline and a size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from request_tracker.config import FlowCollectorPart, token
from request_tracker.errors import TrackerError
from runtime.bounded_http import Bounds, ask

TABLES, DIRECTIONS = ("hosts", "networks", "services"), ("receive", "transmit")
# Those that are shown where they say something, and those that only some questions have.
MORE_TABLES, RARE_TABLES = ("applications", "operators", "countries"), ("opds", "addresses")
# A neighbour in the office connects at once or is down; it may search for as long as a person waits at a page.
CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 12.0
# A page of a hundred rows is what a person reads; each is an address or a name of at most 120 letters, far below 1 MiB.
MAX_BYTES, MAX_ROWS, MAX_NAME = 2**20, 100, 120
# The collector's own sentence on a page: two lines.
MAX_ERROR = 300
# Of a graph: columns that a page can show, and layers that an eye tells apart.
MAX_STEPS, MAX_LAYERS = 500, 10


@dataclass(frozen=True)
class Share:
    """One row: an address, a network (and where it is, if that is known) or a service, and its bytes.

    ``before``: its bytes in the time before, where they were asked for.
    """

    name: str
    bytes: int
    place: str = ""
    before: int | None = None


@dataclass(frozen=True)
class HostTable:
    """The largest rows; ``rest`` are the bytes that no row names."""

    rows: tuple[Share, ...]
    rest: int


@dataclass(frozen=True)
class Layer:
    """A row over time: bytes of each step."""

    name: str
    place: str
    sizes: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class UseGraph:
    """Layers that stand on each other, and the rest on top; ``times`` (Unix seconds) are where the steps begin."""

    by: str
    step: int
    times: tuple[int, ...]
    layers: tuple[Layer, ...]
    rest: tuple[int, ...]
    before: tuple[int, ...]


@dataclass(frozen=True)
class TopHosts:
    """One direction since a moment (Unix seconds); each table's rows and rest are ``bytes``, and so is the graph.

    ``before``: the bytes of the same time before. ``unnamed``: bytes that no filter can find. ``coarse``: rows know
    only a wider network than was asked for.
    """

    since: int
    bytes: int
    tables: Mapping[str, HostTable]
    until: int = 0
    graph: UseGraph | None = None
    before: int | None = None
    unnamed: int = 0
    coarse: bool = False


@dataclass(frozen=True, kw_only=True)
class HostQuestion:
    """What is asked: ``opd`` (* for all), ``time`` (since, or from and until), and the filters by their names.

    ``reason``: why whole remote addresses are needed, and ``person`` who needs them.
    """

    opd: str
    time: Mapping[str, str]
    graph: str = "hosts"
    filters: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    person: str = ""


class Unanswered(TrackerError):
    """The collector could not be asked: ``why`` is unset, silent, empty, refused or unreadable.

    ``detail``: its own word.
    """

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why, self.detail = why, detail


def users(part: FlowCollectorPart | None, question: HostQuestion, direction: str) -> TopHosts:
    """Ask the collector. Raises Unanswered."""
    if part is None:
        raise Unanswered("unset")
    try:
        return read(_fetched(part, question), direction)
    except requests.RequestException as error:
        raise Unanswered("silent", type(error).__name__) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Unanswered("unreadable") from error


def read(answer: Any, direction: str) -> TopHosts:
    """One direction of the collector's answer. Raises ValueError, KeyError, TypeError where it is none."""
    names = (*TABLES, *(name for name in (*MORE_TABLES, *RARE_TABLES) if name in answer))
    tables = {name: _table(answer[name][direction]) for name in names}
    total = int(answer["bytes"][direction])
    for name, table in tables.items():
        # Checked here, because a table whose sum is wrong would accuse somebody of the difference.
        if sum(row.bytes for row in table.rows) + table.rest != total:
            raise ValueError(f"{name}: rows and rest are not the sum")
    return TopHosts(
        since=int(answer["since"]),
        bytes=total,
        tables=tables,
        until=int(answer.get("until", 0)),
        graph=_graph(answer["graph"], direction, total) if "graph" in answer else None,
        before=int(answer["before"]["bytes"][direction]) if "before" in answer else None,
        unnamed=int(answer["unnamed"][direction]) if "unnamed" in answer else 0,
        coarse=bool(answer.get("coarse")),
    )


def _fetched(part: FlowCollectorPart, question: HostQuestion) -> Any:
    try:
        url, head = f"{part.url.rstrip('/')}/top", {"Authorization": f"Bearer {token(part.token)}"}
    except TrackerError as error:
        raise Unanswered("unset", str(error)) from error
    bounds, limits = Bounds(ANSWER_SECONDS, ANSWER_SECONDS, MAX_BYTES), (CONNECT_SECONDS, ANSWER_SECONDS)
    # No redirects: the bearer's token must not travel to where an answer points.
    answer = ask("GET", url, bounds, params=_parameters(question), headers=head, timeout=limits, allow_redirects=False)
    content = answer.json()
    if answer.status != 200:
        # 404: nothing is kept of that time or that OPD. Which folder it is says nothing to whoever reads the page.
        raise Unanswered("empty") if answer.status == 404 else Unanswered("refused", str(content["error"])[:MAX_ERROR])
    return content


def _parameters(question: HostQuestion) -> dict[str, str]:
    tables = [*TABLES, *MORE_TABLES, *(("opds",) if question.opd == "*" else ())]
    parameters = {"opd": question.opd, "graph": question.graph, "before": "1", **question.time, **question.filters}
    if question.reason:
        parameters |= {"reason": question.reason, "person": question.person}
        tables.append("addresses")
    return parameters | {"by": ",".join(tables)}


def _table(content: Any) -> HostTable:
    rows = tuple(_share(row) for row in content["rows"][:MAX_ROWS])
    return HostTable(rows, int(content["rest"]))


def _share(row: Any) -> Share:
    before = int(row["before"]) if "before" in row else None
    return Share(str(row["name"])[:MAX_NAME], int(row["bytes"]), str(row.get("place", ""))[:MAX_NAME], before)


def _graph(content: Any, direction: str, total: int) -> UseGraph:
    times, way = _numbers(content["times"]), content[direction]
    layers = tuple(
        Layer(str(row["name"])[:MAX_NAME], str(row.get("place", ""))[:MAX_NAME], _numbers(row["bytes"]))
        for row in way["rows"][:MAX_LAYERS]
    )
    rest, before = _numbers(way["rest"]), _numbers(way.get("before", ()))
    every = [*(layer.sizes for layer in layers), rest]
    if any(len(sizes) != len(times) for sizes in every) or len(before) not in (0, len(times)):
        raise ValueError("graph: a layer has not a value for each step")
    if sum(map(sum, every)) != total:
        raise ValueError("graph: its layers are not the sum")
    step = max(1, int(content["step"]))
    return UseGraph(by=str(content["by"]), step=step, times=times, layers=layers, rest=rest, before=before)


def _numbers(content: Sequence[Any]) -> tuple[int, ...]:
    return tuple(int(number) for number in content[:MAX_STEPS])
