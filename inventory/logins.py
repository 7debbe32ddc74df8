"""How discovery may ask: options of a command and the credentials of a city file in, credentials to try in turn out."""

import argparse
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from inventory.model import Credential
from inventory.reading import FileProblem, InventoryError

SECRET = "env:NAME|file:/path"


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the communities (repeatable), and the user of SNMP v3 with its protocols and keys."""
    command.add_argument(
        "--community-from", action="append", default=[], metavar=SECRET, help="SNMP v2c; repeatable, tried in turn"
    )
    command.add_argument("--user", metavar="USER", help="SNMP v3, with:")
    for option in ("--auth", "--auth-key-from", "--privacy", "--privacy-key-from"):
        command.add_argument(option, metavar="SHA-256|..." if option == "--auth" else None)
    command.add_argument(
        "--port", type=int, default=161, help="UDP port of agents that the city file does not name (default: 161)"
    )


def logins_of(options: argparse.Namespace, written: Sequence[Credential] = ()) -> tuple[Credential, ...]:
    """Those of the city file, then what the options name that it has not. Raises InventoryError."""
    logins = list(written)
    wanted: list[dict[str, Any]] = [{"community": reference} for reference in options.community_from]
    if options.user:
        keys = {"auth": options.auth, "auth_key": options.auth_key_from}
        keys |= {"privacy": options.privacy, "privacy_key": options.privacy_key_from}
        wanted.append({"version": "3", "user": options.user, **keys})
    for row in wanted:
        try:
            login = Credential(name=_free(logins), **row)
        except ValidationError as error:
            # The value is not repeated: it may be a secret written out.
            where = ", ".join(f"--{str(fault['loc'][0]).replace('_', '-')}" for fault in error.errors())
            raise InventoryError(
                [FileProblem(where, 0, f"not one of the values allowed; secrets are {SECRET}, never themselves")]
            ) from None
        if not any(login.model_copy(update={"name": other.name}) == other for other in logins):
            logins.append(login)
    return tuple(logins)


def _free(logins: Sequence[Credential]) -> str:
    names = {login.name for login in logins}
    return next(name for name in ("snmp", *(f"snmp-{n}" for n in range(2, len(names) + 3))) if name not in names)
