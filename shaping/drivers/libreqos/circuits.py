"""One OPD as LibreQoS has it: a circuit of one row. Rates as it writes them, and as every driver speaks of them. Pure.

Its "download" is towards the circuit, so it is what the OPD receives; "min" is the guarantee and "max" the ceiling.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from inventory.admission import Direction, RatePair
from shaping.queues import Queue

PREFIX = "lebarpita"
# Bits of a byte; the ledger is in bytes per second, LibreQoS in Mbit/s with decimals (since 2.0).
_BITS, MEGA = 8, 10**6
# One Mbit/s in bytes per second.
MEGABIT = MEGA // _BITS
# The four rates of a row: the columns of a direction, least and most.
SIDES: Mapping[Direction, tuple[str, str]] = {
    "receive": ("downloadmin", "downloadmax"),
    "transmit": ("uploadmin", "uploadmax"),
}


@dataclass(frozen=True)
class LibreQosTag:
    """The mark of one uplink in comments, names and ids. No uplink's and no OPD's name holds a colon."""

    uplink: str

    @property
    def text(self) -> str:
        """What a comment of ours begins with."""
        return f"{PREFIX}:{self.uplink}:"

    def comment(self, opd: str) -> str:
        """The comment of an OPD's row."""
        return f"{self.text}{opd}"

    def circuit(self, opd: str) -> str:
        """The id of an OPD's circuit, and of its one device."""
        return f"{PREFIX}-{self.uplink}-{opd}"

    def opd(self, comment: str) -> str | None:
        """Whose row a comment marks; None for one that is not ours."""
        opd = comment.strip().removeprefix(self.text)
        return opd if opd and comment.strip().startswith(self.text) else None

    def node(self, number: int) -> str:
        """The name of a node, from 1. No OPD's row has it: a circuit is no node."""
        return f"{PREFIX}-{self.uplink}--{number}"

    def node_id(self, number: int) -> str:
        """The ``id`` of a node: what marks it as ours."""
        return f"{self.text}{number}"


@dataclass(frozen=True, kw_only=True)
class Circuit:
    """One row. ``rates`` are the columns' Mbit/s as canonical text; ``extras`` what we never set, column by column.

    ``times``: how often a row of this mark stands there. LibreQoS takes the first one's rates then.
    """

    opd: str
    circuit: str
    name: str
    parent: str
    comment: str
    ipv4: frozenset[str]
    ipv6: frozenset[str]
    rates: Mapping[str, str]
    extras: tuple[tuple[str, str], ...] = ()
    times: int = 1

    @property
    def body(self) -> dict[str, Any]:
        """As JSON: sets in their order, so that the same row is the same text in every process."""
        return {**asdict(self), "ipv4": sorted(self.ipv4), "ipv6": sorted(self.ipv6)}

    def pair(self, direction: Direction) -> RatePair | None:
        """Guarantee and ceiling; None where one of them is no rate."""
        try:
            least, most = (bytes_of(self.rates[column]) for column in SIDES[direction])
        except (KeyError, ValueError):
            return None
        return RatePair(least, most)

    def queue(self, direction: Direction) -> Queue | None:
        """One direction as every driver speaks of it."""
        pair = self.pair(direction)
        return Queue(self.opd, direction, pair.guaranteed, pair.ceiling) if pair else None


def mbps(bytes_per_second: int) -> str:
    """As it stands in a row: ``mbps(312_500) == '2.5'``; exact."""
    return f"{(Decimal(bytes_per_second) * _BITS / MEGA).normalize():f}"


def bytes_of(text: str) -> int:
    """Bytes per second of a row's rate, rounded up: what is no whole number of bytes is not ours. Raises ValueError."""
    try:
        exact = Decimal(text.strip()) * MEGA / _BITS
        return int(-(-exact // 1))
    except (InvalidOperation, OverflowError) as error:
        raise ValueError(f"{text!r} is no rate in Mbit/s") from error


def canonical(text: str) -> str:
    """``2.50`` and ``2.5`` are the same; what is no number stays as it is."""
    try:
        value = Decimal(text.strip())
        return f"{value.normalize():f}" if value.is_finite() else text
    except InvalidOperation:
        return text


def rate_in_tc(bytes_per_second: int) -> int:
    """The rate that LibreQoS hands to the kernel for this one, bytes per second (``format_rate_for_tc`` of 2.0 to 2.2).

    It writes one decimal: of Mbit/s from 1 Mbit/s on, of Gbit/s from 1 Gbit/s on; below, whole kbit/s.
    """
    value = float(mbps(bytes_per_second))
    unit = 1000.0 if value >= 1000 else 1.0 if value >= 1 else 0.001
    digits = 1 if value >= 1 else 0
    return round(float(f"{value / unit:.{digits}f}") * unit * MEGABIT)
