"""What the five approved documents print, word for word: taken from them once, kept beside the SOPs' tests.

Numbers and names of persons are left out. Two documents are scans: a word that the scan tore apart is whole again, a
word that the document itself writes wrongly stands as it is written.
"""

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "sop" / "printed"


@dataclass(frozen=True)
class ApprovedPaper:
    """``lists`` are those of the identity block, by the word over them; ``sections`` the paper's running text."""

    title: str
    heads: list[str]
    lanes: list[str]
    lists: dict[str, list[str]]
    sections: list[tuple[str, list[str]]]
    rows: list[dict[str, object]]


def approved_paper(code: str) -> ApprovedPaper:
    """The document of that SOP."""
    found = json.loads((FOLDER / f"{code.lower()}.json").read_text(encoding="utf-8"))
    names = ("dasar_hukum", "kualifikasi", "keterkaitan", "peralatan", "peringatan", "pencatatan")
    return ApprovedPaper(
        found["nama"],
        found["judul_kolom"],
        found["kolom"],
        {name: found.get(name, []) for name in names},
        [(section["judul"], section["isi"]) for section in found.get("bagian", [])],
        found["rows"],
    )
