"""Where each metric is seen: the rules and the committed boards in; the boards, the rules or the written reason out."""

from collections.abc import Iterable, Mapping
from typing import Any

from dashboards import building, contract
from dashboards.unshown import UNSHOWN


def places(rules: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Metric to the boards that show it and whether a rule reads it, else to the reason why neither does."""
    boards: dict[str, list[str]] = {}
    for board in building.committed():
        name = str(board["uid"]).removeprefix("lebarpita-")
        for metric in sorted(
            {metric for query in contract.queries(board) for metric in contract.metric_names(query.expr)}
        ):
            boards.setdefault(metric, []).append(name)
    seen = {metric: f"boards: {', '.join(names)}" for metric, names in boards.items()}
    for metric in {metric for rule in rules for metric in contract.metric_names(rule["expr"])}:
        seen[metric] = f"{seen[metric]}; rules" if metric in seen else "rules"
    return {metric: f"none: {reason}" for metric, reason in UNSHOWN.items()} | seen
