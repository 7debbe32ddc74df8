"""What lets packets pass beside simple queues: a session in, a sentence with the next step for each out. It only reads.

A fast-tracked connection meets no simple queue, but some of its packets do, so that counters move while the limit does
not hold (facts 4.2). Whatever of it is there, nothing is said to be in force.
"""

from collections.abc import Sequence

from shaping.drivers.routeros.queues import is_dynamic, is_enabled
from shaping.drivers.routeros.wire import ApiSession, RouterRefusal, Row

# IPv6 has FastTrack from here on (facts 4.1).
_FAST_SIX = (7, 18, 0)
_FILTERS = {"IPv4": "/ip/firewall/filter", "IPv6": "/ipv6/firewall/filter"}


def bypasses(session: ApiSession, version: tuple[int, int, int], places: Sequence[str]) -> tuple[str, ...]:
    """Every way past the queues of a line between these interfaces; empty where there is none."""
    families = ("IPv4", "IPv6") if version >= _FAST_SIX else ("IPv4",)
    sentences = [sentence for family in families if (sentence := _rule(session, family))]
    sentences += _active(session)
    sentences += _switched(session)
    sentences += _bridged(session, places)
    return tuple(sentences)


def _rule(session: ApiSession, family: str) -> str:
    path = _FILTERS[family]
    rows = session.ask(f"{path}/print", "=.proplist=.id,disabled,dynamic,action", "?action=fasttrack-connection").rows
    # Dynamic rows only show counters, and stay until a reboot (facts 4.4).
    rules = [row for row in rows if is_enabled(row) and not is_dynamic(row)]
    if not rules:
        return ""
    step = f"disable it: {path.replace('/', ' ').strip()} disable [find action=fasttrack-connection]"
    return f"{family}: {len(rules)} FastTrack rules let connections pass beside the queues; {step}, then reboot"


def _active(session: ApiSession) -> list[str]:
    """Connections that were fast-tracked before the rule was taken away: they stay so until they end."""
    # A query compares texts, and there are routers that write a truth as "yes" (facts 1.30): asked for "true" alone
    # they would count none. The last word joins both answers (facts 1.20).
    words = ("=count-only=", "?fasttrack=true", "?fasttrack=yes", "?#|")
    connections = _optional(session, "/ip/firewall/connection/print", *words)
    settings = _optional(session, "/ip/settings/print")
    active = any(row.get("ipv4-fasttrack-active") in ("true", "yes") for row in settings[0])
    count = int(connections[1]) if connections[1].isdecimal() else 0
    if count:
        return [f"{count} connections are still fast-tracked and pass beside the queues; they end, or reboot"]
    return ["FastTrack is active (ip settings); find its rule, or reboot after it was taken away"] if active else []


def _switched(session: ApiSession) -> list[str]:
    rows, _ = _optional(session, "/interface/ethernet/switch/print", "=.proplist=name,l3-hw-offloading")
    names = [row.get("name", "?") for row in rows if row.get("l3-hw-offloading") in ("true", "yes")]
    step = "set it off: interface ethernet switch set NAME l3-hw-offloading=no"
    return [f"switch {name} routes in its chip, past the queues; {step}" for name in names]


def _bridged(session: ApiSession, places: Sequence[str]) -> list[str]:
    """Both sides of the line in one bridge whose chip switches: such frames never meet a queue (facts 4.8)."""
    rows, _ = _optional(session, "/interface/bridge/port/print", "=.proplist=interface,bridge,hw-offload,disabled")
    bridges = {row.get("interface", ""): row.get("bridge", "") for row in rows if is_enabled(row) and _in_chip(row)}
    mine = {bridges.get(place, "") for place in places}
    if len(mine) != 1 or mine == {""}:
        return []
    ports = " and ".join(places)
    step = f"take the chip out of it: interface bridge port set [find interface={places[0]}] hw=no"
    return [f"{ports} are ports of {mine.pop()}, which switches them in its chip, past the queues; {step}"]


def _in_chip(row: Row) -> bool:
    return row.get("hw-offload") in ("true", "yes")


def _optional(session: ApiSession, command: str, *words: str) -> tuple[tuple[Row, ...], str]:
    """Rows and count of a menu that not every router has."""
    try:
        answer = session.ask(command, *words)
    except RouterRefusal as refusal:
        if "no such command" not in str(refusal):
            raise
        return (), ""
    return answer.rows, answer.ret
