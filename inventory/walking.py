"""Asks a device and its neighbours what they are, through ``lebarpita-exporter walk``; SNMP itself lives there.

Bounded: only addresses inside the networks given, at most ``MAX_DEVICES``, at most ``depth`` neighbours away.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from inventory.discovery import Walk
from inventory.model import Address, Network

# A city of 500 OPDs has some twenty routers; a walk that finds 500 has left the city.
MAX_DEVICES = 500

# Two minutes for one device; one that needs longer is said to be silent, and the walk goes on.
WALK_SECONDS = 120

Ask = Callable[[Address], Walk]


class WalkError(Exception):
    """One device did not answer; the message says why and what to try."""


@dataclass(frozen=True)
class NetworkWalk:
    """The devices that answered, nearest first, and a sentence for each that did not."""

    walks: tuple[Walk, ...]
    silent: tuple[str, ...]


def walk_network(ask: Ask, start: Address, within: Sequence[Network], depth: int) -> NetworkWalk:
    """Walk from ``start`` to its neighbours, breadth first. Raises WalkError if ``start`` itself does not answer."""
    walks, silent = [ask(start)], list[str]()
    visited = {start}
    frontier = [walks[0]]
    for _ in range(depth):
        neighbours = [n.address for walk in frontier for n in walk.neighbours if n.address is not None]
        frontier = []
        # Each once, in the order they were named: two switches name the same neighbour, and a set would shuffle the
        # proposal.
        for address in dict.fromkeys(neighbours):
            if address in visited or len(visited) >= MAX_DEVICES or not any(address in network for network in within):
                continue
            visited.add(address)
            try:
                frontier.append(ask(address))
            except WalkError as error:
                silent.append(str(error))
        # By name as well: a router answers at each of its addresses, and is one device all the same.
        walks += [walk for walk in frontier if walk.name not in {earlier.name for earlier in walks}]
    return NetworkWalk(tuple(walks), tuple(silent))


def exporter_walk(arguments: Sequence[str]) -> Ask:
    """An ``Ask`` that runs the exporter's command with these credential arguments (references, never values)."""

    def ask(address: Address) -> Walk:
        command = [sys.executable, "-m", "exporter.cli", "walk", str(address), "--json", *arguments]
        try:
            done = subprocess.run(command, capture_output=True, timeout=WALK_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise WalkError(f"{address}: no end after {WALK_SECONDS} s; it was given up") from error
        if done.returncode != 0:
            lines = done.stderr.decode(errors="replace").strip().splitlines()
            raise WalkError(lines[-1] if lines else f"{address}: did not answer")
        try:
            return Walk.model_validate_json(done.stdout)
        except ValidationError as error:
            raise WalkError(f"{address}: answered what is no device: {error.errors()[0]['msg']}") from error

    return ask
