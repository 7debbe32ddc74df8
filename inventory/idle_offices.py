"""Offices that were measured for a month and had no traffic: a city file and Prometheus' answer in, differences out.

An office that was not measured is not idle: of it nothing is known, and nothing is said.
"""

from collections.abc import Iterator
from typing import Any

import requests

from inventory.divergence import Divergence, DriftKind, EditKind, divergence, edit
from inventory.model import City
from inventory.reading import FileProblem, InventoryError
from inventory.sentences import Sentence
from runtime.bounded_http import Bounds, ask

# Bytes per second: 1 kbit/s. A router's own questions on a line without people are less; one telephone is more.
IDLE_BELOW = 125
# Of the thirty days that were measured at all (the rule ``opd:measured_30d:ratio``): an outage of two days is allowed.
MEASURED_ABOVE = 0.9
# The largest of the recorded means of each direction, one each five minutes: 4 million points of 500 offices.
QUERY = (
    f"max by (opd) (max_over_time(opd:receive:mean5m[30d])) < {IDLE_BELOW}"
    f" and on (opd) max by (opd) (max_over_time(opd:transmit:mean5m[30d])) < {IDLE_BELOW}"
    f" and on (opd) min by (opd) (last_over_time(opd:measured_30d:ratio[20m])) > {MEASURED_ABOVE}"
)
# Prometheus gives up by itself after two minutes (--query.timeout); 500 names are far below a MiB.
_BOUNDS = Bounds(125.0, 130.0, 2**20)


def idle_offices(city: City, prometheus: str) -> tuple[Divergence, ...]:
    """Ask Prometheus. Raises InventoryError where it does not answer as it should."""
    try:
        answer = ask("GET", f"{prometheus.rstrip('/')}/api/v1/query", _BOUNDS, params={"query": QUERY})
        body = answer.json()
        if answer.status != requests.codes.ok or body["status"] != "success":
            raise ValueError(answer.text)
        idle = {str(sample["metric"]["opd"]) for sample in body["data"]["result"]}
    except (requests.RequestException, ValueError, LookupError, TypeError) as error:
        problem = f"Prometheus did not say which offices had no traffic: {error}"
        raise InventoryError([FileProblem(prometheus, 0, problem)]) from error
    return tuple(_divergences(city, idle))


def _divergences(city: City, idle: set[Any]) -> Iterator[Divergence]:
    lines = {link.opd: link.name for link in city.links if link.opd}
    for opd in city.opds:
        if opd.code in idle:
            says = Sentence(
                f"{opd.name} ({opd.code}): tanpa lalu lintas selama 30 hari, padahal terukur",
                f"{opd.name} ({opd.code}): no traffic in 30 days, although it was measured",
            )
            edits = (
                edit(EditKind.REMOVE, f"opds {opd.code}", [f"code: {opd.code}"]),
                edit(EditKind.REMOVE, f"links {lines[opd.code]}", [f"name: {lines[opd.code]}"]),
            )
            yield divergence(DriftKind.IDLE, opd.code, says, *edits)
