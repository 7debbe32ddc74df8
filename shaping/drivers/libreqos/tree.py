"""``network.json``: its text in, our nodes and everybody else's tree out, and the other way round. Pure.

A node at the top is a queue of its own for LibreQoS, on a processor core of its own; ours hold circuits and no nodes.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shaping.drivers.libreqos.circuits import LibreQosTag
from shaping.errors import ShapingError

FILE = "network.json"
_DOWN, _UP = "downloadBandwidthMbps", "uploadBandwidthMbps"


@dataclass(frozen=True)
class TreeNode:
    """One of our nodes: whole Mbit/s, because LibreQoS cuts a node's decimals off.

    ``extras`` is what somebody added to it and may keep, as JSON.
    """

    name: str
    id: str
    down_mbps: int
    up_mbps: int
    extras: str = "{}"

    @property
    def body(self) -> dict[str, Any]:
        """As it stands in the file."""
        return {"id": self.id, _DOWN: self.down_mbps, _UP: self.up_mbps, "type": "site", **json.loads(self.extras)}


@dataclass(frozen=True)
class Tree:
    """``foreign`` is the top of the tree without our nodes, in the file's order; ``names`` are all of foreign nodes."""

    foreign: Mapping[str, Any]
    ours: Mapping[str, TreeNode]
    names: frozenset[str]

    def text(self, nodes: Mapping[str, TreeNode]) -> str:
        """The file with these nodes in place of ours."""
        body = {**self.foreign, **{name: nodes[name].body for name in sorted(nodes)}}
        return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def read_tree(text: str, tag: LibreQosTag) -> Tree:
    """Raises ShapingError for what is no tree of nodes, or would not be the same after it was written again."""
    try:
        body = json.loads(text, object_pairs_hook=_without_twins) if text.strip() else {}
    except ValueError as error:
        raise ShapingError(f"{FILE} cannot be read: {error}; mend it") from error
    if not isinstance(body, dict):
        raise ShapingError(f"{FILE} is no tree of nodes; an empty one is {{}}")
    ours = {name: node for name, value in body.items() if (node := _our_node(name, value, tag))}
    foreign = {name: value for name, value in body.items() if name not in ours}
    return Tree(foreign, ours, frozenset(_names(foreign)))


def _our_node(name: str, value: Any, tag: LibreQosTag) -> TreeNode | None:
    if not isinstance(value, dict) or not str(value.get("id", "")).startswith(tag.text):
        return None
    if value.get("children"):
        raise ShapingError(f"{FILE}: the node {name} is lebarpita's and has nodes below it; move them elsewhere")
    extras = {key: rest for key, rest in value.items() if key not in ("id", _DOWN, _UP, "type", "children")}
    down, up = (_whole(value.get(key)) for key in (_DOWN, _UP))
    return TreeNode(name, str(value["id"]), down, up, json.dumps(extras, sort_keys=True))


def _whole(value: Any) -> int:
    # What is no number is none of ours: the node is written anew.
    return int(value) if isinstance(value, (int, float)) and int(value) == value else -1


def _names(nodes: Mapping[str, Any]) -> Iterator[str]:
    for name, value in nodes.items():
        if isinstance(value, dict):
            yield name
            children = value.get("children")
            yield from _names(children) if isinstance(children, dict) else ()


def _without_twins(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, value in pairs:
        if name in body:
            raise ValueError(f"{name!r} stands twice at one place, of which only one would be kept")
        body[name] = value
    return body
