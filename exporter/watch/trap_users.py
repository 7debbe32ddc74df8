"""The inventory's v3 users at pysnmp's receiver. A trap is signed with a key of the *sender's* engine (RFC 3414).

So a user's key is made for an engine when that engine first speaks. Engines are bounded per device; keys are stretched
from their passphrase once, at the start.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pysnmp.entity import config as setup
from pysnmp.proto.rfc1902 import OctetString

from exporter.config import secret
from exporter.watch.trap_message import TrapSender
from inventory.model import Credential

# A device has one engine, and another after a factory reset; a forger cannot make us stretch more keys than these.
ENGINES_PER_DEVICE = 4
_AUTH = {
    "MD5": setup.USM_AUTH_HMAC96_MD5,
    "SHA": setup.USM_AUTH_HMAC96_SHA,
    "SHA-224": setup.USM_AUTH_HMAC128_SHA224,
    "SHA-256": setup.USM_AUTH_HMAC192_SHA256,
    "SHA-384": setup.USM_AUTH_HMAC256_SHA384,
    "SHA-512": setup.USM_AUTH_HMAC384_SHA512,
}
_PRIVACY = {
    "DES": setup.USM_PRIV_CBC56_DES,
    "AES": setup.USM_PRIV_CFB128_AES,
    "AES-192": setup.USM_PRIV_CFB192_AES,
    "AES-256": setup.USM_PRIV_CFB256_AES,
}


class TrapUsers:
    """Every user of the inventory. Raises ExporterError where a secret cannot be had."""

    def __init__(self, snmp: Any, credentials: Iterable[Credential]) -> None:
        self._snmp = snmp
        self._keys = {c.user: _keys(c) for c in credentials if c.version == "3" and c.user}
        self._introduced: set[tuple[bytes, str]] = set()
        self._engines: defaultdict[str, set[bytes]] = defaultdict(set)
        for user in self._keys:
            # Under our own engine too: of an inform the receiver's engine is the authoritative one (RFC 3414, 1.5.1).
            self._add(user, None)

    def adopt(self, credentials: Iterable[Credential]) -> None:
        """These users from now on. Raises ExporterError where a secret cannot be had; then nothing has changed."""
        keys = {c.user: _keys(c) for c in credentials if c.version == "3" and c.user}
        changed = {user for user, key in keys.items() if self._keys.get(user) != key}
        self._keys = keys
        self._introduced = {(engine, user) for engine, user in self._introduced if user not in changed}
        for user in changed:
            self._add(user, None)

    def introduce(self, source: str, sender: TrapSender) -> str | None:
        """Have pysnmp know this user at that engine. Why not, or None where it may read the message.

        An empty user or engine is the discovery that comes before an inform; pysnmp answers it. pysnmp would take an
        unsigned trap of a user that has a key, so the level is looked at here.
        """
        engine_id, user, level = sender
        if not user or not engine_id or engine_id == self._own:
            return None
        if user not in self._keys:
            return "unknown_user"
        if level != self._level(user):
            return "wrong_level"
        if (engine_id, user) not in self._introduced:
            if engine_id not in self._engines[source] and len(self._engines[source]) >= ENGINES_PER_DEVICE:
                return "too_many_engines"
            self._engines[source].add(engine_id)
            self._introduced.add((engine_id, user))
            self._add(user, engine_id)
        return None

    def _level(self, user: str) -> int:
        _, auth_key, _, privacy_key = self._keys[user]
        # As in msgFlags: 1 signed, 3 signed and encrypted; encryption without a signature does not exist (RFC 3411,
        # 3.4.3).
        return (auth_key is not None) + 2 * (privacy_key is not None)

    @property
    def _own(self) -> bytes:
        return bytes(self._snmp.snmpEngineID)

    def _add(self, user: str, engine_id: bytes | None) -> None:
        auth, auth_key, privacy, privacy_key = self._keys[user]
        setup.add_v3_user(
            self._snmp,
            user,
            auth,
            auth_key,
            privacy,
            privacy_key,
            securityEngineId=None if engine_id is None else OctetString(engine_id),
            authKeyType=setup.USM_KEY_TYPE_MASTER,
            privKeyType=setup.USM_KEY_TYPE_MASTER,
        )


def _keys(credential: Credential) -> tuple[Any, Any, Any, Any]:
    """Protocols and master keys of a user."""
    auth = _AUTH[credential.auth] if credential.auth else setup.USM_AUTH_NONE
    privacy = _PRIVACY[credential.privacy] if credential.privacy else setup.USM_PRIV_NONE
    phrases = [OctetString(secret(key)) if key else None for key in (credential.auth_key, credential.privacy_key)]
    # The stretching of a passphrase digests a megabyte (RFC 3414, A.2): once here, not at every new engine.
    auth_key = phrases[0] and setup.AUTH_SERVICES[auth].hash_passphrase(phrases[0])
    privacy_key = phrases[1] and setup.PRIV_SERVICES[privacy].hash_passphrase(auth, phrases[1])
    return auth, auth_key, privacy, privacy_key
