"""A list of offices as people keep it (CSV, XLSX) in, a proposed city and the preview of every row out.

Columns, in Indonesian or English, in any order: code, name, district, prefixes (or addresses with a mask), address,
device, interface, speed (or download and upload). Guesses are named as doubts, refused rows are left out and told.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from inventory.office_rows import OFFICES, OfficeRow, office_rows
from inventory.proposal import Proposal, Row, slug
from inventory.rates import exact_rate
from inventory.reading import FileProblem, InventoryError
from inventory.sentences import Sentence
from inventory.tables.preview import preview_text
from inventory.tables.reading import read_table


@dataclass(frozen=True)
class TableProposal:
    """A proposed city, its preview, and the rows that were refused."""

    proposal: Proposal
    preview: str
    problems: tuple[FileProblem, ...]


def propose_from_table(path: Path, core: str = "core", sheet: str | None = None) -> TableProposal:
    """Read the list and propose a city; ``core`` names the device where the watch stands.

    Raises InventoryError where the file has no list of offices, or none of its rows is one.
    """
    table = read_table(path, OFFICES, sheet)
    proposal = Proposal(name=path.stem, watch_from=core)
    proposal.doubts += [str(note) for note in table.notes]
    offices = _Offices()
    rows = [row if row.refusals else _add(proposal, row, offices) for row in office_rows(table)]
    problems = tuple(_problem(str(path), row) for row in rows if row.refusals)
    if not proposal.opds:
        nothing = FileProblem(
            str(path), table.heading.line, "no row below is an office / tidak ada baris OPD di bawahnya"
        )
        raise InventoryError(problems or [nothing])
    proposal.doubts += [f"row {problem.line} was left out: {problem.message}" for problem in problems]
    _add_devices(proposal, core)
    return TableProposal(proposal, preview_text(table, (row.preview() for row in rows)), problems)


def _problem(file: str, row: OfficeRow) -> FileProblem:
    who = f"office {row.code}: " if row.code else ""
    english = "; ".join(refusal.english for refusal in row.refusals)
    indonesian = "; ".join(refusal.indonesian for refusal in row.refusals)
    return FileProblem(file, row.line, f"{who}{english} / {indonesian}")


@dataclass(frozen=True)
class _Offices:
    """What the rows so far have made: each office with its link by code, and the office of each port."""

    by_code: dict[str, tuple[Row, Row]] = field(default_factory=dict)
    by_port: dict[tuple[str, str], str] = field(default_factory=dict)


def _add(proposal: Proposal, row: OfficeRow, offices: _Offices) -> OfficeRow:
    """Put the row's office and link into the proposal; returns the row with every guess that this made."""
    more = _merge(proposal, row, offices) if row.code in offices.by_code else _new(proposal, row, offices)
    proposal.doubts += [f"row {row.line}, opd {row.code}: {guess}" for guess in row.guesses]
    return replace(row, guesses=(*row.guesses, *more))


def _new(proposal: Proposal, row: OfficeRow, offices: _Offices) -> list[Sentence]:
    networks = [str(network) for network in row.networks]
    opd: Row = {"code": row.code, "name": row.name, "district": row.district, "prefixes": networks}
    opd["address"] = row.address
    port = (row.device or proposal.watch_from, row.interface or row.code)
    speed = exact_rate(row.speed) if row.speed else "100 Mbit/s"
    end = {"device": port[0], "interface": port[1]}
    # A name has 63 letters at most.
    link: Row = {"name": f"link-{row.code}"[:63].strip("-"), "upstream": end, "opd": row.code, "speed": speed}
    proposal.opds.append(opd)
    proposal.links.append(link)
    offices.by_code[row.code] = opd, link
    guesses = _unknown(proposal, row)
    if offices.by_port.setdefault(port, row.name) != row.name:
        owner, shown = offices.by_port[port], "/".join(port)
        guesses.append(Sentence(f"port {shown} juga milik {owner}", f"port {shown} is that of {owner} too"))
    return guesses


def _unknown(proposal: Proposal, row: OfficeRow) -> list[Sentence]:
    """What the row does not say, as doubts of the file and as guesses of the row."""
    guesses = []
    if slug(row.name) == row.code:
        proposal.doubts.append(f"opd {row.code}: its code was made from the name {row.name!r}")
    if not row.interface:
        proposal.doubts.append(f"opd {row.code}: the interface towards it is unknown, {row.code!r} was put")
        guesses.append(Sentence("port belum diketahui", f"the interface is unknown, {row.code!r} was put"))
    if not row.speed:
        proposal.doubts.append(f"opd {row.code}: the speed of its link is unknown, 100 Mbit/s was put")
        guesses.append(Sentence("kecepatan belum diketahui, ditulis 100 Mbit/s", "no speed, 100 Mbit/s was put"))
    return guesses


def _merge(proposal: Proposal, row: OfficeRow, offices: _Offices) -> list[Sentence]:
    """A further row of an office: its networks are added; a second port is said, an office hangs from one link."""
    opd, link = offices.by_code[row.code]
    opd["prefixes"] += [str(network) for network in row.networks if str(network) not in opd["prefixes"]]
    first = (link["upstream"]["device"], link["upstream"]["interface"])
    port = (row.device or first[0], row.interface or first[1])
    if port == first:
        return []
    shown = "/".join(port)
    proposal.doubts.append(f"opd {row.code}: row {row.line} names a second port, {shown}; it was left out")
    return [Sentence(f"port kedua {shown} tidak dipakai", f"the second port {shown} was left out")]


def _add_devices(proposal: Proposal, core: str) -> None:
    """Devices the list names but does not describe: their addresses and trunks are doubts."""
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
