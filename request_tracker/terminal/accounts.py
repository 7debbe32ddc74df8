"""``user`` and ``token``: who may enter, and which part may speak to the API. Secrets come from and go to files."""

import argparse
from pathlib import Path
from typing import Any

from request_tracker.config import token as secret_token
from request_tracker.errors import TrackerError
from request_tracker.people.accounts import hash_password, standing
from request_tracker.people.addresses import set_address, typed_address
from request_tracker.people.links import set_password
from request_tracker.people.rights_changes import new_account, reset_of_factors
from request_tracker.people.roles import ROLES
from request_tracker.people.second_factors import factors
from request_tracker.people.second_person import change_rights
from request_tracker.people.sessions import SCOPES, add_token, end_sessions, revoke_token, token_revoked_at
from request_tracker.store.acting import machine_user
from request_tracker.terminal.options import config_of, now, private_file, ready_desk, with_config


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    users = commands.add_parser("user", help="accounts").add_subparsers(required=True, metavar="COMMAND")
    add = users.add_parser("add", help="make an account")
    add.add_argument("login", metavar="LOGIN")
    add.add_argument("--name", required=True, help="the person's name or office title")
    add.add_argument("--role", action="append", required=True, choices=list(ROLES), help="repeatable")
    add.add_argument("--opd", metavar="OPD", help="for a requester: whose operator")
    add.add_argument("--password-file", required=True, metavar="FILE", help="its first line is the password")
    add.add_argument("--address", default="", metavar="ADDRESS", help="an e-mail, or channel:address (telegram:12345)")
    add.set_defaults(run=_user_add)
    listing = users.add_parser("list", help="accounts with their roles")
    listing.set_defaults(run=_user_list)
    out = users.add_parser("log-out", help="revoke every session of an account")
    out.add_argument("login", metavar="LOGIN")
    out.set_defaults(run=_user_log_out)
    reset = users.add_parser("reset-factors", help="remove an account's second factors, sessions and known devices")
    reset.add_argument("login", metavar="LOGIN")
    reset.set_defaults(run=_user_reset_factors)
    tokens = commands.add_parser("token", help="API tokens").add_subparsers(required=True, metavar="COMMAND")
    token = tokens.add_parser("add", help="make a token and write it to a file only its owner can read, or take one")
    token.add_argument("name", metavar="NAME")
    token.add_argument("--scope", action="append", required=True, choices=list(SCOPES), help="repeatable")
    place = token.add_mutually_exclusive_group(required=True)
    place.add_argument("--out", metavar="FILE", help="write a new one there")
    place.add_argument("--from", dest="source", metavar="env:NAME|file:/path", help="take the one that stands there")
    token.set_defaults(run=_token_add)
    token_list = tokens.add_parser("list", help="tokens with their scopes; the secrets are kept nowhere")
    token_list.set_defaults(run=_token_list)
    void = tokens.add_parser("revoke", help="make a token void at once")
    void.add_argument("name", metavar="NAME")
    void.set_defaults(run=_token_revoke)
    for command in (add, listing, out, reset, token, token_list, void):
        with_config(command)


def _user_add(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    if options.opd and options.opd not in {opd.code for opd in desk.city.opds}:
        raise TrackerError(f"user {options.login}: opd {options.opd!r} is not in the inventory")
    try:
        password = Path(options.password_file).read_text(encoding="utf-8").split("\n")[0].strip()
    except OSError as error:
        raise TrackerError(f"{options.password_file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TrackerError(f"{options.password_file}: is no text; its first line must be the password") from error
    hash_password(password)  # What is wrong with it is said before anything is made.
    address = typed_address(options.address, config_of(options).channels)
    wanted = new_account(options.login, options.name, tuple(options.role), options.opd)
    answer = change_rights(desk.store, config_of(options).second_person, wanted, machine_user(), now())
    if answer.link is None:
        print(f"user {options.login}: waits for a second person, as request {answer.waiting} on the page /persetujuan;")
        print(f"the password of {options.password_file} was not kept: the confirmation makes a one-time link")
        return 0
    set_password(desk.store, answer.link, password, now())
    if address:
        user = desk.store.value("SELECT id FROM users WHERE login = ?", [options.login])
        set_address(desk.store, int(user), address, config_of(options).channels, now())
    print(f"user {options.login}: made, with {', '.join(options.role)}")
    return 0


def _user_list(options: argparse.Namespace) -> int:
    rows = ready_desk(options).store.rows(
        "SELECT u.login, u.name, u.active, group_concat(r.role, ' ') AS roles FROM users u"
        " LEFT JOIN user_roles r ON r.user_id = u.id GROUP BY u.id ORDER BY u.login"
    )
    for row in rows:
        print(f"{row['login']:<16} {row['name']:<32} {'active' if row['active'] else 'off':<7} {row['roles']}")
    return 0


def _token_add(options: argparse.Namespace) -> int:
    desk = ready_desk(options)
    if options.source:
        secret = secret_token(options.source)
        # The parts' tokens are adopted again after an upgrade and a restore: what somebody revoked stays revoked.
        if revoked := token_revoked_at(desk.store, options.name, secret):
            print(f"token {options.name}: revoked {revoked} and left so; put another secret into {options.source}")
            return 0
        add_token(desk.store, options.name, options.scope, now(), secret)
        print(f"token {options.name}: taken from {options.source}")
        return 0
    with private_file(options.out) as out:
        out.write(add_token(desk.store, options.name, options.scope, now()) + "\n")
    print(f"token {options.name}: written to {options.out}")
    return 0


def _user_log_out(options: argparse.Namespace) -> int:
    ended = end_sessions(ready_desk(options).store, options.login, now())
    print(f"user {options.login}: {ended} sessions revoked")
    return 0


def _user_reset_factors(options: argparse.Namespace) -> int:
    store = ready_desk(options).store
    account = standing(store, options.login)
    if account is None:
        raise TrackerError(f"user {options.login}: there is no such account; see lebarpita-tracker user list")
    count = len(factors(store, account[0]))
    wanted = reset_of_factors(account[0], machine_user())
    answer = change_rights(store, config_of(options).second_person, wanted, machine_user(), now())
    if answer.waiting is not None:
        print(f"user {options.login}: waits for a second person, as request {answer.waiting} on the page /persetujuan")
        return 0
    print(f"user {options.login}: {count} second factors removed")
    return 0


def _token_list(options: argparse.Namespace) -> int:
    for row in ready_desk(options).store.rows("SELECT * FROM api_tokens ORDER BY name"):
        state = f"revoked {row['revoked_at'][:16]}" if row["revoked_at"] else "valid"
        print(f"{row['name']:<16} {state:<26} {row['scopes']}")
    return 0


def _token_revoke(options: argparse.Namespace) -> int:
    revoke_token(ready_desk(options).store, options.name, now())
    print(f"token {options.name}: revoked")
    return 0
