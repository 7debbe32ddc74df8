"""What a row of a table is called: values of the history's columns in, a name and its place out.

Names come from the office's MaxMind DB files, from what routers tell (AS numbers), and from the options in which
exporters name their applications.
"""

from collections.abc import Mapping
from ipaddress import ip_network

from exporter.flows.history.geoip import GeoipFiles
from exporter.flows.history.question import PROTOCOLS

# The columns whose values make the rows of each table.
COLUMNS = {
    "hosts": ("host",),
    "networks": ("remote",),
    "addresses": ("remote",),
    "services": ("protocol", "port"),
    "applications": ("application",),
    "operators": ("asn", "remote"),
    "countries": ("remote",),
    "opds": ("opd",),
}
# The lengths to which remote addresses are shortened.
_SHORT = {4: 24, 6: 48}
_PROTOCOL_NAMES = {number: name for name, number in PROTOCOLS.items() if name in ("tcp", "udp", "icmp", "icmpv6")}
# An application id is an engine and a number of its own (RFC 6759 4): 8 and 24 bits where it has four bytes.
_ENGINE_BITS = 24


def network_of(address: str) -> str:
    """The network that is told of an address, or the network itself; empty for none."""
    if not address or "/" in address:
        return address
    network = ip_network(address)
    return str(network.supernet(new_prefix=_SHORT[network.version]))


class RowLabels:
    """The names of rows. A row without one (empty) belongs to the rest of its table."""

    def __init__(self, geoip: GeoipFiles, applications: Mapping[int, str]) -> None:
        self._geoip, self._applications = geoip, applications
        self._operators: dict[int, str] = {}

    def name(self, table: str, values: tuple[object, ...]) -> str:
        """What that row of that table is called."""
        if table == "services":
            protocol, port = int(str(values[0])), int(str(values[1]))
            return f"{_PROTOCOL_NAMES.get(protocol, protocol)}/{port}" if protocol or port else ""
        if table == "applications":
            return self._application(int(str(values[0])))
        if table == "operators":
            return self._operator(int(str(values[0])), str(values[1]))
        text = str(values[0])
        if table == "countries":
            return self._geoip.names(text).country
        return network_of(text) if table == "networks" else text

    def place(self, table: str, name: str) -> str | None:
        """Country and operator of a remote row; None where the table has none."""
        return self._geoip.of(name) if table in ("networks", "addresses") else None

    def number(self, asn: int, remote: str) -> int:
        """The AS of a remote network: what the router says, else what the office's file says."""
        return asn or self._geoip.names(remote).number

    def country(self, remote: str) -> str:
        """The country of a remote network; empty where no file knows it."""
        return self._geoip.names(remote).country

    def _operator(self, asn: int, remote: str) -> str:
        names = self._geoip.names(remote)
        if asn and asn != names.number:
            return self._operators.get(asn, f"AS{asn}")
        if names.number:
            self._operators[names.number] = names.operator
        return names.operator

    def _application(self, number: int) -> str:
        if not number:
            return ""
        engine, selector = number >> _ENGINE_BITS, number & (1 << _ENGINE_BITS) - 1
        return self._applications.get(number) or f"{engine}:{selector}"
