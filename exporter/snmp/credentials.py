"""How to ask a device that is no device of the inventory: options of a command in, a Credential out.

Secrets are named (``env:NAME`` or ``file:/path``), never written on a command line, and never repeated in a message.
"""

import argparse

from pydantic import ValidationError

from exporter.errors import ExporterError
from inventory.model import Credential

SECRET = "env:NAME|file:/path"


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the community and the user with its protocols and keys."""
    command.add_argument("--community-from", metavar=SECRET, help="for an address: where its community is read")
    command.add_argument("--version", choices=("1", "2c"), default="2c", help="with --community-from (default: 2c)")
    command.add_argument("--user", help="for an address: the user of SNMP v3")
    command.add_argument("--auth", metavar="PROTOCOL", help="MD5, SHA, SHA-224, SHA-256, SHA-384 or SHA-512")
    command.add_argument("--auth-key-from", metavar=SECRET, help="where the user's authentication key is read")
    command.add_argument("--privacy", metavar="PROTOCOL", help="DES, AES, AES-192 or AES-256")
    command.add_argument("--privacy-key-from", metavar=SECRET, help="where the user's privacy key is read")
    command.add_argument("--context", metavar="NAME", default="", help="for an address: which context of SNMP v3")
    command.add_argument("--transport", choices=("udp", "tcp"), default="udp", help="for an address (default: udp)")


def credential_of(options: argparse.Namespace, name: str) -> Credential:
    """The credential the options name. Raises ExporterError where they do not make one."""
    if options.user and options.community_from:
        raise ExporterError("--user is SNMP v3 and --community-from is v1 or v2c; give one of them")
    for kind in ("auth", "privacy"):
        if (getattr(options, kind) is None) != (getattr(options, f"{kind}_key_from") is None):
            raise ExporterError(f"--{kind} and --{kind}-key-from go together")
    if options.context and not options.user:
        raise ExporterError(f"--context {options.context} is of SNMP v3 and needs --user")
    if options.privacy and not options.auth:
        raise ExporterError("--privacy needs --auth")
    try:
        return Credential(
            name=name,
            version="3" if options.user else options.version,
            community=options.community_from,
            user=options.user,
            auth=options.auth,
            auth_key=options.auth_key_from,
            privacy=options.privacy,
            privacy_key=options.privacy_key_from,
        )
    except ValidationError as error:
        names = {"community": "community-from", "auth_key": "auth-key-from", "privacy_key": "privacy-key-from"}
        wrong = ", ".join(f"--{names.get(str(fault['loc'][0]), fault['loc'][0])}" for fault in error.errors())
        raise ExporterError(
            f"{wrong}: not one of the values in --help; secrets are {SECRET}, never themselves"
        ) from None
