"""What a fake router allows in a simple queue: the text that was sent in, the text that is kept out, or a refusal.

The sentences are those that public projects have recorded (page of facts, section 2); pairs are upload/download.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_interface

from shaping.drivers.routeros.fake.menus import Check, Row, TrapReply, anything, yes_or_no
from shaping.drivers.routeros.fake.switches import Switches

_SUFFIXES = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_SIDES = ("upload", "download")
# Reported as the most children of one parent (facts 2.21); its text is not known, so this one says what it is.
MOST_CHILDREN = 128
BOUNDED = f"failure: more than {MOST_CHILDREN} children (the fake's own words)"

RATES = ("limit-at", "max-limit", "burst-limit", "burst-threshold")
DEFAULTS: Mapping[str, str] = {
    "name": "",
    "target": "",
    "parent": "none",
    "packet-marks": "",
    "priority": "8/8",
    "queue": "default-small/default-small",
    "limit-at": "0/0",
    "max-limit": "0/0",
    "burst-limit": "0/0",
    "burst-threshold": "0/0",
    "burst-time": "0s/0s",
    "bucket-size": "0.1/0.1",
    "bytes": "0/0",
    "packets": "0/0",
    "dropped": "0/0",
    "rate": "0/0",
    "queued-bytes": "0/0",
    "queued-packets": "0/0",
    "invalid": "false",
    "dynamic": "false",
    "disabled": "false",
    "comment": "",
}
COUNTERS = ("bytes", "packets", "dropped", "rate", "queued-bytes", "queued-packets")


def checks(kinds: Callable[[], set[str]], interfaces: Callable[[], set[str]], switches: Switches) -> dict[str, Check]:
    """The writable fields of ``/queue/simple``."""
    free = ("name", "dst", "parent", "packet-marks", "priority", "bucket-size", "time", "comment", "place-before")
    return {
        **dict.fromkeys(free, anything),
        "target": lambda value: _target(value, interfaces(), switches),
        "queue": lambda value: _pair_of(value, "queue", kinds()),
        "burst-time": _times,
        "disabled": yes_or_no,
        **{name: _rate_check(name, switches) for name in RATES},
    }


def check_row(row: Row, rows: Iterable[Row], switches: Switches) -> None:
    """What holds between the fields of a queue and the other queues."""
    others = [other for other in rows if other is not row]
    name = row["name"].lower() if switches.duplicate_case == "one_name" else row["name"]
    names = {o["name"].lower() if switches.duplicate_case == "one_name" else o["name"] for o in others}
    if name in names:
        raise TrapReply("failure: already have such name")
    if row["parent"] != "none" and row["parent"] not in {other["name"] for other in others}:
        raise TrapReply("input does not match any value of parent", 1)
    siblings = sum(other["parent"] == row["parent"] for other in others)
    if switches.children == "bounded" and row["parent"] != "none" and siblings >= MOST_CHILDREN:
        raise TrapReply(BOUNDED)
    for side, least, most in zip(_SIDES, _numbers(row["limit-at"]), _numbers(row["max-limit"]), strict=True):
        if most and least > most:
            raise TrapReply(f"failure: {side}-max-limit less than {side}-limit")


def _numbers(pair: str) -> list[int]:
    return [int(half) for half in pair.split("/")]


def _rate_check(name: str, switches: Switches) -> Check:
    def check(value: str) -> str:
        halves = value.split("/")
        if len(halves) != 2:
            raise TrapReply(f"invalid value for argument {name}", 1)
        numbers = [_rate(half, f"{side}-{name}") for half, side in zip(halves, _SIDES, strict=True)]
        if switches.one_sided_zero == "refused" and (numbers[0] == 0) != (numbers[1] == 0):
            raise TrapReply(f"invalid value for argument {name}", 1)
        return f"{numbers[0]}/{numbers[1]}"

    return check


def _rate(text: str, name: str) -> int:
    match = re.fullmatch(r"(\d+)([kMG]?)", text)
    if match is None:
        # Two spaces, as it was reported (facts 1.27).
        raise TrapReply(f"invalid value  for {name}, an integer required", 1)
    return int(match[1]) * _SUFFIXES[match[2]]


def _times(value: str) -> str:
    halves = value.split("/")
    if len(halves) != 2 or not all(re.fullmatch(r"\d+s?", half) for half in halves):
        raise TrapReply("invalid value for argument burst-time", 1)
    return "/".join(half if half.endswith("s") else f"{half}s" for half in halves)


def _pair_of(value: str, name: str, allowed: set[str]) -> str:
    halves = value.split("/")
    if len(halves) != 2 or not set(halves) <= allowed:
        raise TrapReply(f"input does not match any value of {name}", 1)
    return value


def _target(value: str, interfaces: set[str], switches: Switches) -> str:
    targets = [_one_target(part, interfaces, switches) for part in value.split(",") if part]
    return ",".join(sorted(targets) if switches.target_order == "sorted" else targets)


def _one_target(text: str, interfaces: set[str], switches: Switches) -> str:
    if text in interfaces:
        return text
    try:
        address = ip_interface(text)
    except ValueError as error:
        raise TrapReply("input does not match any value of interface", 1) from error
    if address.ip != address.network.network_address:
        if switches.host_bits == "refused":
            raise TrapReply("invalid value for argument target", 1)
        if switches.host_bits == "as_written":
            return str(address)
    return str(address.network)


def is_address(text: str) -> bool:
    """False for the name of an interface."""
    try:
        ip_interface(text)
    except ValueError:
        return False
    return True
