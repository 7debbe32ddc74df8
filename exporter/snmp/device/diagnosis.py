"""Why a device is silent or refuses: a failure in, a better reason out. Sends at most three small SNMPv3 datagrams.

An agent that ignores a community still answers the SNMPv3 discovery (RFC 3414 section 4), so that "wrong community" is
told from "nobody there"; a closed port is told by ICMP; an unknown user by the agent's report. A message signed with
the user's key tells a wrong key from a wrong security level.
"""

import asyncio
from dataclasses import dataclass

from exporter.snmp.engines.failure import Reason, SnmpFailure
from exporter.snmp.engines.interface import Login, SnmpTarget
from exporter.snmp.wire import ber
from exporter.snmp.wire.usm_signing import localized_key, room, signed

# usmStatsUnknownUserNames and, below, usmStatsWrongDigests (RFC 3414, 5): what an agent reports instead of an answer.
UNKNOWN_USER_NAMES = "1.3.6.1.6.3.15.1.1.3.0"
# Three datagrams at most, so that a failure is explained within a scrape of ten seconds.
_LONGEST_SECONDS = 1.0
# msgFlags (RFC 3412 section 6.4): reportableFlag alone, and with authFlag.
_REPORTABLE, _REPORTABLE_SIGNED = b"\x04", b"\x05"
WRONG_DIGESTS = "1.3.6.1.6.3.15.1.1.5.0"


@dataclass(frozen=True)
class Report:
    """What an SNMPv3 agent reports: its engine, how it counts time, and which complaint it raised."""

    engine_id: bytes
    boots: int
    seconds: int
    complaint: str


async def explained(failure: SnmpFailure, target: SnmpTarget) -> SnmpFailure:
    """The same failure with the reason found out, or the failure itself where nothing more can be known."""
    # What is found out is found out by datagrams: it says nothing of an agent that is asked over TCP.
    if failure.reason not in (Reason.TIMEOUT, Reason.AUTHENTICATION) or target.transport == "tcp":
        return failure
    device = f"{target.name} ({target.address} port {target.port})"
    try:
        # Discovery: no engine, no user. The agent answers with its engine and clock whatever it thinks of us (RFC 3414,
        # 4).
        report = await _report(target, b"", "")
    except ConnectionRefusedError:
        return SnmpFailure(Reason.NO_AGENT, f"{device}: the port is closed; no SNMP agent runs there")
    except ValueError:
        return SnmpFailure(Reason.NOT_SNMP, f"{device} answers, but what it says is not SNMP")
    except OSError as error:
        return (
            failure if isinstance(error, TimeoutError) else SnmpFailure(Reason.NETWORK, f"{device}: {error.strerror}")
        )
    if target.login.version != "3":
        text = "the agent is there but does not answer this community (or not from this address)"
        return SnmpFailure(Reason.WRONG_COMMUNITY, f"{device}: {text}")
    return await _of_user(failure, target, device, report)


async def _of_user(failure: SnmpFailure, target: SnmpTarget, device: str, report: Report) -> SnmpFailure:
    user = target.login.user
    try:
        answer = await _report(target, report.engine_id, user, report)
    except (OSError, ValueError):
        return failure
    if answer.complaint == UNKNOWN_USER_NAMES:
        return SnmpFailure(Reason.UNKNOWN_USER, f"{device}: the agent knows no user {user!r}")
    if failure.reason is Reason.AUTHENTICATION:
        if await _key_is_right(target, report):
            text = f"user {user!r} may not read at this security level: the agent asks for more, or has less"
            return SnmpFailure(Reason.WRONG_LEVEL, f"{device}: {text}")
        text = f"the agent refuses user {user!r}: the authentication key or its algorithm is not the agent's"
        return SnmpFailure(Reason.WRONG_KEY, f"{device}: {text}")
    # The key was accepted before (no wrong digest), yet no answer came: the agent throws away what it cannot decrypt.
    if target.login.privacy:
        text = f"the agent cannot read user {user!r}: the privacy key or its algorithm is not the agent's"
        return SnmpFailure(Reason.WRONG_PRIVACY_KEY, f"{device}: {text}")
    return failure


async def _key_is_right(target: SnmpTarget, report: Report) -> bool:
    """Whether the agent refuses the user although the key is right, or needs none: then it is the level."""
    login = target.login
    if not login.auth:
        return True
    try:
        answer = await _report(target, report.engine_id, login.user, report, login)
    except (OSError, ValueError):
        return False
    return answer.complaint != WRONG_DIGESTS


async def _report(
    target: SnmpTarget, engine_id: bytes, user: str, discovery: Report | None = None, login: Login | None = None
) -> Report:
    """Send one request, signed where a login is given, and read the report. Raises OSError and ValueError."""
    loop = asyncio.get_running_loop()
    datagram: asyncio.Future[bytes] = loop.create_future()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Ear(datagram), remote_addr=(target.address, target.port)
    )
    try:
        transport.sendto(_request(engine_id, user, discovery, login))
        seconds = min(target.timeout_seconds, _LONGEST_SECONDS)
        return read_report(await asyncio.wait_for(datagram, seconds))
    finally:
        transport.close()


class _Ear(asyncio.DatagramProtocol):
    """Hears the first datagram or error of a connected socket."""

    def __init__(self, datagram: "asyncio.Future[bytes]") -> None:
        self._datagram = datagram

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not self._datagram.done():
            self._datagram.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self._datagram.done():
            self._datagram.set_exception(exc)


def _request(engine_id: bytes, user: str, discovery: Report | None, login: Login | None = None) -> bytes:
    number = ber.integer(1)
    boots, seconds = (discovery.boots, discovery.seconds) if discovery else (0, 0)
    auth = login.auth if login else None
    header = ber.sequence(
        # msgMaxSize: the longest UDP datagram over IPv4; the security model is USM (3).
        number,
        ber.integer(65_507),
        _text(_REPORTABLE_SIGNED if auth else _REPORTABLE),
        ber.integer(3),
    )
    signature = _text(room(auth) if auth else b"")
    security = ber.sequence(
        _text(engine_id), ber.integer(boots), ber.integer(seconds), _text(user.encode()), signature, _text(b"")
    )
    # A GET of nothing: the agent has to check the user before it looks at the objects.
    pdu = ber.sequence(number, ber.integer(0), ber.integer(0), ber.sequence(), tag=ber.GET)
    scoped = ber.sequence(_text(engine_id), _text(b""), pdu)
    message = ber.sequence(ber.integer(3), header, _text(security), scoped)
    if not login or not auth:
        return message
    # The user's name, then tag and length of the signature: its zeros begin here (RFC 3414, 2.4).
    before = _text(user.encode()) + signature[:2]
    return signed(message, auth, localized_key(auth, login.auth_key, engine_id), before)


def _text(content: bytes) -> bytes:
    return ber.tlv(ber.OCTETS, content)


def read_report(data: bytes) -> Report:
    """The report in an unencrypted SNMPv3 message; any other PDU has no complaint. Raises ValueError."""
    (_, message), *_ = ber.elements(data)
    (_, _version), (_, _header), (_, security), (kind, scoped) = ber.elements(message)
    if kind != ber.SEQUENCE:
        raise ValueError("the answer is encrypted")
    (_, parameters), *_ = ber.elements(security)
    (_, engine_id), (_, boots), (_, seconds), *_ = ber.elements(parameters)
    _, _, (tag, pdu), *_ = ber.elements(scoped)
    *_, (_, binds) = ber.elements(pdu)
    first = next(ber.elements(binds), None)
    complaint = ber.dotted(next(ber.elements(first[1]))[1]) if first and tag == ber.REPORT else ""
    return Report(engine_id, ber.whole(boots), ber.whole(seconds), complaint)
