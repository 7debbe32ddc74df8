"""Secrets by reference: ``env:NAME`` or ``file:/path`` in, the value out. No value ever stands in a message."""

import os
from pathlib import Path


def read_secret(reference: str) -> str:
    """The value behind a reference. Raises ValueError naming the reference, never the value."""
    kind, _, name = reference.partition(":")
    if kind == "env":
        value = os.environ.get(name, "")
        if not value:
            raise ValueError(f"secret {reference}: the environment variable {name} is not set")
        return value
    if kind != "file":
        raise ValueError("a secret is named env:NAME or file:/path, never written out")
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"secret {reference}: {error.strerror}") from error
