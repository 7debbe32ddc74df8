"""Security keys (WebAuthn): options for the browser out, its answer in, checked by Yubico's fido2. Knows no page.

A key proves that it is here, after the password; it asks no PIN. Only its public half is kept.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)

from request_tracker.errors import Refused
from request_tracker.people.second_factors import KEY, NewFactor, factors, take_counter
from request_tracker.store.database import Row, Store

# A registration with its attestation certificates is 2 to 5 kB; a hostile browser's may be anything.
LONGEST_ANSWER = 20_000
_TOUCH = UserVerificationRequirement.DISCOURAGED


@dataclass(frozen=True)
class Challenge:
    """``options`` is JSON for the browser; ``state`` is kept for its answer and goes nowhere else."""

    options: str
    state: str


@dataclass(frozen=True)
class KeyHolder:
    """Whose key it is: the account's number, its login, the person's name."""

    user: int
    login: str
    name: str


class KeyDesk:
    """Asks for keys and checks them, for one public address of the office."""

    def __init__(self, public_url: str, office: str) -> None:
        parts = urlsplit(public_url)
        self.host = parts.hostname or ""
        origin = f"{parts.scheme}://{parts.netloc}"
        entity = PublicKeyCredentialRpEntity(id=self.host, name=office)
        self._server = Fido2Server(entity, verify_origin=lambda address: address == origin)
        # Browsers make keys for names in secure contexts alone (WebAuthn 2, 5.1.3; Secure Contexts 3.1).
        self.usable = _is_name(self.host) and (parts.scheme == "https" or self.host == "localhost")

    def ask_new(self, store: Store, holder: KeyHolder) -> Challenge:
        """What the browser needs to make a key for an account that has these already."""
        user = PublicKeyCredentialUserEntity(
            id=f"user:{holder.user}".encode(), name=holder.login, display_name=holder.name
        )
        options, state = self._server.register_begin(user, _keys(_rows(store, holder.user)), user_verification=_TOUCH)
        return Challenge(json.dumps(dict(options)["publicKey"]), json.dumps(state))

    def new_key(self, state: str, answer: str, name: str) -> NewFactor:
        """The key of the browser's answer. Raises Refused where it does not fit."""
        try:
            made = self._server.register_complete(json.loads(state), _read(answer))
        except _WRONG as error:
            raise Refused("wrong_key") from error
        data = made.credential_data
        if data is None:
            raise Refused("wrong_key")
        return NewFactor(KEY, name, urlsafe_b64encode(data).decode(), made.counter, _text(data.credential_id))

    def ask_here(self, store: Store, user: int) -> Challenge | None:
        """What the browser needs to ask for one of the account's keys; None where it has none."""
        rows = _rows(store, user)
        if not rows or not self.usable:
            return None
        options, state = self._server.authenticate_begin(_keys(rows), user_verification=_TOUCH)
        return Challenge(json.dumps(dict(options)["publicKey"]), json.dumps(state))

    def take_key(self, store: Store, user: int, state: str, answer: str) -> bool:
        """Whether one of the account's keys has answered, and no copy of it (WebAuthn 2, 6.1.1)."""
        rows = _rows(store, user)
        try:
            read = _read(answer)
            key = self._server.authenticate_complete(json.loads(state), _keys(rows), read)
            counter = AuthenticationResponse.from_dict(read).response.authenticator_data.counter
        except _WRONG:
            return False
        row = next(row for row in rows if row["credential"] == _text(key.credential_id))
        if counter == row["counter"] == 0:
            return True  # A key that counts nothing: its challenge alone is what makes the answer new.
        with store.transaction() as db:
            return take_counter(db, row["id"], counter)


# What fido2 raises for an answer that does not fit or is none.
_WRONG = (ValueError, TypeError, KeyError, AttributeError, AssertionError)


def _rows(store: Store, user: int) -> list[Row]:
    return [row for row in factors(store, user) if row["kind"] == KEY]


def _keys(rows: Sequence[Row]) -> list[AttestedCredentialData]:
    return [AttestedCredentialData(urlsafe_b64decode(row["secret"])) for row in rows]


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("longer than any key's answer")
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise ValueError("no object")
    return read


def _text(credential: bytes) -> str:
    return urlsafe_b64encode(credential).decode()


def _is_name(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return bool(host)
    return False
