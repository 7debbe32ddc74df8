"""An SOP in, its printed form out: the identity block with its seven fields, the flow chart, the legend of symbols."""

from datetime import date
from pathlib import Path

from request_tracker.chart import draw, lay_out, legend
from request_tracker.letters.press.pdf import pdf
from request_tracker.letters.press.wording import day
from request_tracker.sop.model import LegalBasis, Sop

# Ten steps fill the 15 cm that sop.typ gives the chart on A4 across; with more its text would be too small to read.
ROWS_A_PAGE = 10


def sop_pdf(sop: Sop, office: str, government: str, own: Path | None = None) -> bytes:
    """The PDF of one revision, for signature and for the wall. Raises TrackerError."""
    chart = lay_out(sop, rows_a_page=ROWS_A_PAGE)
    pages = {f"chart-{page}.svg": draw(chart, page) for page in range(len(chart.heights))}
    block = sop.identity
    approved = " · ".join(str(value) for value in block.approved_by.values() if value)
    data = {
        "title": sop.title,
        "foot": f"{sop.code} revisi {sop.revision} · sha256 {sop.hash[:16]}",
        "office": {"name": office, "government": government},
        "identity": [
            ("Nomor SOP", _number(sop)),
            ("Tanggal pembuatan", _day(block.created)),
            ("Tanggal revisi", _day(block.revised)),
            ("Tanggal efektif", _day(block.effective)),
            ("Disahkan oleh", approved),
            ("Nama SOP", sop.title),
            ("Unit kerja", office),
            *([("Penanggung jawab", block.responsible)] if block.responsible else []),
        ],
        "legal_basis": [_basis(law) for law in block.legal_basis],
        "qualifications": block.qualifications,
        "related": block.related,
        "equipment": block.equipment,
        "warnings": block.warnings,
        "records": block.records,
        "pages": list(pages),
    }
    return pdf("sop.typ", data, {**pages, "legend.svg": legend()}, own)


def _basis(law: LegalBasis) -> str:
    return f"{law.text} (diganti: {law.replaced_by})" if law.replaced_by else law.text


def _number(sop: Sop) -> str:
    """``04/SOP/… [Revisi 01]``, as the printed identity writes it."""
    return f"{sop.number or '–'} [Revisi {sop.revision:02d}]" if sop.revision else sop.number or ""


def _day(iso: str | None) -> str | None:
    """``8 Oktober 2018`` for the day that the SOP file writes as 2018-10-08."""
    return day(date.fromisoformat(iso)) if iso else None
