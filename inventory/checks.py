"""What one part of a city says about another: names, references, the tree, prefixes, rates. Pure functions.

``parts`` holds the parts that are right by themselves with their place in their list; ``tree`` is the file as read,
so that a reference to a part that is itself wrong is not reported a second time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inventory.admission import LOWEST_BYTES_PER_SECOND
from inventory.model import Address, Network
from inventory.prefixes import overlaps
from inventory.rates import HIGHEST_BYTES_PER_SECOND

Parts = Mapping[str, list[tuple[int, Any]]]


@dataclass(frozen=True)
class Finding:
    """A problem and its place in the file as keys and list positions."""

    where: tuple[str | int, ...]
    message: str


def check(parts: Parts, tree: Any) -> list[Finding]:
    """Everything the parts get wrong about each other."""
    rules = (
        _names,
        _addresses,
        _references,
        _opd_links,
        _interfaces,
        _tree,
        _prefixes,
        _rates,
        _credentials,
        _contexts,
        _shaped_interfaces,
        _measured,
        _fallbacks,
    )
    return [finding for rule in rules for finding in rule(parts, tree)]


def _written(tree: Any, key: str, field: str = "name") -> set[str]:
    rows = tree.get(key)
    return {
        str(row[field])
        for row in (rows if isinstance(rows, list | tuple) else ())
        if isinstance(row, Mapping) and row.get(field)
    }


def _names(parts: Parts, _: Any) -> Iterator[Finding]:
    """Names are unique within their list; links and uplinks share one set, because both name outages."""
    for keys in (("credentials",), ("devices",), ("uplinks", "links"), ("opds",)):
        field, owners = ("code" if keys == ("opds",) else "name"), dict[str, str]()
        for key in keys:
            for index, part in parts[key]:
                name = getattr(part, field)
                if name in owners:
                    yield Finding(
                        (key, index, field), f"{field} {name!r} is already a {owners[name]}; names are unique"
                    )
                owners[name] = key[:-1]


def _addresses(parts: Parts, _: Any) -> Iterator[Finding]:
    """No address belongs to two devices or OPDs: the watch and the poller would take one for the other."""
    owners: dict[Address, str] = {}
    for key, field in (("devices", "name"), ("opds", "code")):
        for index, part in parts[key]:
            name = f"{key[:-1]} {getattr(part, field)}"
            if part.address is not None and part.address in owners:
                yield Finding(
                    (key, index, "address"), f"{name}: address {part.address} is that of {owners[part.address]}"
                )
            owners.setdefault(part.address, name)


def _references(parts: Parts, tree: Any) -> Iterator[Finding]:
    """Every name that is used exists."""
    names = {key: _written(tree, key) for key in ("credentials", "devices", "uplinks")}
    names["opds"] = _written(tree, "opds", "code")
    uses = (
        ("city", ("watch_from",), "devices"),
        ("devices", ("snmp",), "credentials"),
        ("uplinks", ("device",), "devices"),
        ("links", ("upstream", "device"), "devices"),
        ("links", ("device",), "devices"),
        ("links", ("opd",), "opds"),
        ("opds", ("queue_device",), "devices"),
        ("opds", ("uplink",), "uplinks"),
    )
    for key, path, target in uses:
        for index, part in parts[key]:
            name = part
            for step in path:
                name = getattr(name, step)
            if name is not None and name not in names[target]:
                where = ("city", *path) if key == "city" else (key, index, *path)
                who = "city" if key == "city" else f"{key[:-1]} {getattr(part, 'name', None) or part.code}"
                yield Finding(where, f"{who}: {path[-1]} {name!r} is not one of the {target}")


def _opd_links(parts: Parts, _: Any) -> Iterator[Finding]:
    """A link leads to exactly one of a device and an OPD; no node hangs from two links; every OPD hangs."""
    leads: dict[tuple[str, str], str] = {}
    for index, link in parts["links"]:
        if (link.device is None) == (link.opd is None):
            yield Finding(("links", index), f"link {link.name} must lead to either a device or an opd")
            continue
        node = ("opd", link.opd) if link.opd else ("device", link.device)
        if node in leads:
            yield Finding(
                ("links", index), f"{node[0]} {node[1]} hangs from link {leads[node]} and from link {link.name}"
            )
        leads[node] = link.name
    for index, opd in parts["opds"]:
        if ("opd", opd.code) not in leads:
            yield Finding(("opds", index), f"opd {opd.code} has no link; add a link with opd: {opd.code}")


def _interfaces(parts: Parts, _: Any) -> Iterator[Finding]:
    """No interface is the end of two lines: its bytes would be counted for both. Both are told, each at its place.

    Offices behind one port (a bridge, a PON) may share it when each is measured by its queue or by flows.
    """
    # Measured elsewhere, so the shared port's bytes are counted for nobody.
    apart = {opd.code for _, opd in parts["opds"] if opd.measured != "interface"}
    ends: dict[tuple[str, str], list[tuple[tuple[str | int, ...], str, bool]]] = {}
    for index, uplink in parts["uplinks"]:
        who = (("uplinks", index), f"uplink {uplink.name}", False)
        ends.setdefault((uplink.device, uplink.interface), []).append(who)
    for index, link in parts["links"]:
        who = (("links", index), f"link {link.name}", link.opd in apart)
        ends.setdefault((link.upstream.device, link.upstream.interface), []).append(who)
        if link.device and link.interface:
            ends.setdefault((link.device, link.interface), []).append(who)
    for (device, interface), users in ends.items():
        for where, name, _measured_apart in users if len(users) > 1 and not all(user[2] for user in users) else ():
            others = " and ".join(other for _, other, _ in users if other != name) or "its own other end"
            yield Finding(where, f"{name}: interface {interface} of {device} is also that of {others}")


def _tree(parts: Parts, _: Any) -> Iterator[Finding]:
    """Every device is reached from where the watch stands, and no chain of links closes on itself."""
    if not parts["city"]:
        return
    root = parts["city"][0][1].watch_from
    above = {link.device: (index, link) for index, link in parts["links"] if link.device}
    reported: set[str] = set()
    for index, device in parts["devices"]:
        name, chain = device.name, []
        # Upwards until the root, a device without a link, or one that was met before.
        while name != root and name in above and name not in chain:
            chain.append(name)
            name = above[name][1].upstream.device
        if name == root or reported.intersection(chain) or name in reported:
            continue
        reported.update(chain or [name])
        if name in chain:
            cycle = chain[chain.index(name) :]
            circle = " -> ".join([*reversed(cycle), cycle[-1]])
            yield Finding(
                ("links", above[name][0]), f"the upstreams go in a circle: {circle}; one link must lead to {root}"
            )
        else:
            yield Finding(
                ("devices", index), f"device {device.name} has no link towards {root}, where the watch stands"
            )
    if root in above:
        yield Finding(("links", above[root][0], "device"), f"{root} is where the watch stands; no link leads to it")


def _prefixes(parts: Parts, _: Any) -> Iterator[Finding]:
    """No prefix belongs to two OPDs. A smaller prefix inside a larger one of the same OPD is allowed."""
    owned: list[tuple[Network, str, tuple[str | int, ...]]] = [
        (prefix, opd.code, ("opds", index, "prefixes", place))
        for index, opd in parts["opds"]
        for place, prefix in enumerate(opd.prefixes)
    ]
    if parts["city"]:
        settings = parts["city"][0][1]
        owned += [(prefix, "management", ("city", "management", n)) for n, prefix in enumerate(settings.management)]
    for earlier, later in overlaps(owned):
        if earlier[1] != later[1]:
            message = f"prefix {later[0]} of {later[1]} overlaps {earlier[0]} of {earlier[1]}"
            yield Finding(later[2], message)


def _rates(parts: Parts, _: Any) -> Iterator[Finding]:
    """Rates are between 256 kbit/s (below it a shaper cannot be exact) and 1 Tbit/s."""
    fields = (("uplinks", "receive_capacity"), ("uplinks", "transmit_capacity"), ("links", "speed"))
    for key, field in fields:
        for index, part in parts[key]:
            if not LOWEST_BYTES_PER_SECOND <= getattr(part, field) <= HIGHEST_BYTES_PER_SECOND:
                message = f"{key[:-1]} {part.name}: {field} is not between 256 kbit/s and 1 Tbit/s"
                yield Finding((key, index, field), message)


def _credentials(parts: Parts, _: Any) -> Iterator[Finding]:
    """Versions 1 and 2c have a community; version 3 has a user, and privacy only with authentication."""
    for index, credential in parts["credentials"]:
        where = ("credentials", index)
        if credential.version != "3":
            if credential.community is None:
                yield Finding(where, f"credential {credential.name}: version {credential.version} needs a community")
            continue
        if not credential.user:
            yield Finding(where, f"credential {credential.name}: version 3 needs a user")
        for kind in ("auth", "privacy"):
            if (getattr(credential, kind) is None) != (getattr(credential, f"{kind}_key") is None):
                yield Finding(where, f"credential {credential.name}: {kind} and {kind}_key go together")
        if credential.privacy and not credential.auth:
            yield Finding(where, f"credential {credential.name}: privacy needs auth")


def _contexts(parts: Parts, _: Any) -> Iterator[Finding]:
    """Only version 3 has contexts (RFC 3411, 3.3.1)."""
    versions = {credential.name: credential.version for _, credential in parts["credentials"]}
    for index, device in parts["devices"]:
        version = versions.get(device.snmp or "", "3")
        if device.snmp_context and version != "3":
            message = (
                f"device {device.name}: snmp_context {device.snmp_context!r} needs a credential of version 3; "
                f"{device.snmp} is version {version}"
            )
            yield Finding(("devices", index, "snmp_context"), message)


def _shaped_interfaces(parts: Parts, _: Any) -> Iterator[Finding]:
    """One agent, one root qdisc: two uplinks that a Linux machine shapes share no interface of it.

    What a line adds to a frame is counted by its kernel; other devices do not.
    """
    shaped_for: dict[tuple[str, str], str] = {}
    for index, uplink in parts["uplinks"]:
        shaping = uplink.shaping
        if shaping is None:
            continue
        if shaping.driver != "linux":
            for key in ("overhead_bytes", "smallest_frame_bytes"):
                if getattr(shaping, key):
                    message = f"uplink {uplink.name}: {key} is counted by driver linux only, not by {shaping.driver}"
                    yield Finding(("uplinks", index, "shaping", key), f"{message}; take it out")
            continue
        for key in ("transmit_interface", "receive_interface"):
            place = (uplink.device, getattr(shaping, key))
            other = shaped_for.setdefault(place, uplink.name)
            if other != uplink.name:
                message = (
                    f"uplink {uplink.name}: {key} {place[1]} of {place[0]} is shaped for {other} already;"
                    " each uplink needs interfaces of its own (for what comes in, an ifb)"
                )
                yield Finding(("uplinks", index, "shaping", key), message)


def _measured(parts: Parts, _: Any) -> Iterator[Finding]:
    """An OPD measured by its queue names the queue and the device that holds it."""
    for index, opd in parts["opds"]:
        if opd.measured == "queue" and not (opd.queue and opd.queue_device):
            yield Finding(("opds", index), f"opd {opd.code}: measured: queue needs queue and queue_device")


def _fallbacks(parts: Parts, tree: Any) -> Iterator[Finding]:
    """A fallback names other uplinks, offices of the lost one, and one line at most for all that it does not name."""
    uplinks = _written(tree, "uplinks")
    first = next((uplink.name for _, uplink in parts["uplinks"]), "")
    homes = {opd.code: opd.uplink or first for _, opd in parts["opds"]}
    for index, uplink in parts["uplinks"]:
        lines = uplink.fallback.lines if uplink.fallback else ()
        where, who = ("uplinks", index, "fallback", "lines"), f"uplink {uplink.name}: fallback:"
        for number, line in enumerate(lines):
            if line.uplink == uplink.name or line.uplink not in uplinks:
                yield Finding((*where, number, "uplink"), f"{who} {line.uplink!r} is not another one of the uplinks")
        for opd in sorted({opd for line in lines for opd in line.opds if homes.get(opd) != uplink.name}):
            yield Finding(where, f"{who} {opd} is no office of {uplink.name}")
        places = [opd for line in lines for opd in line.opds]
        if len(set(places)) < len(places):
            yield Finding(where, f"{who} an office stands on two lines; name it once")
        if len({line.uplink for line in lines}) < len(lines) or sum(not line.opds for line in lines) > 1:
            yield Finding(where, f"{who} write each line once, and at most one of them without opds")
