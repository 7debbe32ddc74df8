"""The city as data: immutable models that the reader fills and every room reads.

Field names are the keys of the city file. Unknown keys are errors. Rates are bytes per second.
"""

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, field_validator

from inventory.rates import parse_rate
from runtime.plugins import plugins

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _rate(value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a rate; write for example 20 Mbit/s")
    return parse_rate(value)


def _address(value: Any) -> Address:
    try:
        return ip_address(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not an IPv4 or IPv6 address") from error


def _network(value: Any) -> Network:
    try:
        return ip_network(value)
    except ValueError as error:
        loose = _loose(value)
        hint = f"host bits are set; write {loose}" if loose else "write for example 10.1.0.0/24; the length is 0 to 32"
        raise ValueError(f"{value!r} is not a network; {hint}") from error


def _loose(value: Any) -> Network | None:
    try:
        return ip_network(value, strict=False)
    except ValueError:
        return None


# The folder whose files are the drivers (``base`` is what they share). Only names are read: no room is imported.
DRIVERS = "shaping.drivers"


def _driver(value: Any) -> Any:
    names = plugins(DRIVERS, "base")
    if value in names or (not names and isinstance(value, str)):
        return value  # Where no shaper is installed nobody can say; the shaper says it at its start.
    raise ValueError(
        f"{value!r} is not a driver of lebarpita-shaping; use {' or '.join(names)}"
        " (manual prints the commands for a technician)"
    )


Rate = Annotated[int, BeforeValidator(_rate)]
AddressField = Annotated[Address, PlainValidator(_address)]
NetworkField = Annotated[Network, PlainValidator(_network)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
SecretReference = Annotated[str, Field(pattern=r"^(env:[A-Z][A-Z0-9_]*|file:/.+)$")]


# Degrees north and east (WGS 84), as maps and telephones write them: [-6.9147, 107.6098].
Coordinates = tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-180, le=180)]]


class Part(BaseModel):
    """A part of the city file: unchanging once read, and no key in it that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Measured(StrEnum):
    """How an OPD's usage is measured: its own port, its RouterOS queue, or flows at the core."""

    INTERFACE = "interface"
    QUEUE = "queue"
    FLOW = "flow"


class Credential(Part):
    """How to speak SNMP with a device; secrets are references (``env:NAME`` or ``file:/path``), never values."""

    name: Name
    version: Literal["1", "2c", "3"] = "2c"
    community: SecretReference | None = None
    user: str | None = None
    auth: Literal["MD5", "SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512"] | None = None
    auth_key: SecretReference | None = None
    privacy: Literal["DES", "AES", "AES-192", "AES-256"] | None = None
    privacy_key: SecretReference | None = None


class FlowSource(Part):
    """A NetFlow, IPFIX or sFlow exporter; datagrams from any other address are refused.

    ``direction``: where it watches. One way (``ingress`` or ``egress``) shows a forwarded flow once, ``both`` twice.

    ``uplink_indexes`` are the ifIndexes of its lines to an ISP: with them, only flows through one of them are internet.

    ``packet_interval``: what element 305 without 306 means: 1 packet in so many (``one_in``), or so many in a row
    (``sampled``, RFC 5477). ``out_bytes``: what element 23 beside 1 is: the ``same`` flow leaving, or the ``reverse``.
    """

    address: AddressField
    sampling: Annotated[int, Field(ge=1)] | None = None
    total_counts: bool = False
    direction: Literal["ingress", "egress", "both"] = "ingress"
    internal: bool = False
    uplink_indexes: tuple[Annotated[int, Field(ge=1, le=2**32 - 1)], ...] = ()
    packet_interval: Literal["one_in", "sampled"] = "one_in"
    out_bytes: Literal["same", "reverse"] | None = None


class Device(Part):
    """A router or switch. ``address`` is its management address: SNMP and ICMP go there.

    ``title`` is what people call it and ``place`` where it stands; ``name`` is the key, which people are not shown.

    ``sys_name`` is what the device calls itself (sysName) where that is unlike all of these.

    ``snmp_context`` is the view asked of SNMP v3 (RFC 3411, 3.3.1): a VLAN's, a VRF's, a logical system's; "" is the
    device's own. ``snmp_transport`` is UDP, or TCP (RFC 3430) where only that passes.

    ``kind`` says in which family's commands the manual driver writes; of ``router`` and ``switch`` it knows none.
    """

    name: Name
    address: AddressField
    snmp: Name | None = None
    snmp_port: Annotated[int, Field(ge=1, le=65535)] = 161
    snmp_timeout_seconds: Annotated[float, Field(gt=0, le=30)] = 2.0
    snmp_retries: Annotated[int, Field(ge=0, le=5)] = 1
    snmp_context: Annotated[str, Field(max_length=255)] = ""
    snmp_transport: Literal["udp", "tcp"] = "udp"
    refresh_seconds: Annotated[float, Field(gt=0, le=300)] | None = None
    kind: Literal["router", "switch", "routeros", "linux", "cisco"] = "router"
    flows: tuple[FlowSource, ...] = ()
    description: str = ""
    title: str = ""
    place: str = ""
    sys_name: str = ""
    coordinates: Coordinates | None = None


class End(Part):
    """One end of a link: an interface of a device, by its ifName (or, failing that, its ifAlias)."""

    device: Name
    interface: str


class Link(Part):
    """A line of the tree. ``upstream`` is the end nearer to the core; behind it stands a device or an OPD.

    ``title`` is what people call it, ``place`` where it runs: "Utara: tiang 4 sampai 19".
    """

    name: Name
    upstream: End
    device: Name | None = None
    interface: str | None = None
    opd: Name | None = None
    speed: Rate
    description: str = ""
    title: str = ""
    place: str = ""


class Shaping(Part):
    """Where the uplink is shaped: egress towards the ISP and egress towards the offices, on one device.

    ``overhead_bytes`` is what the line adds to each frame of theirs (a VLAN tag 4, PPPoE 8), or takes away where it is
    negative; ``smallest_frame_bytes`` the least that a frame takes there. Rates are of the line then (driver linux).
    """

    driver: Annotated[str, BeforeValidator(_driver)] = "linux"
    transmit_interface: str
    receive_interface: str
    # The headers of every tunnel that an office has, one in another, are less; a frame of 1514 is not smaller by more.
    overhead_bytes: Annotated[int, Field(ge=-64, le=256)] = 0
    smallest_frame_bytes: Annotated[int, Field(ge=0, le=256)] = 0


class FallbackLine(Part):
    """Another uplink that carries offices of a lost one: those of ``opds``; without any, all that no line names."""

    uplink: Name
    opds: tuple[Name, ...] = ()


class Fallback(Part):
    """What is put in force while the uplink is lost, once it is signed: the lines, and the rule for everybody on them.

    ``rule``: ``share`` (guarantees first, then by weight) or a part of each office's rates (``50 %``).
    """

    lines: tuple[FallbackLine, ...] = Field(min_length=1)
    rule: Annotated[str, Field(pattern=r"^(share|([1-9][0-9]?|100) ?%)$")] = "share"
    # The watch has ruled a flap out before it says that a line is cut; ten seconds more, and the routers have chosen
    # their other way as well (BGP and OSPF hold times of a few seconds where they are tuned at all).
    begin_after_seconds: Annotated[float, Field(ge=0, le=3600)] = 10.0
    # An ISP's line that comes back falls again within minutes while it is being mended: two minutes of quiet cost the
    # offices less than a city that is re-rated twice.
    end_after_seconds: Annotated[float, Field(ge=0, le=86_400)] = 120.0


class Uplink(Part):
    """A line to an ISP. ``probe`` is the ISP's side, which the watch asks every second."""

    name: Name
    device: Name
    interface: str
    receive_capacity: Rate
    transmit_capacity: Rate
    probe: AddressField | None = None
    provider: str = ""
    circuit: str = ""
    title: str = ""
    shaping: Shaping | None = None
    fallback: Fallback | None = None


class Opd(Part):
    """A government office. ``address`` is its customer-side router or host, which the watch asks every second."""

    code: Name
    name: str
    district: str = ""
    coordinates: Coordinates | None = None
    prefixes: tuple[NetworkField, ...] = Field(min_length=1)
    address: AddressField | None = None
    measured: Measured = Measured.INTERFACE
    queue: str | None = None
    queue_device: Name | None = None
    uplink: Name | None = None


class Settings(Part):
    """The office itself."""

    name: str
    timezone: str = "Asia/Jakarta"
    watch_from: Name
    management: tuple[NetworkField, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(
                f"{value!r} is not a time zone; use Asia/Jakarta, Asia/Makassar or Asia/Jayapura"
            ) from error
        return value


class City(Part):
    """Everything the city file says."""

    city: Settings
    credentials: tuple[Credential, ...] = ()
    devices: tuple[Device, ...] = Field(min_length=1)
    uplinks: tuple[Uplink, ...] = Field(min_length=1)
    links: tuple[Link, ...] = ()
    opds: tuple[Opd, ...] = ()

    def device(self, name: str) -> Device:
        """The device of that name; KeyError if there is none."""
        return {device.name: device for device in self.devices}[name]

    def link(self, name: str) -> Link:
        """The link of that name; KeyError if there is none."""
        return {link.name: link for link in self.links}[name]

    def opd(self, code: str) -> Opd:
        """The OPD of that code; KeyError if there is none."""
        return {opd.code: opd for opd in self.opds}[code]

    def uplink(self, name: str) -> Uplink:
        """The uplink of that name; KeyError if there is none."""
        return {uplink.name: uplink for uplink in self.uplinks}[name]

    def credential(self, name: str) -> Credential:
        """The credential of that name; KeyError if there is none."""
        return {credential.name: credential for credential in self.credentials}[name]
