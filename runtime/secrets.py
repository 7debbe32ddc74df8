"""Secrets by reference: ``env:NAME`` or ``file:/path`` in, the value out. No value ever stands in a message.

Three kinds, by where a secret goes: a token travels in a header, a passphrase is read by another program, and a key
signs here and goes nowhere. Only a key may be any bytes; the other two are text, as those who compare them read text.
"""

import errno
import logging
import os
import shlex
import stat
from functools import cache
from pathlib import Path

log = logging.getLogger(__name__)

# A secret is a line. A device such as /dev/zero has no end, so no more than this is ever read.
LONGEST_BYTES = 65_536
# The command that makes a right one: 32 bytes from the kernel as 43 letters, with nothing but Python to install.
MAKE = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
# Docker mounts secrets here, readable by all of a container in which nobody else is.
CONTAINER = "/run/secrets/"


class SecretError(ValueError):
    """A secret that cannot be had: a sentence with its reference and the next step, never with its value."""


def read_token(reference: str) -> str:
    """A token or password that travels in a header: visible ASCII on one line. Raises SecretError."""
    text = read_secret(reference)
    if not all(" " <= letter <= "~" for letter in text):
        raise _wrong(reference, "holds more than one line of visible ASCII, which no header carries")
    return text


def read_secret(reference: str) -> str:
    """A passphrase, community or address: any text, without the white space around it. Raises SecretError."""
    content = _content(reference)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        # From None: the decoder's own message quotes the bytes, and they are the secret.
        raise _wrong(reference, "is not text (raw random bytes?)") from None
    if any(letter < " " and letter not in "\t\r\n" for letter in text):
        raise _wrong(reference, "is not text: it holds control characters (raw random bytes?)")
    return text


def read_key(reference: str) -> bytes:
    """A key that signs: any bytes; of text, those without the white space around it. Raises SecretError."""
    return _content(reference)


def _content(reference: str) -> bytes:
    kind, _, name = reference.partition(":")
    if kind not in ("env", "file") or not name or "\0" in name:
        raise SecretError("a secret is named env:NAME or file:/path, never written out")
    content = _variable(reference, name) if kind == "env" else _file(reference, Path(name))
    if not content:
        raise _wrong(reference, "is empty")
    return content


def _variable(reference: str, name: str) -> bytes:
    # As bytes: os.environ would hide what is not UTF-8 behind surrogates.
    value = os.environb.get(os.fsencode(name))
    if not value:
        raise _wrong(reference, f"the environment variable {name} is not set")
    return value


def _file(reference: str, path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte more than allowed tells "too long" from "just fits"; the mode is of the file that was read, not
            # of what the path may name by now.
            content, mode = file.read(LONGEST_BYTES + 1), os.fstat(file.fileno()).st_mode
    except OSError as error:
        raise _wrong(reference, _unreadable(error)) from error
    if len(content) > LONGEST_BYTES:
        raise _wrong(reference, f"holds more than {LONGEST_BYTES} bytes, which is no secret")
    # A pipe or a socket of a secrets manager has mode bits that say nothing of who can read it.
    if mode & stat.S_IROTH and stat.S_ISREG(mode):
        _warn(str(path))
    try:
        return content.decode().strip().encode()
    except UnicodeDecodeError:
        return content


def _unreadable(error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"user {os.geteuid()} may not read it; give it to that user with chown and chmod 0400"
    if error.errno == errno.EISDIR:
        return "is a directory, not a file"
    return f"cannot be read: {error.strerror}"


def _wrong(reference: str, fault: str) -> SecretError:
    kind, _, name = reference.partition(":")
    if kind == "env":
        return SecretError(f'secret {reference}: {fault}; set it, or a new one: export {name}="$({MAKE})"')
    return SecretError(
        f"secret {reference}: {fault}; put the secret there, or a new one: (umask 077; {MAKE} > {shlex.quote(name)})"
    )


@cache
def _warn(name: str) -> None:
    """Once for each file: a secret that every user of the machine may read is none."""
    if not name.startswith(CONTAINER):
        log.warning("event=secret_open_to_all file=%s mend=%r", name, f"chmod o= {shlex.quote(name)}")
