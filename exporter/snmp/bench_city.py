"""The city of a benchmark's farm: how many devices and interfaces in, the text of a city file out. Pure."""

from ipaddress import IPv6Network

from exporter.snmp.farm import addresses

COMMUNITY = "lab"


def city_of_farm(devices: int, interfaces: int, port: int) -> str:
    """One device per agent, in a row; every interface but the first leads to an OPD that is measured elsewhere."""
    lines = [
        "city: {name: Bench, watch_from: d0}",
        'credentials: [{name: c, community: "env:LEBARPITA_BENCH_COMMUNITY"}]',
        "devices:",
        *(
            f"  - {{name: d{n}, address: {address}, snmp: c, snmp_port: {port}, snmp_retries: 0, refresh_seconds: 3}}"
            for n, address in enumerate(addresses(devices))
        ),
        "uplinks: [{name: isp, device: d0, interface: none, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}]",
        "links:",
        *(_trunk(n) for n in range(1, devices)),
        *(_access(n, m) for n in range(devices) for m in range(2, interfaces + 1)),
        f"  - {{name: spare, upstream: {{device: d{devices - 1}, interface: e1}}, opd: spare, speed: 1 Gbit/s}}",
        "opds:",
        *(_opd(n, m, n * interfaces + m) for n in range(devices) for m in range(2, interfaces + 1)),
        '  - {code: spare, name: Spare, measured: flow, prefixes: ["2001:db8:ffff::/48"]}',
    ]
    return "\n".join(lines) + "\n"


def _trunk(n: int) -> str:
    return f"  - {{name: t{n}, upstream: {{device: d{n - 1}, interface: e1}}, device: d{n}, speed: 1 Gbit/s}}"


def _access(n: int, m: int) -> str:
    return f"  - {{name: l{n}-{m}, upstream: {{device: d{n}, interface: e{m}}}, opd: o{n}-{m}, speed: 1 Gbit/s}}"


def _opd(n: int, m: int, number: int) -> str:
    prefix = IPv6Network((int(IPv6Network("2001:db8::/32").network_address) + (number << 64), 64))
    return f'  - {{code: o{n}-{m}, name: O, measured: flow, prefixes: ["{prefix}"]}}'
