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

MAX_DEVICES = 500
WALK_SECONDS = 120

Ask = Callable[[Address], Walk]


class WalkError(Exception):
    """One device did not answer; the message says why and what to try."""


@dataclass(frozen=True)
class Found:
    """The devices that answered, nearest first, and a sentence for each that did not."""

    walks: tuple[Walk, ...]
    silent: tuple[str, ...]


def walk_network(ask: Ask, start: Address, within: Sequence[Network], depth: int) -> Found:
    """Walk from ``start`` to its neighbours, breadth first. Raises WalkError if ``start`` itself does not answer."""
    walks, silent = [ask(start)], list[str]()
    seen = {start}
    frontier = [walks[0]]
    for _ in range(depth):
        asked = [n.address for walk in frontier for n in walk.neighbours if n.address is not None]
        frontier = []
        for address in dict.fromkeys(asked):
            if address in seen or len(seen) >= MAX_DEVICES or not any(address in network for network in within):
                continue
            seen.add(address)
            try:
                frontier.append(ask(address))
            except WalkError as error:
                silent.append(str(error))
        walks += [walk for walk in frontier if walk.name not in {known.name for known in walks}]
    return Found(tuple(walks), tuple(silent))


def exporter_walk(arguments: Sequence[str]) -> Ask:
    """An ``Ask`` that runs the exporter's command with these credential arguments (references, never values)."""

    def ask(address: Address) -> Walk:
        command = [sys.executable, "-m", "exporter.cli", "walk", str(address), "--json", *arguments]
        try:
            done = subprocess.run(command, capture_output=True, timeout=WALK_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise WalkError(f"{address}: no end after {WALK_SECONDS} s; it was given up") from error
        if done.returncode != 0:
            told = done.stderr.decode(errors="replace").strip().splitlines()
            raise WalkError(told[-1] if told else f"{address}: did not answer")
        try:
            return Walk.model_validate_json(done.stdout)
        except ValidationError as error:
            raise WalkError(f"{address}: answered what is no device: {error.errors()[0]['msg']}") from error

    return ask
