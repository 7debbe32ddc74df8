"""SNMP traps and informs (RFC 3416) by pysnmp: datagrams in, counts and a hint to the watch out. A trap never pages.

v2c with the configured community, v3 with the users of the inventory. Whatever comes from an address that is no device
of the inventory, or with a wrong community or user, is counted and thrown away.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config as setup
from pysnmp.entity import engine
from pysnmp.entity.rfc3413 import ntfrcv

from exporter.config import ExporterError, WatchPart, secret
from exporter.http import parse_listen
from inventory.model import City, Credential

log = logging.getLogger(__name__)
TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
NAMES = {
    "1.3.6.1.6.3.1.1.5.1": "coldStart",
    "1.3.6.1.6.3.1.1.5.2": "warmStart",
    "1.3.6.1.6.3.1.1.5.3": "linkDown",
    "1.3.6.1.6.3.1.1.5.4": "linkUp",
    "1.3.6.1.6.3.1.1.5.5": "authenticationFailure",
}
_HINTS = frozenset({"linkDown", "linkUp", "coldStart", "warmStart"})
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


class Traps:
    """The receiver. ``start`` opens the socket where one is configured, ``stop`` closes it."""

    def __init__(self, city: City, part: WatchPart, hurry: Callable[[], None]) -> None:
        self._city, self._part, self._hurry = city, part, hurry
        self._devices = {str(device.address): device.name for device in city.devices}
        self._engine: Any = None
        self._source = ""
        self.received: Counter[tuple[str, str]] = Counter()
        self.refused: Counter[str] = Counter()

    async def start(self) -> None:
        """Listen. Raises ExporterError where the address or a secret cannot be had."""
        if self._part.traps is None:
            return
        where = parse_listen(self._part.traps)
        self._engine = engine.SnmpEngine()
        try:
            transport = udp.UdpAsyncioTransport().open_server_mode((where.host, where.port))
        except OSError as error:
            raise ExporterError(f"watch: traps: {self._part.traps} cannot be had: {error.strerror}") from error
        setup.add_transport(self._engine, udp.DOMAIN_NAME, transport)
        if self._part.trap_community:
            setup.add_v1_system(self._engine, "traps", secret(self._part.trap_community))
        for credential in self._city.credentials:
            if credential.version == "3":
                _add_user(self._engine, credential)
        ntfrcv.NotificationReceiver(self._engine, self._notified)
        observer = self._engine.observer
        observer.register_observer(
            self._observed, "rfc2576.processIncomingMsg:writable", "rfc3412.receiveMessage:request"
        )

    def stop(self) -> None:
        """Close the socket."""
        if self._engine is not None:
            self._engine.close_dispatcher()
            self._engine = None

    def take(self, address: str, trap: str) -> None:
        """One notification of a device: count it and, where it speaks of a link, begin a confirmation."""
        device = self._devices.get(address)
        if device is None:
            self.refused["unknown_address"] += 1
            return
        name = NAMES.get(trap, "other")
        self.received[device, name] += 1
        if name in _HINTS:
            self._hurry()

    def _observed(self, _: Any, __: str, variables: Mapping[str, Any], ___: Any) -> None:
        address = variables.get("transportAddress")
        self._source = str(address[0]) if address else ""

    def _notified(self, _: Any, __: Any, ___: Any, ____: Any, binds: Any, _____: Any) -> None:
        trap = next((str(value) for name, value in binds if str(name) == TRAP_OID), "")
        self.take(self._source, trap)


def _add_user(snmp: Any, credential: Credential) -> None:
    auth = _AUTH[credential.auth] if credential.auth else setup.USM_AUTH_NONE
    privacy = _PRIVACY[credential.privacy] if credential.privacy else setup.USM_PRIV_NONE
    keys = [secret(key) if key else None for key in (credential.auth_key, credential.privacy_key)]
    setup.add_v3_user(snmp, credential.user, auth, keys[0], privacy, keys[1])
