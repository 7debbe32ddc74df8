"""An Excel export of offices (CSV) in, a proposed city out. Reads one file; guesses are named as doubts.

Columns, in Indonesian or English, in any order: kode/code, nama/name, kecamatan/district, prefix/prefixes (several
with blanks), alamat_ip/address, perangkat/device, antarmuka/interface, kecepatan/speed, uplink. Separator comma or
semicolon, UTF-8 with or without a byte order mark, or Windows-1252 as older Excel writes it.
"""

import csv
from collections.abc import Iterable
from io import StringIO
from ipaddress import ip_network
from pathlib import Path

from inventory.proposal import Proposal, Row, slug
from inventory.reading import FileProblem, InventoryError

# As the city file: a list of offices above 16 MiB is something else.
MAX_FILE_BYTES = 16 * 2**20
_COLUMNS = {
    "code": ("code", "kode", "kode opd"),
    "name": ("name", "nama", "nama opd", "opd"),
    "district": ("district", "kecamatan", "wilayah"),
    "prefixes": ("prefixes", "prefix", "subnet", "network"),
    "address": ("address", "alamat ip", "alamat_ip", "ip"),
    "device": ("device", "perangkat", "router"),
    "interface": ("interface", "antarmuka", "port"),
    "speed": ("speed", "kecepatan", "bandwidth"),
}


def propose_from_csv(path: Path, core: str = "core") -> Proposal:
    """Read the export and propose a city; ``core`` names the device where the watch stands.

    Raises InventoryError with the line of every row that cannot be used.
    """
    rows = _rows(path)
    proposal = Proposal(name=path.stem, watch_from=core)
    problems = [problem for line, row in rows for problem in _add(proposal, row, str(path), line)]
    if problems:
        raise InventoryError(problems)
    _add_devices(proposal, core)
    return proposal


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    text = _text(path)
    first = text.splitlines()[0] if text else ""
    # Excel with Indonesian settings writes semicolons, because the comma is the decimal sign.
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    columns = {heading: _column(heading) for heading in reader.fieldnames or ()}
    missing = {"name", "prefixes"} - set(columns.values())
    if missing:
        headings = ", ".join(f"{key} ({' or '.join(_COLUMNS[key])})" for key in sorted(missing))
        raise InventoryError(
            [FileProblem(str(path), 1, f"the column {headings} is missing; the first line names the columns")]
        )
    return [
        (reader.line_num, {columns[key] or key: (value or "").strip() for key, value in row.items() if key is not None})
        for row in reader
        if any(isinstance(value, str) and value.strip() for value in row.values())
    ]


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()[: MAX_FILE_BYTES + 1]
    except OSError as error:
        raise InventoryError([FileProblem(str(path), 0, f"cannot be read: {error.strerror}")]) from error
    if len(raw) > MAX_FILE_BYTES or b"\0" in raw:
        raise InventoryError([FileProblem(str(path), 0, "is not a CSV file; in Excel save it as CSV UTF-8")])
    try:
        # With or without the mark that Excel writes in front.
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _column(heading: str) -> str:
    plain = heading.strip().lower()
    return next((key for key, names in _COLUMNS.items() if plain in names), "")


def _add(proposal: Proposal, row: dict[str, str], file: str, line: int) -> Iterable[FileProblem]:
    code = slug(row.get("code") or row["name"])
    if not code:
        return [FileProblem(file, line, "the office has neither a code nor a name")]
    wrong = [text for text in row["prefixes"].split() if not _is_network(text)]
    if wrong or not row["prefixes"]:
        return [FileProblem(file, line, f"office {code}: prefix {' '.join(wrong) or '(empty)'} is not a network")]
    if not row.get("code"):
        proposal.doubts.append(f"opd {code}: its code was made from the name {row['name']!r}")
    device, interface = slug(row.get("device", "")) or proposal.watch_from, row.get("interface") or code
    if not row.get("interface"):
        proposal.doubts.append(f"opd {code}: the interface towards it is unknown, {code!r} was put")
    if not row.get("speed"):
        proposal.doubts.append(f"opd {code}: the speed of its link is unknown, 100 Mbit/s was put")
    opd: Row = {
        "code": code,
        "name": " ".join(row["name"].split()),
        "district": row.get("district"),
        "prefixes": row["prefixes"].split(),
    }
    proposal.opds.append({**opd, "address": row.get("address")})
    end = {"device": device, "interface": interface}
    speed = row.get("speed") or "100 Mbit/s"
    proposal.links.append({"name": f"link-{code}", "upstream": end, "opd": code, "speed": speed})
    return []


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _add_devices(proposal: Proposal, core: str) -> None:
    """Devices the export names but does not describe: their addresses and trunks are doubts."""
    # 192.0.2.0/24 is TEST-NET-1 (RFC 5737): an address put there can be nobody's, and is seen to be a place to fill.
    named = sorted({core, *(link["upstream"]["device"] for link in proposal.links)})
    for place, name in enumerate(named):
        proposal.devices.append({"name": name, "address": f"192.0.2.{place + 1}"})
        proposal.doubts.append(f"device {name}: its management address is unknown, 192.0.2.{place + 1} was put")
        if name != core:
            end = {"device": core, "interface": name}
            trunk = {"name": f"{core}-{name}", "upstream": end, "device": name, "speed": "1 Gbit/s"}
            proposal.links.append(trunk)
            proposal.doubts.append(
                f"link {core}-{name}: how {name} hangs under {core} is unknown, interface {name} was put"
            )
    rates = {"receive_capacity": "1 Gbit/s", "transmit_capacity": "1 Gbit/s"}
    proposal.uplinks.append({"name": "isp-1", "device": core, "interface": "wan", **rates})
    proposal.doubts.append("uplink isp-1: its interface and capacity are unknown, wan and 1 Gbit/s were put")
