"""Where a remote network is: MaxMind DB files of the office's own in, "ID, AS64500 Contoh" out. Optional.

Countries and networks (ASN) stand in separate files; each says what it knows. A file that cannot be read is named, and
nothing else changes. Read by processes that end, never by the collector.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import maxminddb

# Characters of a network operator's name, so that a table stays a table; the file may hold anything.
_LONGEST = 80
_FAULTS = (OSError, ValueError, UnicodeDecodeError, maxminddb.InvalidDatabaseError)


class GeoipFiles:
    """The files that could be opened; ``problems`` names the others."""

    def __init__(self, readers: Sequence[tuple[Path, Any]], problems: Sequence[str]) -> None:
        self._readers, self.problems = readers, list(problems)

    def of(self, network: str) -> str:
        """Country and network operator of a remote network; empty where no file knows it."""
        try:
            # The file's tree is asked for one address; a /24 and a /48 lie within one entry of it nearly always.
            address = ip_network(network, strict=False).network_address
        except ValueError:
            return ""
        names: dict[str, str] = {}
        for path, reader in self._readers:
            try:
                names |= _names(reader.get(address))
            except _FAULTS as error:
                self._fail(path, error)
        return ", ".join(names[key] for key in ("country", "operator") if key in names)

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


def _names(record: Any) -> dict[str, str]:
    """What one record says. Anything may stand in such a file."""
    if not isinstance(record, dict):
        return {}
    names: dict[str, str] = {}
    country = record.get("country")
    if isinstance(country, dict) and isinstance(country.get("iso_code"), str):
        # ISO 3166-1 has two letters; whatever else stands there is cut to the width of its column.
        names["country"] = country["iso_code"][:2]
    number, name = record.get("autonomous_system_number"), record.get("autonomous_system_organization")
    if isinstance(number, int):
        names["operator"] = f"AS{number} {name if isinstance(name, str) else ''}".strip()[:_LONGEST]
    return names
