"""A reader of LibreQoS's two files, ours, made of recorded facts. It is not LibreQoS's, which is not here.

The facts are of its public source, 2.0 to 2.2 (``LibreQoS.py``: validation, loading, minima; ``lqos_config``):

* a column is known by its place (2.0, 2.1) or by the letters and digits of its heading (2.2);
  lines that begin with ``#`` are passed over;
* a circuit needs an id; a prefix must have no host bits; rates are decimals of at least 0.1, the minimum not above the
  maximum; one row that is not so, and nothing of the whole file is taken;
* names of nodes are unique in the whole tree, and a tree that is not ``{}`` has at least one node;
* two rows of one id are one circuit, with the rates of the first; they must name the same parent;
* a node's rate is cut to whole Mbit/s; a circuit's maximum is at most its node's; where all minima of a node are above
  its rate less 1 Mbit/s each becomes 1 Mbit/s; a circuit whose parent is in no tree is not shaped;
* at the end the sheet is copied to ``ShapedDevices.lastLoaded.csv``.
"""

import csv
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

COPY = "ShapedDevices.lastLoaded.csv"
RATES = ("downloadmin", "downloadmax", "uploadmin", "uploadmax")


class Refusal(Exception):
    """What LibreQoS would warn of, and then leave everything as it was."""


@dataclass(frozen=True)
class Shaped:
    """A circuit as its queues are made: Mbit/s, and the prefixes that lead into them."""

    circuit: str
    parent: str
    prefixes: frozenset[str]
    rates: tuple[float, float, float, float]


@dataclass(frozen=True)
class LibreQosReader:
    """``folder`` holds both files."""

    folder: Path

    def load(self) -> dict[str, Shaped]:
        """What would be shaped, by circuit. Raises Refusal; the copy is made only where nothing was refused."""
        nodes = dict(self._nodes())
        circuits = self._circuits()
        for name, node in nodes.items():
            mine = [circuit for circuit in circuits.values() if circuit.parent == name]
            circuits |= {circuit.circuit: circuit for circuit in _in_node(mine, node)}
        shutil.copyfile(self.folder / "ShapedDevices.csv", self.folder / COPY)
        return {name: circuit for name, circuit in circuits.items() if circuit.parent in nodes}

    def rows(self) -> list[dict[str, str]]:
        """Every row by its headings, letters and digits."""
        lines = (self.folder / "ShapedDevices.csv").read_text().splitlines()
        cells = [row for row in csv.reader(lines) if row and not row[0].startswith("#")]
        headings = [re.sub("[^a-z0-9]", "", heading.lower()).removesuffix("mbps") for heading in cells[0]]
        return [dict(zip(headings, row, strict=True)) for row in cells[1:]]

    def _circuits(self) -> dict[str, Shaped]:
        circuits: dict[str, Shaped] = {}
        for row in self.rows():
            name, rates = row["circuitid"], _rates(row)
            if not name or min(rates) < 0.1 or rates[0] > rates[1] or rates[2] > rates[3]:
                raise Refusal(f"row {row}")
            parts = f"{row['ipv4']},{row['ipv6']}".replace(" ", "").split(",")
            prefixes = frozenset(str(ip_network(part)) for part in parts if part)
            first = circuits.setdefault(name, Shaped(name, row["parentnode"], prefixes, rates))
            if first.parent != row["parentnode"]:
                raise Refusal(f"{name}: two parents")
            circuits[name] = replace(first, prefixes=first.prefixes | prefixes)
        return circuits

    def _nodes(self) -> Iterator[tuple[str, dict[str, Any]]]:
        body = json.loads((self.folder / "network.json").read_text())
        nodes = list(_nodes(body))
        if len({name for name, _ in nodes}) < len(nodes) or (body and not nodes):
            raise Refusal("network.json")
        yield from nodes


def _rates(row: dict[str, str]) -> tuple[float, float, float, float]:
    down_min, down, up_min, up = (float(row[column]) for column in RATES)
    return down_min, down, up_min, up


def _nodes(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, node in body.items():
        if isinstance(node, dict) and name != "children":
            yield name, node
            yield from _nodes(node.get("children", {}))


def _in_node(circuits: list[Shaped], node: dict[str, Any]) -> Iterator[Shaped]:
    most = (int(node["downloadBandwidthMbps"]), int(node["uploadBandwidthMbps"]))
    sums = [sum(circuit.rates[place] for circuit in circuits) for place in (0, 2)]
    fits = sums[0] <= most[0] - 1 and sums[1] <= most[1] - 1
    for circuit in circuits:
        down_min, down, up_min, up = circuit.rates
        down, up = min(down, most[0]), min(up, most[1])
        least = (min(down_min, down), min(up_min, up)) if fits else (1.0, 1.0)
        yield replace(circuit, rates=(least[0], down, least[1], up))
