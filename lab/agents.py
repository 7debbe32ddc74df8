"""What real agents read: configuration texts for snmpd and pmacctd. Pure; starts nothing."""

from inventory.model import City, Credential, Device
from lab.credentials import value_of

# net-snmp renews its interface table when it is older than this; it cannot be set in the file, so it is stated.
SNMPD_REFRESH_SECONDS = 3
# pmacctd's nfprobe_version: the version field of RFC 7011 and RFC 3954.
NETFLOW_VERSIONS = {"ipfix": 10, "v9": 9}
# snmpd looks at its interfaces this often to send a trap. Names would need MIB files that Debian does not ship.
TRAP_SECONDS = 1
LINK_DOWN, LINK_UP = ".1.3.6.1.6.3.1.1.5.3", ".1.3.6.1.6.3.1.1.5.4"
# ifIndex, ifAdminStatus, ifOperStatus (RFC 2863).
IF_INDEX, IF_ADMIN, IF_OPER = (f".1.3.6.1.2.1.2.2.1.{column}" for column in (1, 7, 8))
# Seconds. Far shorter than a router's (30 to 1,800), so that the demo's boards move while somebody looks.
FLOW_TIMEOUTS = "tcp=5:tcp.rst=2:tcp.fin=2:udp=5:icmp=5:general=5:maxlife=30:expint=1"


def snmpd(city: City, device: Device, credential: Credential, secrets: dict[str, str], trap_sink: str) -> str:
    """The snmpd.conf of a router: its credential, its name, the speeds of its lines, traps to the watch."""
    lines = [
        f"sysName {device.name}",
        f"sysDescr {device.description or device.name}",
        f"sysLocation {city.city.name}",
        "sysContact noc@example.invalid",
        # A rebooted router's interfaces come back under new indexes with the old names (net-snmp would keep both rows).
        "interface_replace_old yes",
        "dontLogTCPWrappersConnects yes",
        *_access(credential, secrets),
        *(f"interface {name} 6 {speed}" for name, speed in _speeds(city, device.name)),
        *_traps(city, secrets, trap_sink),
    ]
    return "\n".join(lines) + "\n"


def _access(credential: Credential, secrets: dict[str, str]) -> list[str]:
    if credential.version != "3":
        return [f"rocommunity {value_of(credential.community or '', secrets)}"]
    words = [f"createUser {credential.user}"]
    level = "noauth"
    if credential.auth and credential.auth_key:
        words.append(f"{credential.auth} {value_of(credential.auth_key, secrets)}")
        level = "auth"
    if credential.privacy and credential.privacy_key:
        words.append(f"{credential.privacy} {value_of(credential.privacy_key, secrets)}")
        level = "priv"
    return [" ".join(words), f"rouser {credential.user} {level}"]


def _speeds(city: City, device: str) -> list[tuple[str, int]]:
    """Interface and bit/s, as the inventory has them: a veth claims 10 Gbit/s."""
    rows = [(link.upstream.interface, link.speed * 8) for link in city.links if link.upstream.device == device]
    rows += [(link.interface or "up", link.speed * 8) for link in city.links if link.device == device]
    rows += [(up.interface, up.receive_capacity * 8) for up in city.uplinks if up.device == device]
    return rows


def _traps(city: City, secrets: dict[str, str], sink: str) -> list[str]:
    """linkDown and linkUp as v2c traps with the first community of the city; none where it has none."""
    reference = next((c.community for c in city.credentials if c.community), None)
    if reference is None:
        return []
    return [
        f"trap2sink {sink} {value_of(reference, secrets)}",
        # The agent's event MIB asks the agent itself, as a user of SNMPv3 (iquerySecName); the key opens this lab's
        # agent and nothing else.
        "createUser internal SHA internal-to-this-agent AES internal-to-this-agent",
        "rouser internal",
        "iquerySecName internal",
        f"notificationEvent linkDownTrap {LINK_DOWN} {IF_INDEX} {IF_ADMIN} {IF_OPER}",
        f"notificationEvent linkUpTrap {LINK_UP} {IF_INDEX} {IF_ADMIN} {IF_OPER}",
        f'monitor -r {TRAP_SECONDS} -e linkUpTrap "linkUp" {IF_OPER} == 1',
        f'monitor -r {TRAP_SECONDS} -e linkDownTrap "linkDown" {IF_OPER} != 1',
    ]


def pmacctd(interface: str, direction: str, source: str, sink: str, version: int) -> str:
    """One direction of one interface as NetFlow. Two of these count every packet once, with the right ifIndex.

    Both directions name the ingress monitor (61 = 0), as a router with ingress monitors on all its ports does.
    """
    options = {
        "daemonize": "false",
        "pcap_interface": interface,
        "pcap_ifindex": "sys",
        "pcap_direction": direction,
        "promisc": "false",
        # Enough for Ethernet, VLAN, IPv6 and TCP heads; the load is counted by its length field.
        "snaplen": "128",
        "plugins": "nfprobe[flows]",
        "plugin_pipe_size": "16384000",
        "aggregate[flows]": "src_host, dst_host, src_port, dst_port, proto, tos, in_iface, out_iface",
        "nfprobe_receiver[flows]": sink,
        "nfprobe_source_ip[flows]": source,
        "nfprobe_version[flows]": str(version),
        "nfprobe_direction[flows]": "in",
        "nfprobe_engine[flows]": "1" if direction == "in" else "2",
        "nfprobe_timeouts[flows]": FLOW_TIMEOUTS,
        "nfprobe_maxflows[flows]": "65536",
    }
    return "".join(f"{key}: {value}\n" for key, value in options.items())
