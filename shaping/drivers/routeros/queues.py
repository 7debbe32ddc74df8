"""A simple queue as this driver sets and compares it: a router's row in, one canonical form out. Pure.

Pairs are upload/download as the target sees it (facts 2.6): an OPD's transmit is its upload. Rates are bit/s here, as
the router's; everywhere else of the room they are bytes per second.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network

from inventory.admission import Direction
from shaping.errors import ShapingError
from shaping.plan import Act
from shaping.queues import Count, Queue

Pair = tuple[int, int]
Row = Mapping[str, str]
SIDES: Mapping[Direction, int] = {"transmit": 0, "receive": 1}
# What is asked of a queue; counters are cheap beside the rest of a row.
FIELDS = (
    ".id,name,target,parent,limit-at,max-limit,burst-limit,burst-threshold,burst-time,queue,comment,disabled,invalid,"
    "dynamic,dst,time,packet-marks,bytes,packets,dropped,queued-bytes"
)
_SUFFIXES = {"k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_TRUE = ("true", "yes")
# Letters of a wrong answer in a sentence.
_SHOWN = 40
# What an unset ``dst`` or mark may read as.
_NOTHING = ("", "0.0.0.0/0", "::/0")


@dataclass(frozen=True, kw_only=True)
class QueueSetting:
    """``extras`` are fields that we never set (``dst``, ``time``, marks, a burst): with one of them it is not ours yet.

    ``invalid``: its parent or interface has gone, so that it holds nobody.
    """

    name: str
    targets: frozenset[str]
    parent: str
    limit_at: Pair
    max_limit: Pair
    kind: str
    comment: str
    disabled: bool = False
    extras: tuple[tuple[str, str], ...] = ()
    invalid: bool = False

    @property
    def words(self) -> dict[str, str]:
        """Every field as it is sent; a burst would lift the rate above what was approved, so it is zero."""
        return {
            "name": self.name,
            "target": ",".join(sorted(self.targets)),
            "parent": self.parent,
            "limit-at": _text(self.limit_at),
            "max-limit": _text(self.max_limit),
            "burst-limit": "0/0",
            "burst-threshold": "0/0",
            "burst-time": "0s/0s",
            "queue": f"{self.kind}/{self.kind}",
            "comment": self.comment,
            "disabled": "yes" if self.disabled else "no",
            **dict(self.extras),
        }


def queue_of_row(row: Row) -> QueueSetting:
    """The canonical form of what a router told."""
    kinds = row.get("queue", "").split("/")
    extras = [(name, row[name]) for name in ("dst", "time", "packet-marks") if row.get(name, "") not in _NOTHING]
    extras += [(name, row[name]) for name in ("burst-limit", "burst-threshold") if any(pair_of(row.get(name, "0/0")))]
    return QueueSetting(
        name=row.get("name", ""),
        targets=targets_of(row),
        parent=row.get("parent", "none"),
        limit_at=pair_of(row.get("limit-at", "0/0")),
        max_limit=pair_of(row.get("max-limit", "0/0")),
        kind=kinds[0] if len(set(kinds)) == 1 else "/".join(kinds),
        comment=row.get("comment", ""),
        disabled=row.get("disabled", "false") in _TRUE,
        extras=tuple(extras),
        invalid=row.get("invalid", "false") in _TRUE,
    )


def is_dynamic(row: Row) -> bool:
    """Made by PPPoE, hotspot or DHCP: never ours, never touched."""
    return row.get("dynamic", "false") in _TRUE


def is_enabled(row: Row) -> bool:
    """False for a row that is switched off."""
    return row.get("disabled", "false") not in _TRUE


def targets_of(row: Row) -> frozenset[str]:
    """A target list, whatever its order; a host with or without its length is the same."""
    return frozenset(map(_target, filter(None, row.get("target", "").split(","))))


def _target(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        return text  # An interface.


def pair_of(text: str) -> Pair:
    """``20M/100M`` or plain digits as bit/s, upload first. Raises ShapingError."""
    upload, _, download = text.partition("/")
    try:
        return _rate(upload), _rate(download or upload)
    except ValueError as error:
        raise ShapingError(
            f"the router told a pair that cannot be read: {text[:_SHOWN]!r}; look at its queues"
        ) from error


def _rate(text: str) -> int:
    if text == "unlimited":
        return 0
    return int(text[:-1]) * _SUFFIXES[text[-1]] if text[-1:] in _SUFFIXES else int(text)


def _text(pair: Pair) -> str:
    return f"{pair[0]}/{pair[1]}"


def neutral(opd: str, direction: Direction, queue: QueueSetting) -> Queue:
    """One direction of it as every driver speaks of it; half a byte more or less is not ours."""
    side = SIDES[direction]
    # Rounded up a limit that is no multiple of eight is not the one that was wanted, whichever way.
    return Queue(opd, direction, -(-queue.limit_at[side] // 8), -(-queue.max_limit[side] // 8))


def count_of(row: Row, direction: Direction) -> Count | None:
    """What it counted; None where the router did not say."""
    if "bytes" not in row:
        return None
    side = SIDES[direction]
    size, packets, drops, backlog = (
        pair_of(row.get(name, "0/0"))[side] for name in ("bytes", "packets", "dropped", "queued-bytes")
    )
    return Count(size, packets, drops, backlog)


def act_of(before: QueueSetting, after: QueueSetting) -> Act | None:
    """How one becomes the other; what we never set can only be taken away with the whole queue."""
    if before == after:
        return None
    if before.invalid or before.extras != after.extras:
        return Act.REPLACE
    pairs = zip((*before.limit_at, *before.max_limit), (*after.limit_at, *after.max_limit), strict=True)
    lower = all(old == 0 or new <= old for old, new in pairs) and before.targets == after.targets
    return Act.LOWER if lower else Act.RAISE


def changed_words(before: QueueSetting, after: QueueSetting) -> dict[str, str]:
    """What a ``set`` sends: what differs, and both rates together, or a router refuses one that crosses the other."""
    words = {name: value for name, value in after.words.items() if before.words[name] != value}
    if words.keys() & {"limit-at", "max-limit"}:
        words |= {name: after.words[name] for name in ("limit-at", "max-limit")}
    return words


def overlaps(ours: Iterable[str], theirs: Iterable[str]) -> bool:
    """True where a packet may belong to both; an interface may hold anything."""
    theirs = list(theirs)
    return any(_overlap(left, right) for left in ours for right in theirs)


def _overlap(left: str, right: str) -> bool:
    try:
        first, second = ip_network(left), ip_network(right)
    except ValueError:
        return True
    return first.version == second.version and first.overlaps(second)
