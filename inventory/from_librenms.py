"""What a LibreNMS knows in (its API, or its answers in one file), a proposed city out. Only reads.

Its devices, ports, addresses and links become what a walk of each device would have told, and the proposal is that of
discovery. Communities are never taken: they are secrets, and a city file only names them.
"""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from inventory.answers import Walk
from inventory.discovery import propose_from_walks
from inventory.model import Credential
from inventory.prefixes import PRIVATE
from inventory.proposal import Proposal, slug
from runtime.bounded_http import Bounds, ask

# 500 devices with 48 ports are 6 MB of ports by the columns asked for; a LibreNMS of a province is ten times that.
MOST_BYTES = 64 * 2**20
# All ports of 500 devices take LibreNMS some ten seconds.
_BOUNDS = Bounds(60.0, 120.0, MOST_BYTES)
_PORT_COLUMNS = "port_id,device_id,ifIndex,ifName,ifDescr,ifAlias,ifType,ifSpeed,ifAdminStatus,ifOperStatus"
# Where the API has each list, by the key of the answer that holds it.
_CALLS = {
    "devices": "devices",
    "ports": f"ports?columns={_PORT_COLUMNS}",
    "links": "resources/links",
    "ip_addresses": "resources/ip/addresses",
}
# IANAifType by name, as LibreNMS writes it, of the types that discovery looks at.
_TYPES = {"ethernetCsmacd": 6, "propVirtual": 53, "gigabitEthernet": 117, "l2vlan": 135, "l3ipvlan": 136}
_TYPES |= {"ieee8023adLag": 161}

# Null where LibreNMS does not know; older releases write numbers as text.
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else str(value))]
Number = Annotated[int, BeforeValidator(lambda value: value or 0)]


class _LibreRow(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class LibreDevice(_LibreRow):
    """A row of ``devices``."""

    device_id: int
    hostname: Text = ""
    sysName: Text = ""
    ip: Text = ""
    overwrite_ip: Text = ""
    port: Number = 161
    sysDescr: Text = ""
    snmp_disable: bool = False
    disabled: bool = False


class LibrePort(_LibreRow):
    """A row of ``ports``."""

    port_id: int
    device_id: int
    ifIndex: Number = 0
    ifName: Text = ""
    ifDescr: Text = ""
    ifAlias: Text = ""
    ifType: Text = ""
    ifSpeed: Number = 0
    ifAdminStatus: Text = ""
    ifOperStatus: Text = ""

    @property
    def called(self) -> str:
        """The name by which the device is asked for it."""
        return self.ifName or self.ifDescr


class LibreLink(_LibreRow):
    """A row of ``links``: a neighbour as LLDP, CDP or another protocol told it."""

    local_device_id: int
    local_port_id: Number = 0
    remote_device_id: Number = 0
    remote_hostname: Text = ""
    remote_port: Text = ""
    protocol: Text = ""


class LibreAddress(_LibreRow):
    """A row of ``ip_addresses``; those of IPv6 have other keys and are passed over."""

    port_id: int
    ipv4_address: Text = ""
    ipv4_prefixlen: Number = 0


class LibreNms(_LibreRow):
    """Everything that is read of it."""

    devices: tuple[LibreDevice, ...]
    ports: tuple[LibrePort, ...] = ()
    links: tuple[LibreLink, ...] = ()
    ip_addresses: tuple[LibreAddress, ...] = ()


def ask_librenms(url: str, token: str) -> LibreNms:
    """Ask its API. Raises requests.RequestException, or ValueError where it answers otherwise than a LibreNMS does."""
    lists = {}
    for key, call in _CALLS.items():
        answer = ask("GET", f"{url.rstrip('/')}/api/v0/{call}", _BOUNDS, headers={"X-Auth-Token": token})
        body = answer.json() if answer.body.lstrip()[:1] == b"{" else {}
        if not isinstance(body, Mapping) or key not in body:
            raise ValueError(f"{call.partition('?')[0]}: status {answer.status}, {answer.text or 'nothing'}")
        lists[key] = body[key]
    return read_librenms(lists)


def read_librenms(lists: Any) -> LibreNms:
    """The answers of its calls in one object. Raises ValueError where they are not."""
    try:
        return LibreNms.model_validate(lists)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(step) for step in fault["loc"]) or "the whole"
        raise ValueError(f"{where}: {str(fault['msg']).replace('a valid tuple', 'a list')}") from error


def propose_from_librenms(nms: LibreNms, core: str, login: Credential | None = None) -> Proposal:
    """Propose a city; ``core`` is the hostname or sysName of the device at the root.

    ``login`` is how devices will be asked, which LibreNMS does not tell. Raises ValueError where it has no such device.
    """
    places = {row.device_id: address for row in nms.devices if (address := _address(row)) and not row.disabled}
    devices = [row for row in nms.devices if row.device_id in places]
    roots = [row for row in devices if slug(core) in (slug(row.hostname), slug(row.sysName))]
    if len(roots) != 1:
        names = ", ".join(row.sysName or row.hostname for row in devices[:5]) or "none with an address"
        raise ValueError(f"no device, or more than one, is called {core!r} (seen: {names}); name it with --core")
    in_order = [*roots, *(row for row in devices if row is not roots[0])]
    walks = [_walk(nms, row, places, login) for row in in_order]
    proposal = propose_from_walks(walks, PRIVATE)
    proposal.doubts += [
        f"device {row.sysName or row.hostname}: no address in LibreNMS, left out"
        for row in nms.devices
        if not _address(row)
    ]
    if login is None:
        proposal.doubts.append("no community is taken from LibreNMS; name it: --community-from env:NAME")
    return proposal


def _address(device: LibreDevice) -> str:
    """Where the device is asked: LibreNMS' own override first; a hostname counts where it is an address."""
    for text in (device.overwrite_ip, device.ip, device.hostname):
        try:
            return str(ip_address(text))
        except ValueError:
            continue
    return ""


def _walk(nms: LibreNms, device: LibreDevice, places: Mapping[int, str], login: Credential | None) -> Walk:
    """What this device would have told."""
    ports = {row.port_id: row for row in nms.ports if row.device_id == device.device_id and row.called}
    networks: dict[int, list[str]] = {}
    for row in nms.ip_addresses:
        if row.ipv4_address and row.port_id in ports:
            networks.setdefault(row.port_id, []).append(f"{row.ipv4_address}/{row.ipv4_prefixlen}")
    names = {row.device_id: row.sysName or row.hostname for row in nms.devices}
    is_asked = login is not None and not device.snmp_disable
    return Walk.model_validate(
        {
            "address": places[device.device_id],
            "port": device.port or 161,
            "name": names[device.device_id],
            "description": device.sysDescr,
            "interfaces": [_interface(row, networks.get(row.port_id, [])) for row in ports.values()],
            "neighbours": [
                {
                    "protocol": link.protocol,
                    "interface": ports[link.local_port_id].called if link.local_port_id in ports else "",
                    "name": names.get(link.remote_device_id, link.remote_hostname),
                    "address": places.get(link.remote_device_id),
                    "remote_interface": link.remote_port,
                }
                for link in nms.links
                if link.local_device_id == device.device_id
            ],
            "credential": login.model_dump(exclude_none=True) if login and is_asked else {},
        }
    )


def _interface(port: LibrePort, addresses: Sequence[str]) -> dict[str, Any]:
    states = {"admin": port.ifAdminStatus or "up", "oper": port.ifOperStatus or "up"}
    return {
        "index": port.ifIndex,
        "name": port.called,
        "alias": "" if port.ifAlias == port.called else port.ifAlias,
        "type": _TYPES.get(port.ifType, 0),
        "speed_bps": port.ifSpeed,
        "addresses": tuple(addresses),
        **states,
    }
