"""Which pages the crowd reads, and as whom: the numbers of an archive in, addresses by kind of page out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ROLES = ("technician", "head_of_office", "head_of_section", "secretariat", "noc_operator", "auditor")
VISITOR = ""
WORDS = ("SIMRS", "perpustakaan", "000042")


@dataclass(frozen=True)
class Visit:
    """One kind of page, who reads it (a role; ``""`` is a visitor without an account) and where it stands."""

    page: str
    role: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class ArchiveContents:
    """What an archive holds: some cases, those whose step waits for a role, open tickets, OPDs and SOPs."""

    cases: Sequence[str]
    waiting: Mapping[str, Sequence[str]]
    tickets: Sequence[str]
    opds: Sequence[str]
    sops: Sequence[str]


def visits(archive: ArchiveContents) -> list[Visit]:
    """List, case and form pages as each role opens them; a kind of which this archive holds none is left out."""
    filters = (
        *("/kasus?status=terbuka", "/kasus?status=selesai", "/kasus?halaman=3"),
        *(f"/kasus?opd={opd}&status={state}" for opd in archive.opds for state in ("", "terbuka", "selesai")),
        *(f"/kasus?sop={sop}&status={state}" for sop in archive.sops for state in ("", "terbuka", "selesai")),
    )
    cases = tuple(f"/kasus/{number}" for number in archive.cases)
    to_sign = {role: tuple(f"/kasus/{number}" for number in numbers) for role, numbers in archive.waiting.items()}
    kinds = [
        Visit("start", VISITOR, ("/",)),
        Visit("request form", VISITOR, ("/permohonan",)),
        Visit("complaint form", VISITOR, ("/pengaduan",)),
        Visit("my work", "technician", ("/kasus",)),
        Visit("their work", "head_of_office", ("/kasus",)),
        Visit("filters", "head_of_section", filters),
        Visit("search", "secretariat", tuple(f"/kasus?q={word}" for word in (*WORDS, "42", "tiada-sama-sekali"))),
        Visit("case", "auditor", cases),
        Visit("case as staff", "head_of_section", cases),
        *(Visit(f"sign form, {role}", role, pages) for role, pages in to_sign.items()),
        Visit("counter form", "secretariat", ("/kasus/baru",)),
        Visit("agenda", "secretariat", ("/agenda", "/agenda?arah=keluar", "/agenda?q=000042", "/agenda?q=rapat")),
        Visit("NOC list", "noc_operator", ("/noc", "/noc?urut=umur")),
        Visit("outages", "technician", ("/gangguan",)),
        Visit("outage", "technician", tuple(f"/gangguan/{number}" for number in archive.tickets)),
    ]
    return [visit for visit in kinds if visit.addresses]
