"""Signing one SNMPv3 message (RFC 3414 section 6, RFC 7860), only to find out why an agent refuses a user. Pure."""

import hashlib
import hmac

# hashlib's name and the bytes of the truncated signature (RFC 3414, 6.3.1 and 7.3.1; RFC 7860, 4.1).
ALGORITHMS = {
    "MD5": ("md5", 12),
    "SHA": ("sha1", 12),
    "SHA-224": ("sha224", 16),
    "SHA-256": ("sha256", 24),
    "SHA-384": ("sha384", 32),
    "SHA-512": ("sha512", 48),
}
# A passphrase is repeated to a megabyte before it is digested (RFC 3414, A.2).
_STRETCHED_BYTES = 1_048_576


def localized_key(auth: str, passphrase: str, engine_id: bytes) -> bytes:
    """The key of a passphrase at an engine (RFC 3414 A.2)."""
    name, _ = ALGORITHMS[auth]
    words = passphrase.encode()
    stretched = (words * (_STRETCHED_BYTES // len(words) + 1))[:_STRETCHED_BYTES]
    key = hashlib.new(name, stretched).digest()
    # Localization: the stolen key of one agent opens no other (RFC 3414, 2.6).
    return hashlib.new(name, key + engine_id + key).digest()


def room(auth: str) -> bytes:
    """The zeros that stand where the signature will."""
    return bytes(ALGORITHMS[auth][1])


def signed(message: bytes, auth: str, key: bytes, before: bytes) -> bytes:
    """The message with its signature in the room that follows ``before``."""
    name, size = ALGORITHMS[auth]
    place = message.index(before) + len(before)
    return message[:place] + hmac.new(key, message, name).digest()[:size] + message[place + size :]
