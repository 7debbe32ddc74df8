"""What a board asks of a Prometheus: its JSON, the address and the times in, every panel's answers out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from dashboards.contract import BoardQuery
from dashboards.panels import Json
from lab import LabError

# Points of a graph: as many as its pixels allow to tell apart, and a multiple of what most scrapes are apart.
STEP_SECONDS = 60


@dataclass(frozen=True)
class PictureTime:
    """The time that a picture shows: ``seconds`` up to ``now`` (Unix), and what the board's choices at its top are."""

    now: int
    seconds: int
    values: Mapping[str, str]

    @property
    def since(self) -> int:
        """The left edge of its graphs, Unix seconds."""
        return self.now - self.seconds


def answers_of(prometheus: str, board: Json, moment: PictureTime) -> dict[str, dict[str, Any]]:
    """By panel and query letter what Prometheus says. Raises LabError where it does not answer or refuses."""
    return {
        str(panel["id"]): {target["refId"]: _answer(prometheus, panel, target, moment) for target in panel["targets"]}
        for panel in board["panels"]
    }


def _answer(prometheus: str, panel: Json, target: Json, moment: PictureTime) -> Any:
    spans = {"__range": f"{moment.seconds}s", "__range_s": str(moment.seconds), "__rate_interval": "5m"}
    expr = BoardQuery("", panel["title"], target["expr"]).filled({**spans, **moment.values})
    if target["range"]:
        arguments = {"query": expr, "start": moment.since, "end": moment.now, "step": STEP_SECONDS}
        return ask(prometheus, "query_range", arguments)["result"]
    return ask(prometheus, "query", {"query": expr, "time": moment.now})["result"]


def ask(prometheus: str, page: str, arguments: Mapping[str, Any]) -> Any:
    """The data of one question to Prometheus' API."""
    try:
        with urlopen(f"{prometheus}/api/v1/{page}?{urlencode(arguments)}", timeout=60) as answer:
            return json.load(answer)["data"]
    except (URLError, ValueError) as error:
        raise LabError(f"{prometheus} does not answer {page}: {error}; is it a Prometheus, and running?") from error
