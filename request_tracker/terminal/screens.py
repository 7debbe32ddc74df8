"""The commands of wall screens' links: ``wall add``, ``list``, ``revoke``. A new link goes to a file, or out once."""

import argparse
from typing import Any

from request_tracker.errors import TrackerError
from request_tracker.people.wall_links import add_wall_link, revoke_wall_link, wall_links
from request_tracker.terminal.options import config_of, now, private_file, ready_desk, with_config


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    wall = commands.add_parser("wall", help="links of wall screens").add_subparsers(required=True, metavar="COMMAND")
    add = wall.add_parser("add", help="make a link and print it once, or write it to a file only its owner can read")
    add.add_argument("name", metavar="NAME", help="which screen, and where it hangs")
    add.add_argument("--out", metavar="FILE", help="write it there")
    add.set_defaults(run=_add)
    listing = wall.add_parser("list", help="links with when their screens were last seen")
    listing.set_defaults(run=_list)
    revoke = wall.add_parser("revoke", help="make a link void at once")
    revoke.add_argument("number", metavar="NUMBER", type=int, help="its number in the list")
    revoke.set_defaults(run=_revoke)
    for command in (add, listing, revoke):
        with_config(command)


def _add(options: argparse.Namespace) -> int:
    desk, public_url = ready_desk(options), config_of(options).public_url.rstrip("/")
    if not options.out:
        print(f"{public_url}/dinding/{add_wall_link(desk.store, options.name, 'system', now())}")
        return 0
    with private_file(options.out) as out:
        out.write(f"{public_url}/dinding/{add_wall_link(desk.store, options.name, 'system', now())}\n")
    print(f"wall {options.name}: its link is written to {options.out}")
    return 0


def _list(options: argparse.Namespace) -> int:
    for row in wall_links(ready_desk(options).store):
        sight = f"seen {row['used_at'][:16]}" if row["used_at"] else "never opened"
        state = f"revoked {row['revoked_at'][:16]}" if row["revoked_at"] else "valid"
        print(f"{row['id']:<5} {row['name']:<32} {state:<26} {sight}")
    return 0


def _revoke(options: argparse.Namespace) -> int:
    number = options.number
    if not revoke_wall_link(ready_desk(options).store, number, now()):
        raise TrackerError(f"wall {number}: there is no valid link of that number; see lebarpita-tracker wall list")
    print(f"wall {options.number}: revoked")
    return 0
