"""The city of a benchmark's farm: how many devices and interfaces in, the text of a city file out. Pure."""

from collections.abc import Sequence
from ipaddress import IPv6Network

from exporter.snmp.engine import Login

V2C = Login("2c", "lab")
V3 = Login("3", "", "bench", "SHA", "bench-authentication", "AES", "bench-privacy-key")
SECRETS = {
    "LEBARPITA_BENCH_COMMUNITY": "lab",
    "LEBARPITA_BENCH_AUTH": V3.auth_key,
    "LEBARPITA_BENCH_KEY": V3.privacy_key,
}
"""The logins of the farm; they guard nothing but agents of a benchmark on loopback."""


def city_of_farm(agents: Sequence[str], interfaces: Sequence[str], port: int, login: Login) -> str:
    """One device per agent, in a row; every interface but the first leads to an OPD that is measured elsewhere."""
    devices, ports = len(agents), range(1, len(interfaces))
    end = f"{{device: d{devices - 1}, interface: {interfaces[0]}}}"
    lines = [
        "city: {name: Bench, watch_from: d0}",
        f"credentials: [{_credential(login)}]",
        "devices:",
        *(
            f"  - {{name: d{n}, address: {address}, snmp: c, snmp_port: {port}, snmp_retries: 0, refresh_seconds: 3}}"
            for n, address in enumerate(agents)
        ),
        "uplinks: [{name: isp, device: d0, interface: none, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}]",
        "links:",
        *(_trunk(n, interfaces[0]) for n in range(1, devices)),
        *(_access(n, m, interfaces[m]) for n in range(devices) for m in ports),
        f"  - {{name: spare, upstream: {end}, opd: spare, speed: 1 Gbit/s}}",
        "opds:",
        *(_opd(n, m, n * len(interfaces) + m) for n in range(devices) for m in ports),
        '  - {code: spare, name: Spare, measured: flow, prefixes: ["2001:db8:ffff::/48"]}',
    ]
    return "\n".join(lines) + "\n"


def _trunk(n: int, interface: str) -> str:
    return f"  - {{name: t{n}, upstream: {{device: d{n - 1}, interface: {interface}}}, device: d{n}, speed: 1 Gbit/s}}"


def _access(n: int, m: int, interface: str) -> str:
    return f"  - {{name: l{n}-{m}, upstream: {{device: d{n}, interface: {interface}}}, opd: o{n}-{m}, speed: 1 Gbit/s}}"


def _opd(n: int, m: int, number: int) -> str:
    prefix = IPv6Network((int(IPv6Network("2001:db8::/32").network_address) + (number << 64), 64))
    return f'  - {{code: o{n}-{m}, name: O, measured: flow, prefixes: ["{prefix}"]}}'


def _credential(login: Login) -> str:
    if login.version != "3":
        return '{name: c, community: "env:LEBARPITA_BENCH_COMMUNITY"}'
    keys = 'auth_key: "env:LEBARPITA_BENCH_AUTH", privacy_key: "env:LEBARPITA_BENCH_KEY"'
    return f'{{name: c, version: "3", user: {login.user}, auth: {login.auth}, privacy: {login.privacy}, {keys}}}'
