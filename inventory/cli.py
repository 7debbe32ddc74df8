"""lebarpita-inventory: the city file in, answers and problems out. Writes no file."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pynetbox
import requests

from inventory import discover_command, drift_command
from inventory.from_librenms import MOST_BYTES, ask_librenms, propose_from_librenms, read_librenms
from inventory.from_netbox import propose_from_netbox
from inventory.from_table import propose_from_table
from inventory.generate import generate_city
from inventory.logins import SECRET, logins_of
from inventory.model import City
from inventory.prefixes import whose
from inventory.proposal import check_new, offer, proposal_text
from inventory.rates import format_rate
from inventory.reading import FileProblem, InventoryError, read_city
from inventory.tables.preview import confirmed
from inventory.topology import path_to, uplink_of
from runtime import finite_json
from runtime.command import FINE, PROBLEMS, run_command
from runtime.lined_yaml import UnreadableError, read_text
from runtime.secrets import SecretError, read_token
from runtime.unreached import NO_ADDRESS, why_unreached

EXAMPLE = "example: lebarpita-inventory check inventory/example/city.yaml"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 problems found, 2 wrong use."""
    return run_command(_parser().parse_args(arguments), (InventoryError,))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lebarpita-inventory", description=__doc__, epilog=EXAMPLE)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="check a city file and report every problem with its line")
    check.add_argument("file", metavar="FILE")
    check.set_defaults(run=_check)
    show = commands.add_parser("show", help="list the OPDs with their prefixes, links and uplink")
    show.set_defaults(run=_show)
    owner = commands.add_parser("whose", help="say which OPD an address belongs to")
    owner.add_argument("address", metavar="ADDRESS")
    owner.set_defaults(run=_whose)
    for command in (show, owner):
        command.add_argument("--inventory", metavar="FILE", help="the city file (default: $LEBARPITA_INVENTORY)")
    for command in (check, show, owner):
        command.add_argument("--json", action="store_true", help="answer as JSON")
    discover_command.add_command(commands)
    drift_command.add_command(commands)
    _add_import(commands)
    generate = commands.add_parser("generate", help="print a made-up city of any size")
    generate.add_argument("--opds", type=int, default=500, metavar="N")
    generate.set_defaults(run=_generate)
    return parser


def _add_import(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    sources = commands.add_parser(
        "import", help="propose a city file from another source; never overwrites"
    ).add_subparsers(required=True, metavar="csv|xlsx|netbox|librenms")
    tables = [
        sources.add_parser("csv", help="from a list of offices as a text file: any separator, any encoding of Excel"),
        sources.add_parser("xlsx", help="from a list of offices as an Excel workbook"),
    ]
    for table in tables:
        table.add_argument("file", metavar="FILE")
        table.add_argument("--sheet", metavar="NAME", help="this sheet of a workbook (default: the one with a list)")
        table.add_argument("--yes", action="store_true", help="write --out without a question")
        table.set_defaults(run=_import_table)
    netbox = sources.add_parser("netbox", help="from a NetBox")
    netbox.add_argument("url", metavar="URL")
    netbox.add_argument("--token-from", required=True, metavar="env:NAME|file:/path", help="where its API token is")
    netbox.set_defaults(run=_import_netbox)
    librenms = sources.add_parser("librenms", help="from a LibreNMS, or its API's answers in one JSON file")
    librenms.add_argument("source", metavar="URL|FILE")
    librenms.add_argument("--token-from", metavar="env:NAME|file:/path", help="where its API token is (for a URL)")
    librenms.add_argument(
        "--community-from", action="append", default=[], metavar=SECRET, help="how its devices are asked by SNMP v2c"
    )
    librenms.set_defaults(run=_import_librenms, user=None)
    for source in (*tables, netbox, librenms):
        source.add_argument("--core", default="core", metavar="DEVICE", help="where the watch stands (default: core)")
        source.add_argument("--out", metavar="FILE", help="write a new file (default: print)")


def _import_table(options: argparse.Namespace) -> int:
    """The preview of every row, then the file where somebody says yes; 1 where a row was refused."""
    if options.out:
        check_new(Path(options.out))
    table = propose_from_table(Path(options.file), options.core, options.sheet)
    # What is printed as a file is that file alone.
    print(table.preview, end="", file=sys.stdout if options.out else sys.stderr)
    for problem in table.problems:
        print(problem, file=sys.stderr)
    if options.out and not confirmed(options.yes):
        return PROBLEMS
    offer(proposal_text(table.proposal), options.out, len(table.proposal.doubts))
    return PROBLEMS if table.problems else FINE


def _import_netbox(options: argparse.Namespace) -> int:
    try:
        token = read_token(options.token_from)
    except SecretError as error:
        raise InventoryError([FileProblem("--token-from", 0, str(error))]) from error
    try:
        api = pynetbox.api(options.url, token=token)
        proposal = propose_from_netbox(api, options.core)
        return offer(proposal_text(proposal), options.out, len(proposal.doubts))
    except requests.RequestException as error:
        raise _unreached("NetBox", options.url, error) from error
    except (pynetbox.RequestError, pynetbox.ContentError, ValueError) as error:
        raise InventoryError([FileProblem(options.url, 0, f"NetBox did not answer as expected: {error}")]) from error


def _import_librenms(options: argparse.Namespace) -> int:
    logins = logins_of(options)
    try:
        if options.source.startswith(("http://", "https://")):
            if not options.token_from:
                print("--token-from env:NAME is needed to ask a LibreNMS", file=sys.stderr)
                return 2
            nms = ask_librenms(options.source, read_token(options.token_from))
        else:
            nms = read_librenms(finite_json.parse(read_text(Path(options.source), MOST_BYTES).encode()))
        proposal = propose_from_librenms(nms, options.core, logins[0] if logins else None)
    except SecretError as error:
        raise InventoryError([FileProblem("--token-from", 0, str(error))]) from error
    except UnreadableError as error:
        raise InventoryError([error.problem]) from error
    except requests.RequestException as error:
        raise _unreached("LibreNMS", options.source, error) from error
    except ValueError as error:
        problem = f"LibreNMS did not answer as expected: {error}"
        raise InventoryError([FileProblem(options.source, 0, problem)]) from error
    return offer(proposal_text(proposal), options.out, len(proposal.doubts))


def _unreached(what: str, where: str, error: requests.RequestException) -> InventoryError:
    # The client puts its own path behind what was typed: after "http://" that is a host to the library.
    why = why_unreached(error) if urlsplit(where).hostname else NO_ADDRESS
    return InventoryError([FileProblem(where, 0, f"{what} was not reached: {why}")])


def _check(options: argparse.Namespace) -> int:
    try:
        city = read_city(options.file)
    except InventoryError as error:
        if not options.json:
            raise
        problems = [{"file": p.file, "line": p.line, "message": p.message} for p in error.problems]
        print(json.dumps({"ok": False, "problems": problems}, ensure_ascii=False))
        return 1
    counts = {key: len(getattr(city, key)) for key in ("devices", "uplinks", "links", "opds")}
    if options.json:
        print(json.dumps({"ok": True, "problems": [], **counts}))
    else:
        summary = ", ".join(f"{count} {key}" for key, count in counts.items())
        print(f"{options.file}: {city.city.name} is in order: {summary}")
    return 0


def _show(options: argparse.Namespace) -> int:
    city = _city(options)
    if options.json:
        print(city.model_dump_json(indent=2))
        return 0
    for uplink in city.uplinks:
        rates = f"{format_rate(uplink.receive_capacity)} down, {format_rate(uplink.transmit_capacity)} up"
        print(f"uplink {uplink.name}: {uplink.device}/{uplink.interface}, {rates}, {uplink.provider} {uplink.circuit}")
    for opd in city.opds:
        prefixes = " ".join(str(prefix) for prefix in opd.prefixes)
        path = " > ".join((uplink_of(city, opd.code), *path_to(city, opd.code)))
        print(f"{opd.code:<16} {opd.name:<44} {opd.measured:<10} {path}  {prefixes}")
    return 0


def _whose(options: argparse.Namespace) -> int:
    try:
        address = ip_address(options.address)
    except ValueError:
        print(f"{options.address!r} is not an IPv4 or IPv6 address", file=sys.stderr)
        return 2
    owner = whose(_city(options), address)
    if options.json:
        answer = {"opd": owner[0], "prefix": str(owner[1])} if owner else {"opd": None, "prefix": None}
        print(json.dumps({"address": str(address), **answer}))
    elif owner:
        print(f"{address} belongs to {owner[0]} ({owner[1]})")
    else:
        print(f"{address} belongs to no OPD", file=sys.stderr)
    return 0 if owner else 1


def _generate(options: argparse.Namespace) -> int:
    try:
        sys.stdout.write(generate_city(options.opds))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _city(options: argparse.Namespace) -> City:
    file = options.inventory or os.environ.get("LEBARPITA_INVENTORY")
    if not file:
        print("which city? give --inventory FILE or set LEBARPITA_INVENTORY", file=sys.stderr)
        raise SystemExit(2)
    return read_city(file)


if __name__ == "__main__":
    sys.exit(main())
