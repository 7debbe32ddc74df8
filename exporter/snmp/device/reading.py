"""What was read of a device: an answer in, numbers with units out. Pure; decides which value to believe."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from exporter.snmp.device import objects as c
from exporter.snmp.wire.ber import Value

# ifAdminStatus and ifOperStatus (RFC 2863).
UP = 1
# up, and unknown: virtual ports report unknown while they carry traffic. The rest of RFC 2863's states is down.
_OPER_UP = (1, 4)
# ifType ppp, propVirtual, tunnel, l3ipvlan: what they claim (a PPPoE's 10 Mbit/s) is invented, unless it is a bundle.
_NO_SPEED_OF_THEIR_OWN = frozenset({23, 53, 131, 136})
# Counter32 begins anew here (RFC 2578, 7.1.6).
MODULUS_32 = 2**32
# Prometheus' samples are doubles, which hold every integer below this.
EXACT = 2**53
# Of ``keys``: STATE and the discontinuity time; counters follow.
_STATES = len(c.STATE) + 1
# A twentieth: a line that is full to its claim is no line that claims too little, and one of 1.984 Mbit/s (an E1's) is
# none below a contract of 2 Mbit/s.
SLACK = 1.05
_UCAST_32 = (c.IF_IN_UCAST, c.IF_OUT_UCAST)


@dataclass(frozen=True, slots=True)
class Traits:
    """What was learnt of an interface when its place was found. ``speed_bits`` as ifSpeed claimed it.

    ``packets`` says whether its packets are asked for; of a ``bundle`` the claim is the sum of its active members.
    """

    counter_bits: int = 64
    speed_bits: int = 0
    kind: int = 0
    alias: bytes = b""
    packets: bool = True
    bundle: bool = False
    half_duplex: bool = False

    @property
    def speed_invented(self) -> bool:
        """Whether it is a virtual port whose claim is not to be trusted."""
        return self.kind in _NO_SPEED_OF_THEIR_OWN and not self.bundle


class InterfaceReading(NamedTuple):
    """One interface at one moment. Counters are integers below 2**53; None is what the agent does not have.

    ``speed_bytes`` is what the device claims per second, 0 where it claims nothing, or nothing that is to be trusted.
    """

    admin_up: bool | None
    oper_up: bool | None
    in_octets: int | None
    out_octets: int | None
    in_packets: int | None
    out_packets: int | None
    in_errors: int | None
    out_errors: int | None
    in_discards: int | None
    out_discards: int | None
    speed_bytes: int
    last_change_ticks: int | None
    discontinuity_ticks: int | None
    counter_bits: int
    bundle: bool = False
    half_duplex: bool = False


# The interfaces of some thousand devices with some dozens each.
@lru_cache(65536)
def keys(index: str, bits: int, packets: bool = True) -> tuple[str, ...]:
    """The objects of the interface at ``index`` in the order in which they are read; written once, not every scrape."""
    octets, counted = (c.OCTETS_64, (*c.PACKETS_IN, *c.PACKETS_OUT)) if bits == 64 else (c.OCTETS_32, _UCAST_32)
    columns = (*c.STATE, c.IF_DISCONTINUITY, *c.FAULTS, *octets, *(counted if packets else ()))
    return tuple(intern(f"{column}.{index}") for column in columns)


def read_interface(values: Mapping[str, Value], index: str, traits: Traits) -> InterfaceReading:
    """The reading of the interface at ``index`` from one answer."""
    raw = [*map(values.get, keys(index, traits.counter_bits, traits.packets))]
    states = [value if isinstance(value, int) and value >= 0 else None for value in raw[:_STATES]]
    admin, oper, changed, high_speed, jumped = states
    # As ``counter`` does; called for each it would cost a tenth of the reading.
    counts = [value % EXACT if type(value) is int and value >= 0 else None for value in raw[_STATES:]]
    e_in, e_out, d_in, d_out, o_in, o_out, *packets = counts
    half = len(packets) // 2
    # By position: by name it costs three times as much (measured), for every interface of every scrape.
    return InterfaceReading(
        None if admin is None else admin == UP,
        None if oper is None else oper in _OPER_UP,
        o_in,
        o_out,
        _sum(packets[:half]) if packets else None,
        _sum(packets[half:]) if packets else None,
        e_in,
        e_out,
        d_in,
        d_out,
        claimed_speed(high_speed or 0, traits),
        changed,
        jumped,
        traits.counter_bits,
        traits.bundle,
        traits.half_duplex,
    )


def counter(value: Value | None) -> int | None:
    """The value of a counter; what came as another type (an INTEGER, a text) or below 0 is no counter."""
    return value if type(value) is int and value >= 0 else None


def claimed_speed(high_speed_mbit: int, traits: Traits) -> int:
    """Bytes per second the device claims; 0 where it claims nothing or cannot know.

    ifSpeed says 4294967295 above 4.29 Gbit/s and some devices 0: then ifHighSpeed; that is 0 below 1 Mbit/s.
    """
    if traits.speed_invented:
        return 0
    if high_speed_mbit:
        # ifHighSpeed counts 1,000,000 bits per second (RFC 2863).
        return high_speed_mbit * 1_000_000 // 8
    return 0 if traits.speed_bits == MODULUS_32 - 1 else traits.speed_bits // 8


def line_speed(claimed: int, declared: int, carried: float = 0.0) -> int:
    """The speed of a line in bytes per second: the lower of what the device claims and the inventory declares.

    The inventory wins where the device claims nothing, or less than the traffic it was seen to have ``carried``.
    """
    if not claimed or carried > claimed * SLACK:
        return declared
    return min(claimed, declared)


def counter_bits(values: Mapping[str, Value], index: str) -> int:
    """64 where the agent has 64-bit octets; 32 where it lacks them or they stay at 0 beside 32-bit ones that move."""
    wide = [counter(values.get(f"{column}.{index}")) for column in c.OCTETS_64]
    narrow = [counter(values.get(f"{column}.{index}")) for column in c.OCTETS_32]
    if None in wide:
        return 64 if narrow == [None, None] else 32
    return 32 if not any(wide) and any(narrow) else 64


def wrong_type(values: Mapping[str, Value], index: str) -> bool:
    """Whether octets came as something that is no counter."""
    octets = (values.get(f"{column}.{index}") for column in (*c.OCTETS_64, *c.OCTETS_32))
    return any(value is not None and counter(value) is None for value in octets)


def _sum(numbers: list[int | None]) -> int | None:
    present = [number for number in numbers if number is not None]
    return sum(present) if present else None
