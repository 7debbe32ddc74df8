"""The menus of a fake router as they are when it starts: version, licence and interfaces in, menus out.

Rows and texts are those of the page of facts (sections 2 to 6): the pre-made queue types, the default configuration's
FastTrack rule (only where it is wanted), one row of ``/system/resource``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shaping.drivers.routeros.fake.menus import Check, Menu, TrapReply, anything, yes_or_no
from shaping.drivers.routeros.fake.queue_rules import DEFAULTS, checks
from shaping.drivers.routeros.fake.switches import Switches, Version, version_of

QUEUES, TYPES, SCHEDULER = "/queue/simple", "/queue/type", "/system/scheduler"
FILTER, FILTER6, CONNECTIONS = "/ip/firewall/filter", "/ipv6/firewall/filter", "/ip/firewall/connection"
PORTS = "/interface/bridge/port"
SETTINGS, SWITCH, INTERFACES = "/ip/settings", "/interface/ethernet/switch", "/interface"
RESOURCE, LICENCE = "/system/resource", "/system/license"

# The pre-made types (facts 3.3), and the kinds of each generation (3.4).
_MADE = {
    "default": "pfifo",
    "ethernet-default": "pfifo",
    "wireless-default": "sfq",
    "synchronous-default": "red",
    "hotspot-default": "sfq",
    "pcq-upload-default": "pcq",
    "pcq-download-default": "pcq",
    "only-hardware-queue": "none",
    "multi-queue-ethernet-default": "mq-pfifo",
    "default-small": "pfifo",
}
_OLD_KINDS = frozenset(("bfifo", "pfifo", "mq-pfifo", "pcq", "red", "sfq", "none"))
_NEW_KINDS = _OLD_KINDS | {"codel", "fq-codel", "cake"}
FIRST_NEW_KINDS: Version = (7, 1, 0)
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


@dataclass(frozen=True)
class Make:
    """What a fake is made as. ``level`` is a licence: 1 to 6 on hardware, free, p1 ... on a CHR."""

    version: str = "7.18.2 (stable)"
    level: str = "5"
    interfaces: tuple[str, ...] = ("lan", "wan")
    switches: Switches = field(default_factory=Switches)

    @property
    def number(self) -> Version:
        """The version as numbers, (0, 0, 0) where it is none."""
        try:
            return version_of(self.version)
        except ValueError:
            return 0, 0, 0


def menus_of(make: Make) -> dict[str, Menu]:
    """Every menu by its path."""
    new = make.number >= FIRST_NEW_KINDS and make.switches.kinds_of_queue == "by_version"
    kinds = _NEW_KINDS if new else _OLD_KINDS
    types = Menu(
        TYPES, {"name": anything, "kind": lambda value: _kind(value, kinds)}, {"name": "", "kind": ""}, ("kind",)
    )
    for name, kind in _MADE.items():
        types.rows.append({".id": types_id(types), "name": name, "kind": kind, "default": "true"})

    def kind_names() -> set[str]:
        return {row["name"] for row in types.rows}

    queue_checks = checks(kind_names, lambda: {row["name"] for row in interfaces.rows}, make.switches)
    interfaces = _rows(INTERFACES, [{"name": name, "type": "ether"} for name in make.interfaces])
    menus = (
        Menu(QUEUES, queue_checks, DEFAULTS, ("target",)),
        types,
        _scheduler(),
        *(Menu(path, _RULE, {"disabled": "false", "dynamic": "false"}) for path in (FILTER, FILTER6)),
        interfaces,
        _rows(CONNECTIONS, []),
        _rows(SWITCH, []),
        _rows(PORTS, []),
        _singleton(
            SETTINGS, {"allow-fast-path": "true", "ipv4-fasttrack-active": "false", "ipv4-fasttrack-bytes": "0"}
        ),
        _singleton(RESOURCE, {"version": make.version, "board-name": "FAKE", "architecture-name": "fake"}),
        _singleton(LICENCE, _licence(make.level)),
    )
    return {menu.path: menu for menu in menus}


def types_id(menu: Menu) -> str:
    """The next id of a menu that is filled by hand."""
    menu.next_id += 1
    return f"*{menu.next_id - 1:X}"


_RULE: Mapping[str, Check] = {
    **dict.fromkeys(("chain", "action", "comment", "hw-offload"), anything),
    "disabled": yes_or_no,
}


def _rows(path: str, rows: list[dict[str, str]]) -> Menu:
    menu = Menu(path, {}, {})
    menu.rows = [{".id": types_id(menu), **row} for row in rows]
    return menu


def _singleton(path: str, row: dict[str, str]) -> Menu:
    return Menu(path, {}, {}, singleton=True, rows=[row])


def _licence(level: str) -> dict[str, str]:
    hardware = level.isdigit()
    return {"software-id": "FAKE-0001", "nlevel": level} if hardware else {"system-id": "FAKE", "level": level}


def _scheduler() -> Menu:
    fields: dict[str, Callable[[str], str]] = {
        **dict.fromkeys(("name", "on-event", "start-time", "start-date", "policy", "comment"), anything),
        "interval": lambda value: duration(seconds_of(value)),
        "disabled": yes_or_no,
    }
    return Menu(SCHEDULER, fields, {"name": "", "interval": "0s", "run-count": "0", "disabled": "false"})


def _kind(value: str, kinds: frozenset[str]) -> str:
    if value not in kinds:
        raise TrapReply("input does not match any value of kind", 1)
    return value


def seconds_of(text: str) -> int:
    """``1d2h``, ``300s``, ``300`` or ``00:05:00`` as seconds. Raises TrapReply."""
    if text.isdigit():
        return int(text)
    if clock := re.fullmatch(r"(\d+):(\d\d):(\d\d)", text):
        return int(clock[1]) * 3_600 + int(clock[2]) * 60 + int(clock[3])
    parts = re.findall(r"(\d+)([dhms])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise TrapReply("invalid value for argument interval", 1)
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def duration(seconds: int) -> str:
    """Seconds as a router tells them: ``5m``, ``1d7h44m20s``."""
    text = ""
    for unit, size in _UNITS.items():
        text += f"{seconds // size}{unit}" if seconds >= size else ""
        seconds %= size
    return text or "0s"
