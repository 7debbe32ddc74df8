"""What must change in both files: ours and what is wanted in, operations for people and a digest out. Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping

from inventory.admission import DIRECTIONS, Direction
from shaping.drivers.libreqos.circuits import Circuit
from shaping.drivers.libreqos.folder import FolderState
from shaping.drivers.libreqos.tree import TreeNode
from shaping.drivers.libreqos.wanted import FilePair
from shaping.plan import Act, Operation, SettingChange, differences, in_order

Places = Mapping[Direction, str]


def operations(now: FilePair, pair: FilePair, places: Places) -> tuple[Operation, ...]:
    """An OPD's row is one in each direction, with its words at the first; a node is nobody's."""
    nodes = in_order(differences("", now.nodes, pair.nodes, _node_act))
    rows = in_order(differences("", now.circuits, pair.circuits, _row_act))
    changes = [operation for change in rows for operation in _of_row(change, places)]
    return (*(Operation(places["receive"], change.act, None, None, _node_words(change)) for change in nodes), *changes)


def digest(state: FolderState, pair: FilePair) -> str:
    """All that was read and all that is wanted."""
    files = [content.hex() if content is not None else None for _, content in sorted(state.content.items())]
    rows = [row.body for _, row in sorted(pair.circuits.items())]
    nodes = [node.body for _, node in sorted(pair.nodes.items())]
    return hashlib.sha256(json.dumps([files, rows, nodes], sort_keys=True).encode()).hexdigest()


def _node_act(before: TreeNode, after: TreeNode) -> Act | None:
    if before == after:
        return None
    return Act.LOWER if after.down_mbps <= before.down_mbps and after.up_mbps <= before.up_mbps else Act.RAISE


def _row_act(before: Circuit, after: Circuit) -> Act | None:
    if before == after:
        return None
    sides = [(before.pair(way), after.pair(way)) for way in DIRECTIONS]
    lower = all(old and new and new.guaranteed <= old.guaranteed and new.ceiling <= old.ceiling for old, new in sides)
    return Act.LOWER if lower else Act.RAISE


def _of_row(change: SettingChange[Circuit], places: Places) -> Iterator[Operation]:
    words = tuple(f"{sign} {_row_words(row)}" for sign, row in (("-", change.before), ("+", change.after)) if row)
    for way in DIRECTIONS:
        before = change.before.queue(way) if change.before else None
        after = change.after.queue(way) if change.after else None
        if before != after or way == DIRECTIONS[0]:
            yield Operation(places[way], change.act, before, after, words)
            words = ()


def _row_words(row: Circuit) -> str:
    targets = ", ".join([*sorted(row.ipv4), *sorted(row.ipv6)])
    down, up = (f"{row.rates[f'{way}min']}/{row.rates[f'{way}max']}" for way in ("download", "upload"))
    return f"ShapedDevices.csv {row.circuit} ({row.parent}): {targets}; download {down}, upload {up} Mbit/s"


def _node_words(change: SettingChange[TreeNode]) -> tuple[str, ...]:
    return tuple(
        f"{sign} network.json {node.name}: download {node.down_mbps}, upload {node.up_mbps} Mbit/s"
        for sign, node in (("-", change.before), ("+", change.after))
        if node
    )
