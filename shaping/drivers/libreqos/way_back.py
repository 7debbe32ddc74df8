"""The way back of the last apply, on this machine's disk before its first file: our rows and nodes as they were."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from shaping.drivers.libreqos.circuits import Circuit
from shaping.drivers.libreqos.tree import TreeNode
from shaping.drivers.libreqos.wanted import FilePair


@dataclass(frozen=True)
class FilesBefore:
    """Ours before it, which plan that was and how many operations it had."""

    plan: str
    operations: int
    pair: FilePair
    confirmed: bool = False

    @property
    def body(self) -> dict[str, Any]:
        """As it stands in a file of the state directory."""
        rows = [row.body for row in self.pair.circuits.values()]
        nodes = [asdict(node) for node in self.pair.nodes.values()]
        about = {"plan": self.plan, "operations": self.operations, "confirmed": self.confirmed}
        return {**about, "circuits": rows, "nodes": nodes}


def files_before(body: Any) -> FilesBefore | None:
    """What a file of the state directory says; None for none, or for one that says something else."""
    try:
        circuits = [_circuit(row) for row in body["circuits"]]
        nodes = [TreeNode(**row) for row in body["nodes"]]
        pair = FilePair({row.opd: row for row in circuits}, {node.name: node for node in nodes})
        return FilesBefore(str(body["plan"]), int(body["operations"]), pair, body["confirmed"] is True)
    except (KeyError, TypeError, ValueError):
        return None


def _circuit(row: Mapping[str, Any]) -> Circuit:
    extras = tuple((str(column), str(cell)) for column, cell in row["extras"])
    sets = {name: frozenset(map(str, row[name])) for name in ("ipv4", "ipv6")}
    return Circuit(**{**row, **sets, "extras": extras})
