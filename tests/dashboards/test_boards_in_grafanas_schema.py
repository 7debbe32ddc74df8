"""Every board goes through Grafana's own schema and comes back whole: no key is misspelt or of another version."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.building import committed
from dashboards.panels import Json

BOARDS = committed()
# Of the Prometheus data source and of Grafana's editor, which the schema of dashboards leaves to them.
OF_THE_DATA_SOURCE = {"annotations.list.step", "annotations.list.titleFormat", "templating.list.definition"}


def lost(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """The paths of what is not there any more, or is something else."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            place = f"{path}.{key}".lstrip(".")
            if key in after:
                yield from lost(value, after[key], place)
            else:
                yield place
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            yield from lost(one, other, path)
    elif before != after:
        yield path


def through(board: Json) -> Json:
    register_default_plugins()
    found: Json = json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(board)))
    return found


@pytest.mark.parametrize("board", BOARDS, ids=[board["uid"] for board in BOARDS])
def test_a_board_comes_back_from_grafanas_schema_as_it_went(board: Json) -> None:
    assert set(lost(board, through(board))) <= OF_THE_DATA_SOURCE


@pytest.mark.parametrize(
    ("spoil", "path"),
    [
        (lambda b: b["panels"][0]["options"].update(colourMode="background"), "panels.options.colourMode"),
        (lambda b: b["panels"][0].update(grid={"x": 0}), "panels.grid"),
        (lambda b: b.update(refreshEvery="5s"), "refreshEvery"),
    ],
)
def test_a_key_that_grafana_does_not_know_is_found(spoil: Any, path: str) -> None:
    board = json.loads(json.dumps(BOARDS[0]))
    spoil(board)
    assert path in set(lost(board, through(board)))
