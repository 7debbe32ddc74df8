"""What an SNMP engine must offer: an SnmpTarget in, a Session out. The poller knows no SNMP library."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from exporter.config import secret
from exporter.errors import ExporterError
from exporter.snmp.engines.failure import Reason, SnmpFailure, TooBigError
from exporter.snmp.wire.ber import Value
from exporter.snmp.wire.message import REPETITIONS
from inventory.model import City, Credential, Device

# Some 26 bytes a counter (OID of ifXTable, Counter64): fifty fit into one Ethernet frame, unfragmented.
MAX_VARBINDS = 50
# More than any interface table has; an agent that never ends is cut off here.
MAX_ROWS = 100_000


@dataclass(frozen=True)
class Login:
    """How to speak with a device, secrets resolved; they never show in ``repr``."""

    version: str = "2c"
    community: str = field(default="", repr=False)
    user: str = ""
    auth: str | None = None
    auth_key: str = field(default="", repr=False)
    privacy: str | None = None
    privacy_key: str = field(default="", repr=False)


@dataclass
class WalkHabits:
    """How an agent lets its tables be walked, found out by trying: rows at once, tables out of order, other addresses.

    Kept with the target, so that every session to it begins with what the one before had found out. ``trial`` is how
    many rows are tried next where more of them had no answer, 0 where nothing is left to try.
    """

    repetitions: int = REPETITIONS
    trial: int = 0
    unordered: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)

    @property
    def plain(self) -> bool:
        """Whether there is nothing to say of the agent, as of most."""
        return self.repetitions == REPETITIONS and not self.unordered and not self.elsewhere


@dataclass(frozen=True)
class SnmpTarget:
    """A device as an engine needs it. ``timeout_seconds`` is for one request; ``retries`` come on top of the first.

    ``context`` is the SNMP v3 context asked for, "" for the device's own view; ``transport`` is ``udp`` or ``tcp``.
    """

    name: str
    address: str
    login: Login
    port: int = 161
    timeout_seconds: float = 2.0
    retries: int = 1
    context: str = ""
    transport: Literal["udp", "tcp"] = "udp"
    habits: WalkHabits = field(default_factory=WalkHabits, compare=False, repr=False)


class Session(Protocol):
    """A kept conversation with one agent, ``sent`` and ``retried`` counting its requests since it was made."""

    @property
    def sent(self) -> int:
        """Requests sent, retries included."""

    @property
    def retried(self) -> int:
        """Requests sent again."""

    async def get(self, oids: Sequence[str]) -> dict[str, Value]:
        """One GET of at most MAX_VARBINDS. What the agent does not have is left out.

        Raises TooBigError when nothing at all came back (ErrorStatusError where the agent said another error),
        SnmpFailure when the agent could not be read.
        """

    async def get_each(self, requests: Sequence[Sequence[str]]) -> list[dict[str, Value] | None]:
        """Several GETs, a few in flight at once; None in the place of one that was too big. Raises SnmpFailure."""

    async def walk(self, oid: str, limit: int = MAX_ROWS) -> list[tuple[str, Value]]:
        """Everything under ``oid`` in the agent's order, which should ascend.

        Raises SnmpFailure, with ENDLESS for an agent that turns round, AGENT_ERROR for one that answers with an error.
        """

    def close(self) -> None:
        """Give the socket or the worker back."""


Engine = Callable[[SnmpTarget], Session]
Get = Callable[[Sequence[str]], Awaitable[dict[str, Value]]]


async def one_by_one(get: Get, requests: Iterable[Sequence[str]]) -> list[dict[str, Value] | None]:
    """Every GET after the one before; None in the place of one that was too big. Raises SnmpFailure."""
    answers: list[dict[str, Value] | None] = []
    for request in requests:
        try:
            answers.append(await get(request))
        except TooBigError:
            answers.append(None)
    return answers


def target_of(city: City, device: Device) -> SnmpTarget:
    """The target of an inventory device. Raises SnmpFailure with CREDENTIAL when a secret cannot be had."""
    try:
        login = login_of(city.credential(device.snmp or ""))
    except (ExporterError, KeyError) as error:
        raise SnmpFailure(Reason.CREDENTIAL, f"{device.name}: {error}") from error
    return SnmpTarget(
        name=device.name,
        address=str(device.address),
        login=login,
        port=device.snmp_port,
        timeout_seconds=device.snmp_timeout_seconds,
        retries=device.snmp_retries,
        context=device.snmp_context,
        transport=device.snmp_transport,
    )


def login_of(credential: Credential) -> Login:
    """The credential with its secrets resolved. Raises ExporterError when one cannot be had."""

    def value(reference: str | None) -> str:
        return secret(reference) if reference else ""

    return Login(
        version=credential.version,
        community=value(credential.community),
        user=credential.user or "",
        auth=credential.auth,
        auth_key=value(credential.auth_key),
        privacy=credential.privacy,
        privacy_key=value(credential.privacy_key),
    )
