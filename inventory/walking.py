"""Asks a device and its neighbours what they are, through ``lebarpita-exporter walk``; SNMP itself lives there.

Bounded: only addresses inside the networks given, at most ``MAX_DEVICES``, at most ``depth`` neighbours away.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pydantic import ValidationError

from inventory.answers import Walk
from inventory.model import Address, Credential, Device, Network

# A city of 500 OPDs has some twenty routers; a walk that finds 500 has left the city.
MAX_DEVICES = 500

# Two minutes for one device; one that needs longer is said to be silent, and the walk goes on.
WALK_SECONDS = 120

# Devices asked at once: a silent one costs six seconds with each credential, and a switch may have 125 access points.
AT_ONCE = 8

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
    return walk_further(ask, [ask(start)], within, depth, {start})


def walk_each(ask: Ask, addresses: Iterable[Address]) -> NetworkWalk:
    """Walk these devices and no neighbour of theirs."""
    walks, silent = _ask_all(ask, list(addresses))
    return NetworkWalk(tuple(walks), tuple(silent))


def walk_further(
    ask: Ask, walks: Sequence[Walk], within: Sequence[Network], depth: int, visited: set[Address]
) -> NetworkWalk:
    """Go on from what was walked to its neighbours; ``visited`` is asked no more."""
    walks, silent, frontier = list(walks), list[str](), list(walks)
    for _ in range(depth):
        neighbours = [n.address for walk in frontier for n in walk.neighbours if n.address is not None]
        # Each once, in the order they were named: two switches name the same neighbour, and a set would shuffle the
        # proposal.
        wanted = [
            address
            for address in dict.fromkeys(neighbours)
            if address not in visited and any(address in network for network in within)
        ]
        wanted = wanted[: max(0, MAX_DEVICES - len(visited))]
        visited.update(wanted)
        answers, mute = _ask_all(ask, wanted)
        silent += mute
        frontier = []
        for walk in answers:
            if not any(walk.is_device_of(earlier) for earlier in walks):
                walks.append(walk)
                frontier.append(walk)
    return NetworkWalk(tuple(walks), tuple(silent))


def _ask_all(ask: Ask, addresses: Sequence[Address]) -> tuple[list[Walk], list[str]]:
    """The answers in the order of the addresses, and a sentence for each that did not answer."""

    def answer(address: Address) -> Walk | str:
        try:
            return ask(address)
        except WalkError as error:
            return str(error)

    # Not supervised: the command waits for all of them and ends with them.
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(answer, addresses))
    return [walk for walk in answers if isinstance(walk, Walk)], [text for text in answers if isinstance(text, str)]


def exporter_walk(logins: Sequence[Credential], port: int = 161, devices: Sequence[Device] = ()) -> Ask:
    """An ``Ask`` that runs the exporter's command with each credential in turn (references, never values).

    One of ``devices`` is asked its own way, and first with its own credential.
    """
    by_address = {device.address: device for device in devices}

    def ask(address: Address) -> Walk:
        device, refusals = by_address.get(address), list[str]()
        for login in sorted(logins, key=lambda login: device is None or login.name != device.snmp):
            try:
                return _walk(address, login, _way(device, login, port))
            except WalkError as error:
                refusals.append(str(error))
        raise WalkError(
            "; ".join(dict.fromkeys(refusals))
            or f"{address}: how to ask it? give --community-from env:NAME, or --user for v3"
        )

    return ask


def _way(device: Device | None, login: Credential, port: int) -> dict[str, str]:
    """Where the agent listens, and which view of it is asked: the device's own, else that port over UDP."""
    if device is None:
        return {"--port": str(port)}
    where = {"--port": str(device.snmp_port), "--transport": device.snmp_transport}
    return {**where, "--context": device.snmp_context} if login.version == "3" and device.snmp_context else where


def _walk(address: Address, login: Credential, way: dict[str, str]) -> Walk:
    command = [sys.executable, "-m", "exporter.cli", "walk", str(address), "--json", *_options(login, way)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=WALK_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise WalkError(f"{address}: no end after {WALK_SECONDS} s; it was given up") from error
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise WalkError(lines[-1] if lines else f"{address}: did not answer")
    try:
        walk = Walk.model_validate_json(done.stdout)
    except ValidationError as error:
        raise WalkError(f"{address}: answered what is no device: {error.errors()[0]['msg']}") from error
    row = {key: value for key, value in login.model_dump().items() if value is not None}
    return walk.model_copy(update={"credential": row})


def _options(login: Credential, way: dict[str, str]) -> list[str]:
    named = {
        "--community-from": login.community,
        "--version": None if login.version == "3" else login.version,
        "--user": login.user,
        "--auth": login.auth,
        "--auth-key-from": login.auth_key,
        "--privacy": login.privacy,
        "--privacy-key-from": login.privacy_key,
        **way,
    }
    return [text for option, value in named.items() if value is not None for text in (option, value)]
