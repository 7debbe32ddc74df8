"""Codes of an authenticator app (RFC 6238): a new secret and its address out, a code in, taken once.

pyotp does the arithmetic. The secret is kept encrypted under the office's ``secret_key``, which stands in no backup.
"""

import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from request_tracker.errors import Refused
from request_tracker.people.second_factors import TOTP, NewFactor, factors, take_counter
from request_tracker.store.database import Store

# Steps of 30 s that a telephone's clock may be off, either way (RFC 6238, 5.2 recommends one).
SKEW_STEPS = 1
ENROLMENT = timedelta(minutes=30)  # Somebody may first have to find and install an app.


class CodeVault:
    """Encrypts and decrypts what codes are made of. ``signing_key`` is the office's ``secret_key``."""

    def __init__(self, signing_key: bytes) -> None:
        derived = HKDF(SHA256(), 32, None, b"lebarpita: secrets of second factors").derive(signing_key)
        self._fernet = Fernet(urlsafe_b64encode(derived))

    def sealed(self, user: int, secret: str) -> str:
        """The secret as it is kept, and as it waits in the form of its set-up; bound to the account."""
        return self._fernet.encrypt(f"{user}:{secret}".encode()).decode()

    def opened(self, user: int, text: str, within: timedelta | None = None) -> str | None:
        """The secret again; None where it is another account's, sealed with another key, or older than ``within``."""
        try:
            plain = self._fernet.decrypt(text.encode(), None if within is None else int(within.total_seconds()))
        except (InvalidToken, ValueError):
            return None
        owner, _, secret = plain.decode().partition(":")
        return secret if owner == str(user) else None


def new_secret() -> str:
    """A secret of 160 bits, as RFC 4226 (4, R6) recommends, in base32."""
    return pyotp.random_base32()


def address_of_secret(secret: str, login: str, issuer: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def enrolled(vault: CodeVault, user: int, pending: str, code: str, now: datetime) -> NewFactor:
    """The factor of a set-up form whose code fits. Raises Refused where it is too old or the code is wrong."""
    secret = vault.opened(user, pending, ENROLMENT)
    if secret is None:
        raise Refused("stale_enrolment")
    step = _step_of(secret, code, now)
    if step is None:
        raise Refused("wrong_code")
    return NewFactor(TOTP, "", vault.sealed(user, secret), step)


def take_code(store: Store, vault: CodeVault, user: int, code: str, now: datetime) -> bool:
    """Whether the code fits one of the account's apps; a code that was taken is never taken again."""
    for row in factors(store, user):
        secret = vault.opened(user, row["secret"]) if row["kind"] == TOTP else None
        step = _step_of(secret, code, now) if secret else None
        if step is not None:
            with store.transaction() as db:
                return take_counter(db, row["id"], step)
    return False


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, within the skew."""
    totp = pyotp.TOTP(secret)
    here = totp.timecode(now)
    matches = [
        step
        for step in range(here - SKEW_STEPS, here + SKEW_STEPS + 1)
        if secrets.compare_digest(totp.generate_otp(step).encode(), code.encode())
    ]
    return max(matches, default=None)
