"""``lebarpita-inventory discover``: a first device and where to go in, a proposed city file or a longer one out."""

import argparse
import sys
from ipaddress import ip_address
from pathlib import Path

from inventory.discovery import propose_from_walks
from inventory.logins import add_options, logins_of
from inventory.merging import merge_into
from inventory.model import City, Network
from inventory.prefix_texts import read_prefixes
from inventory.proposal import check_new, doubt_lines, offer, proposal_text
from inventory.reading import MAX_FILE_BYTES, FileProblem, InventoryError, parse_city
from inventory.walking import WalkError, exporter_walk, walk_network
from runtime.lined_yaml import UnreadableError, read_text


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``discover`` to the inventory's commands."""
    discover = commands.add_parser("discover", help="walk a device and its neighbours by SNMP and propose a city file")
    discover.add_argument("address", metavar="ADDRESS", help="the device nearest to the core")
    discover.add_argument(
        "--within", action="append", required=True, metavar="NETWORK", help="go nowhere else; repeatable"
    )
    discover.add_argument("--depth", type=int, default=4, metavar="N", help="neighbours of neighbours (default: 4)")
    add_options(discover)
    discover.add_argument(
        "--merge", metavar="FILE", help="print this city file with what it does not say yet; it stays as it is"
    )
    discover.add_argument("--out", metavar="FILE", help="write a new file (default: print)")
    discover.set_defaults(run=_discover)


def networks_of(texts: list[str]) -> list[Network]:
    """The networks of ``--within``; what was guessed is told. Raises ValueError."""
    readings = [read_prefixes(text) for text in texts]
    for guess in (guess for reading in readings for guess in reading.guesses):
        print(f"--within: {guess}", file=sys.stderr)
    return [network for reading in readings for network in reading.networks]


def _discover(options: argparse.Namespace) -> int:
    try:
        start, within = ip_address(options.address), networks_of(options.within)
    except ValueError as error:
        print(f"{error}; give an address and networks such as 10.0.0.0/8", file=sys.stderr)
        return 2
    if options.depth < 0:
        print("--depth is 0 (this device alone) or more", file=sys.stderr)
        return 2
    if not any(start in network for network in within):
        print(
            f"{start} is outside {' '.join(options.within)}; --within must hold the first device too", file=sys.stderr
        )
        return 2
    if options.out:
        check_new(Path(options.out))
    text, base = _read(options.merge) if options.merge else ("", None)
    logins = logins_of(options, base.credentials if base else ())
    try:
        ask = exporter_walk(logins, options.port, base.devices if base else ())
        walk = walk_network(ask, start, within, options.depth)
    except WalkError as error:
        raise InventoryError([FileProblem(options.address, 0, str(error))]) from error
    proposal = propose_from_walks(walk.walks, within, base)
    proposal.doubts += walk.silent
    if base is None:
        return offer(proposal_text(proposal), options.out, len(proposal.doubts))
    merged = merge_into(text, options.merge, proposal)
    # Not into the file: what people wrote would begin with more comments after each run.
    print(doubt_lines(proposal.doubts, merged), end="", file=sys.stderr)
    return offer(merged, options.out, len(proposal.doubts))


def _read(file: str) -> tuple[str, City]:
    try:
        text = read_text(Path(file), MAX_FILE_BYTES)
    except UnreadableError as error:
        raise InventoryError([error.problem]) from error
    return text, parse_city(text, file)
