"""The quarterly evaluation on paper: figures in, a PDF and a spreadsheet out."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import matplotlib
import segno
from matplotlib.figure import Figure
from openpyxl import Workbook

from request_tracker.config import Office
from request_tracker.letters.press.pdf import pdf
from request_tracker.letters.press.wording import MEGABIT, day
from request_tracker.reports.quarter import Evaluation, Volume
from request_tracker.reports.survey import ELEMENTS
from request_tracker.words.labels import phrase

Table = tuple[str, tuple[tuple[str, ...], ...]]
# With every office of a city this table would be longer than the rest of the pack; the exports have them all.
TOP_OFFICES = 20
_ROMAN = ("I", "II", "III", "IV")
# Excel and LibreOffice refuse longer names of sheets.
SHEET_NAME = 31
# A program runs a cell that begins with one of these as a formula.
_DANGEROUS = ("=", "+", "-", "@")


def _planned(minutes: int) -> list[tuple[str, str]]:
    """Announced work of the quarter, where there was some."""
    return [("Pekerjaan terencana", f"{minutes} menit, tidak termasuk di atas")] if minutes else []


def quarter_pdf(evaluation: Evaluation, office: Office, own: Path | None = None, anchor: str = "") -> bytes:
    """The pack as PDF; ``anchor`` (``custody.anchor``) is printed too, in letters and as QR. Raises TrackerError."""
    index, since = evaluation.satisfaction, evaluation.quarter.since
    data = {
        "title": f"Evaluasi Pelayanan Triwulan {_ROMAN[since.month // 3]} Tahun {since.year}",
        "foot": f"{day(since)} sampai {day(evaluation.quarter.until - timedelta(days=1))}",
        "place": office.city,
        "office": {"government": office.government, "name": office.name, "address": office.address},
        "pairs": [
            ("Gangguan", f"{evaluation.outages} kejadian, {evaluation.outage_minutes} menit"),
            *_planned(evaluation.planned_minutes),
            ("Responden survei", str(index.respondents)),
            ("IKM", "belum ada jawaban" if index.value is None else f"{_number(index.value)} (mutu {index.grade})"),
        ],
        "anchor": anchor,
        "tables": [{"title": title, "rows": rows} for title, rows in tables(evaluation) if len(rows) > 1],
    }
    pictures = {"chart.svg": chart(evaluation)}
    if anchor:
        pictures["anchor.svg"] = segno.make(anchor, error="m").svg_inline(scale=3)
    return pdf("triwulan.typ", data, pictures, own)


def tables(evaluation: Evaluation) -> tuple[Table, ...]:
    """Every table of the pack, with its head as the first row."""
    volumes = tuple(
        (row.sop, str(row.opened), _endings(row), str(row.late), str(row.loops)) for row in evaluation.volumes
    )
    steps = tuple(
        (row.sop, row.step, str(row.visits), _number(row.median_hours), _number(row.p90_hours), str(row.late))
        for row in evaluation.steps
    )
    unmet = tuple((row.number, row.opd, _number(row.wanted / MEGABIT), day(row.ended_on)) for row in evaluation.unmet)
    offices = tuple(
        (row.opd, str(row.opened), str(row.minutes), f"{row.availability * 100:.3f}".replace(".", ","))
        for row in evaluation.opds[:TOP_OFFICES]
    )
    means = tuple((ELEMENTS[key][0], _number(mean)) for key, mean in evaluation.satisfaction.means.items())
    total = sum(row.wanted for row in evaluation.unmet) / MEGABIT
    return (
        ("Jumlah kasus", (("SOP", "Dibuka", "Selesai", "Melewati janji", "Putaran ulang"), *volumes)),
        ("Waktu per langkah (jam bersih)", (("SOP", "Langkah", "Kunjungan", "Median", "P90", "Terlambat"), *steps)),
        ("OPD dan ketersediaannya", (("OPD", "Kasus dibuka", "Menit terputus", "Ketersediaan, %"), *offices)),
        (
            f"Kebutuhan yang belum terpenuhi ({_number(total)} Mbit/s)",
            (("Kasus", "OPD", "Diminta, Mbit/s", "Berakhir"), *unmet),
        ),
        ("Survei kepuasan per unsur (1 sampai 4)", (("Unsur", "Rata-rata"), *means)),
    )


def chart(evaluation: Evaluation) -> str:
    """Median and 90th percentile of every step as bars; SVG, the same text each time."""
    with matplotlib.rc_context({"svg.hashsalt": "lebarpita", "svg.fonttype": "path", "font.size": 8}):
        figure = Figure(figsize=(7.2, min(9.5, max(1.2, 0.24 * len(evaluation.steps) + 0.6))), layout="constrained")
        axes = figure.subplots()
        names = [row.step for row in evaluation.steps]
        axes.barh(names, [row.p90_hours for row in evaluation.steps], color="#c9d6e2", label="P90")
        axes.barh(names, [row.median_hours for row in evaluation.steps], color="#2f6690", label="Median", height=0.45)
        axes.invert_yaxis()
        axes.set_xlabel("jam bersih")
        if names:
            axes.legend(loc="lower right", bbox_to_anchor=(1, 1), frameon=False, ncols=2)
        svg = BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
    return svg.getvalue().decode()


def quarter_sheet(evaluation: Evaluation) -> bytes:
    """The tables as a spreadsheet, a sheet each; a cell that a program would run is text."""
    book, content = Workbook(write_only=True), BytesIO()
    for title, rows in tables(evaluation):
        sheet = book.create_sheet(title.split(" (")[0][:SHEET_NAME])
        for row in rows:
            sheet.append([_cell(value) for value in row])
    book.save(content)
    return content.getvalue()


def _endings(row: Volume) -> str:
    return ", ".join(f"{phrase(name).indonesian} {number}" for name, number in row.endings)


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_DANGEROUS) else value


def _number(value: object) -> str:
    return f"{float(str(value)):.2f}".rstrip("0").rstrip(".").replace(".", ",")
