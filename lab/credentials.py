"""Secrets of one lab: random values in files of mode 0600, and the environment that names them. Never logged."""

import os
import secrets
from pathlib import Path

from inventory.model import City, Credential
from lab import LabError
from runtime.secrets import SecretError, read_secret

# Without letters and digits that look alike: people type the demo's passwords.
ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def write_secret(directory: Path, name: str, letters: int = 32) -> str:
    """Make a random secret in ``directory/name``; the value, in letters and digits that are safe everywhere."""
    return keep_secret(directory, name, "".join(secrets.choice(ALPHABET) for _ in range(letters)))


def keep_secret(directory: Path, name: str, value: str) -> str:
    """Keep a value in ``directory/name`` for its owner alone."""
    # 0600 from its first moment on; write and chmod would leave a gap in between.
    descriptor = os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123  # a descriptor, not a path
        file.write(value)
    return value


def make_environment(city: City, directory: Path) -> dict[str, str]:
    """A random value for every ``env:`` reference of the city's SNMP credentials."""
    names = sorted({ref.removeprefix("env:") for ref in _references(city) if ref.startswith("env:")})
    return {name: write_secret(directory, name.lower()) for name in names}


def value_of(reference: str, environment: dict[str, str]) -> str:
    """The value behind a reference. Raises LabError where a named file holds none."""
    kind, _, name = reference.partition(":")
    if kind == "env":
        return environment[name]
    try:
        return read_secret(reference)
    except SecretError as error:
        raise LabError(str(error)) from error


def _references(city: City) -> list[str]:
    return [
        reference
        for credential in city.credentials
        for reference in (credential.community, credential.auth_key, credential.privacy_key)
        if reference
    ]


def of_device(city: City, device: str) -> Credential | None:
    """The credential a device is asked with; None where it does not speak SNMP."""
    name = city.device(device).snmp
    return city.credential(name) if name else None
