"""A made-up city of any size as the text of a city file, for benchmarks and trials. Pure: same size, same city."""

from ipaddress import IPv4Address, IPv4Network

# The ports of the usual access switch.
OPDS_PER_ROUTER = 24

# A /24 each from 10.0.0.0 on ends at 10.234.95.255, below the routers at 10.254.0.0; more would meet them at 65,024.
# As much as a city file may hold (``reading.MAX_FILE_BYTES``).
MAX_OPDS = 60_000


def generate_city(opds: int) -> str:
    """The text of a city file with that many OPDs, 24 to a distribution router; 1 to 60,000."""
    if not 1 <= opds <= MAX_OPDS:
        raise ValueError(f"{opds} OPDs cannot be generated; the number is 1 to {MAX_OPDS}")
    routers = -(-opds // OPDS_PER_ROUTER)
    lines = [
        "city: {name: Kota Buatan, timezone: Asia/Jakarta, watch_from: core, management: [10.255.0.0/16]}",
        'credentials:\n  - {name: snmp, version: 2c, community: "env:LEBARPITA_SNMP_COMMUNITY"}',
        "devices:",
        "  - {name: core, address: 10.255.0.1, snmp: snmp, flows: [{address: 10.255.0.1, internal: true}]}",
        *(_device(n) for n in range(routers)),
        "uplinks:",
        "  - {name: isp-1, device: core, interface: wan, receive_capacity: 10 Gbit/s, transmit_capacity: 10 Gbit/s,"
        " probe: 203.0.113.1, shaping: {transmit_interface: wan, receive_interface: lan}}",
        "links:",
        *(_trunk(n) for n in range(routers)),
        *(_access(n) for n in range(opds)),
        "opds:",
        *(_opd(n) for n in range(opds)),
    ]
    return "\n".join(lines) + "\n"


def _device(n: int) -> str:
    return f"  - {{name: dist-{n + 1}, address: {IPv4Address('10.254.0.0') + n + 1}, snmp: snmp}}"


def _trunk(n: int) -> str:
    upstream = f"{{device: core, interface: dist{n + 1}}}"
    return (
        f"  - {{name: core-dist-{n + 1}, upstream: {upstream}, device: dist-{n + 1}, interface: up, speed: 10 Gbit/s}}"
    )


def _access(n: int) -> str:
    upstream = f"{{device: dist-{n // OPDS_PER_ROUTER + 1}, interface: opd{n + 1}}}"
    return f"  - {{name: link-opd-{n + 1}, upstream: {upstream}, opd: opd-{n + 1}, speed: 1 Gbit/s}}"


def _opd(n: int) -> str:
    prefix = IPv4Network((int(IPv4Address("10.0.0.0")) + n * 256, 24))
    return (
        f"  - {{code: opd-{n + 1}, name: OPD Buatan {n + 1}, district: Distrik {n // OPDS_PER_ROUTER + 1},"
        # 2001:db8::/32 is for documentation (RFC 3849).
        f' prefixes: [{prefix}, "2001:db8:{n:x}::/48"], address: {prefix.network_address + 2}}}'
    )
