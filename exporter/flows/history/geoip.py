"""Where a remote network is: MaxMind DB files of the office's own in, "ID, AS64500 Contoh" out. Optional.

Countries and networks (ASN) stand in separate files; each says what it knows. A file that cannot be read is named, and
nothing else changes. Read by processes that end, never by the collector.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple

import maxminddb

# Characters of a network operator's name, so that a table stays a table; the file may hold anything.
_LONGEST = 80
_FAULTS = (OSError, ValueError, UnicodeDecodeError, maxminddb.InvalidDatabaseError)


class NetworkNames(NamedTuple):
    """What is known of a remote network; empty and 0 where no file knows it."""

    country: str = ""
    number: int = 0
    operator: str = ""


class GeoipFiles:
    """The files that could be opened; ``problems`` names the others."""

    def __init__(self, readers: Sequence[tuple[Path, Any]], problems: Sequence[str]) -> None:
        self._readers, self.problems = readers, list(problems)
        self._names: dict[str, NetworkNames] = {}

    def of(self, network: str) -> str:
        """Country and network operator of a remote network; empty where no file knows it."""
        names = self.names(network)
        return ", ".join(filter(None, (names.country, names.operator)))

    def names(self, network: str) -> NetworkNames:
        """The same apart; each network is looked up once."""
        if network not in self._names:
            self._names[network] = self._look_up(network)
        return self._names[network]

    def _look_up(self, network: str) -> NetworkNames:
        try:
            # The file's tree is asked for one address; a /24 and a /48 lie within one entry of it nearly always.
            address = ip_network(network, strict=False).network_address
        except ValueError:
            return NetworkNames()
        names = NetworkNames()
        for path, reader in self._readers:
            try:
                names = _names(reader.get(address), names)
            except _FAULTS as error:
                self._fail(path, error)
        return names

    def _fail(self, path: Path, error: BaseException) -> None:
        problem = f"{path}: cannot be read further: {error}; fetch it anew"
        if problem not in self.problems:
            self.problems.append(problem)


@contextmanager
def open_geoip(paths: Sequence[Path]) -> Iterator[GeoipFiles]:
    """Open the files."""
    readers, problems = [], []
    with ExitStack() as stack:
        for path in paths:
            try:
                readers.append((path, stack.enter_context(maxminddb.open_database(path))))
            except _FAULTS as error:
                reason = error.strerror if isinstance(error, OSError) and error.strerror else "is no MaxMind DB file"
                problems.append(f"{path}: {reason}; name a file of the MaxMind DB format (.mmdb) or leave it out")
        yield GeoipFiles(readers, problems)


def _names(record: Any, names: NetworkNames) -> NetworkNames:
    """What one record says beside what others said. Anything may stand in such a file."""
    if not isinstance(record, dict):
        return names
    country = record.get("country")
    if isinstance(country, dict) and isinstance(country.get("iso_code"), str):
        # ISO 3166-1 has two letters; whatever else stands there is cut to the width of its column.
        names = names._replace(country=country["iso_code"][:2])
    number, name = record.get("autonomous_system_number"), record.get("autonomous_system_organization")
    if isinstance(number, int):
        operator = f"AS{number} {name if isinstance(name, str) else ''}".strip()[:_LONGEST]
        names = names._replace(number=number, operator=operator)
    return names
