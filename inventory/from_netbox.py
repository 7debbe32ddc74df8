"""A NetBox in (through pynetbox), a proposed city out. Only reads; asks for lists, bounded by NetBox's own paging.

Tenants with prefixes become OPDs, devices with a primary address become devices, cables between their interfaces
become links, the side nearer to the core upstream. Circuits become uplinks.
"""

from collections.abc import Iterable
from typing import Any

from inventory.proposal import Proposal, Row, slug

# Of one kind: more than the largest city here (20,000 OPDs) with two prefixes each; a NetBox of a whole country is cut
# off there rather than read for hours.
MAX_OBJECTS = 50_000


def propose_from_netbox(api: Any, core: str, name: str = "Kota") -> Proposal:
    """Propose a city from an opened ``pynetbox.api``; ``core`` is the NetBox name of the device at the root.

    Raises ValueError where NetBox has nothing to begin with, or its objects are not what they should be.
    """
    proposal = Proposal(name=name, watch_from=slug(core))
    for what, read in (("devices", _devices), ("prefixes", _opds), ("cables", _links), ("circuits", _uplinks)):
        try:
            read(proposal, api)
        except (AttributeError, TypeError, LookupError) as error:
            raise ValueError(f"one of its {what} has another form than NetBox's own: {error}") from error
        if not any(row["name"] == proposal.watch_from for row in proposal.devices):
            names = ", ".join(row["name"] for row in proposal.devices[:5]) or "none that the token may read"
            raise ValueError(
                f"no device with a primary address is called {core!r} (seen: {names}); name it with --core"
            )
    return proposal


def _bounded(records: Iterable[Any]) -> Iterable[Any]:
    for place, record in enumerate(records):
        if place >= MAX_OBJECTS:
            return
        yield record


def _devices(proposal: Proposal, api: Any) -> None:
    for device in _bounded(api.dcim.devices.all()):
        if device.primary_ip is None:
            proposal.doubts.append(f"device {device.name}: no primary address in NetBox, left out")
            continue
        address, name = str(device.primary_ip.address).split("/")[0], slug(str(device.name))
        if any(row["name"] == name for row in proposal.devices):
            proposal.doubts.append(f"device {device.name}: another one is called {name}; {address} was left out")
            continue
        proposal.devices.append({"name": name, "address": address})


def _opds(proposal: Proposal, api: Any) -> None:
    rows: dict[str, Row] = {}
    for prefix in _bounded(api.ipam.prefixes.all()):
        if prefix.tenant is None:
            proposal.doubts.append(f"prefix {prefix.prefix}: no tenant in NetBox, left out")
            continue
        code = slug(str(prefix.tenant.slug))
        row = rows.setdefault(code, {"code": code, "name": str(prefix.tenant.name), "prefixes": []})
        row["prefixes"].append(str(prefix.prefix))
    proposal.opds.extend(rows.values())


def _links(proposal: Proposal, api: Any) -> None:
    """Walk the cables from the core outwards; a cable to a device already reached closes a ring and is left out."""
    cables = [_ends(cable) for cable in _bounded(api.dcim.cables.all())]
    names = {row["name"] for row in proposal.devices}
    reached, queue = {proposal.watch_from}, [proposal.watch_from]
    while queue:
        here = queue.pop(0)
        for near, far in ((a, b) for ends in cables if ends for a, b in (ends, ends[::-1]) if a[0] == here):
            if far[0] not in names or far[0] in reached:
                continue
            reached.add(far[0])
            queue.append(far[0])
            end = {"device": near[0], "interface": near[1]}
            name = f"{near[0]}-{far[0]}"[:63]
            row: Row = {"name": name, "upstream": end, "device": far[0], "interface": far[1], "speed": "1 Gbit/s"}
            proposal.links.append(row)
            proposal.doubts.append(f"link {name}: its speed is unknown, 1 Gbit/s was put")
    for name in sorted(names - reached):
        proposal.doubts.append(f"device {name}: no cable leads to it from {proposal.watch_from}")
    for opd in proposal.opds:
        proposal.doubts.append(f"opd {opd['code']}: NetBox does not say which interface leads to it; add its link")


def _ends(cable: Any) -> tuple[tuple[str, str], tuple[str, str]] | None:
    sides = [side[0] if side else None for side in (cable.a_terminations, cable.b_terminations)]
    if any(side is None or getattr(side, "device", None) is None for side in sides):
        return None
    (near_device, near), (far_device, far) = ((slug(str(side.device.name)), str(side.name)) for side in sides if side)
    return (near_device, near), (far_device, far)


def _uplinks(proposal: Proposal, api: Any) -> None:
    for circuit in _bounded(api.circuits.circuits.all()):
        rate = f"{circuit.commit_rate} kbit/s" if circuit.commit_rate else "1 Gbit/s"
        row: Row = {"name": slug(str(circuit.cid)), "device": proposal.watch_from, "interface": "wan"}
        row |= {"receive_capacity": rate, "transmit_capacity": rate}
        proposal.uplinks.append(row | {"provider": str(circuit.provider.name), "circuit": str(circuit.cid)})
        proposal.doubts.append(f"uplink {row['name']}: its interface is unknown, wan was put")
        if not circuit.commit_rate:
            proposal.doubts.append(f"uplink {row['name']}: its capacity is unknown, 1 Gbit/s was put")
