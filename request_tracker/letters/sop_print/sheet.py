"""An SOP in, everything that its printed form says out: the same words for PDF, Word and OpenDocument. Pure.

The words are the approved paper's own. What the tracker adds stands apart, under a heading that says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from request_tracker.chart.approved import additions
from request_tracker.chart.wording import lane_name, wording_of
from request_tracker.letters.press.wording import day
from request_tracker.sop.model import Sop
from request_tracker.sop.printed import PrintRow, PrintSection, PrintSymbol

ADDED = "Tambahan sistem (bukan bagian SOP yang disahkan)"
# As the legend of the papers writes them where nothing can be drawn.
MARKS = {PrintSymbol.BEGIN_END: "●", PrintSymbol.PROCESS: "■", PrintSymbol.DECISION: "◆"}
MEANINGS = "● mulai / akhir · ■ proses · ◆ keputusan"


@dataclass(frozen=True, kw_only=True)
class SopSheet:
    """The paper of one revision; ``heads`` and ``rows`` are its table, ``added`` what the tracker does besides."""

    title: str
    government: str
    office: str
    identity: tuple[tuple[str, str], ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    sections: tuple[PrintSection, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    added: tuple[str, ...]
    notes: tuple[str, ...]
    foot: str


def sheet_of(sop: Sop, office: str, government: str) -> SopSheet:
    """The paper of one revision, for the office of that name."""
    wording = wording_of(sop)
    block = wording.block
    return SopSheet(
        title=wording.title,
        government=government,
        office=office,
        identity=tuple(_identity(sop, office)),
        lists=(
            ("Dasar hukum", block.legal_basis),
            ("Kualifikasi pelaksana", block.qualifications),
            ("Keterkaitan", block.related),
            ("Peralatan / perlengkapan", block.equipment),
            ("Peringatan", block.warnings),
            ("Pencatatan dan pendataan", block.records),
        ),
        sections=wording.sections,
        heads=_heads(sop),
        rows=tuple(_cells(sop, row) for row in wording.rows),
        added=tuple(_added(sop)),
        notes=tuple(_notes(sop)),
        foot=f"{sop.code} revisi {sop.revision} · sha256 {sop.hash[:16]}",
    )


def _identity(sop: Sop, office: str) -> Iterator[tuple[str, str]]:
    block = sop.identity
    yield "Nomor SOP", _number(sop)
    yield "Tanggal pembuatan", _day(block.created)
    yield "Tanggal revisi", _day(block.revised)
    yield "Tanggal efektif", _day(block.effective)
    yield "Disahkan oleh", " · ".join(str(value) for value in block.approved_by.values() if value)
    yield "Nama SOP", wording_of(sop).title
    yield "Unit kerja", office
    if sop.wording is None and block.responsible:
        yield "Penanggung jawab", block.responsible


def _number(sop: Sop) -> str:
    """``04/SOP/… [Revisi 01]``, as the printed identity writes it."""
    return f"{sop.number or '–'} [Revisi {sop.revision:02d}]" if sop.revision else sop.number or ""


def _day(iso: str | None) -> str:
    """``8 Oktober 2018`` for the day that the SOP file writes as 2018-10-08."""
    return day(date.fromisoformat(iso)) if iso else ""


def _heads(sop: Sop) -> tuple[str, ...]:
    heads = wording_of(sop).heads
    lanes = [lane for lane in sop.lanes.values() if lane.printed]
    names = [f"{lane.number}. {lane_name(sop, lane)}" if lane.number else lane_name(sop, lane) for lane in lanes]
    return (heads.number, heads.activity, *names, heads.requirements, heads.time, heads.output, heads.remark)


def _cells(sop: Sop, row: PrintRow) -> tuple[str, ...]:
    lanes = [key for key, lane in sop.lanes.items() if lane.printed]
    marks = [MARKS[row.symbols[key]] if key in row.symbols else "" for key in lanes]
    return (row.number, row.activity, *marks, row.requirements, row.time, row.output, row.remark)


def _added(sop: Sop) -> Iterator[str]:
    for row in wording_of(sop).rows:
        said = "; ".join(additions(sop, row))
        acting = [sop.lanes[lane].name for lane in sop.steps[row.step].lanes if lane in sop.lanes]
        if said:
            who = f" ({', '.join(acting)})" if acting and not row.symbols else ""
            yield f"Baris {row.number.rstrip('.')}: {said}{who}"


def _notes(sop: Sop) -> Iterator[str]:
    """Which rules have been replaced since, and what the office noted beside its paper."""
    for number, basis in enumerate(sop.identity.legal_basis, 1):
        if basis.replaced_by:
            yield f"Dasar hukum nomor {number} (diganti: {basis.replaced_by})"
    if sop.identity.note:
        yield f"Catatan: {sop.identity.note}"
