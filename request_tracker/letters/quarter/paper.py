"""The quarterly evaluation on paper: figures in, two pages for the head of the office out, with charts."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import segno

from request_tracker.config import Office
from request_tracker.evidence.guarantee_heads import GuaranteeHead
from request_tracker.evidence.uptime import said, share_said, whole_percent
from request_tracker.letters.press.facts import letterhead
from request_tracker.letters.press.pdf import pdf
from request_tracker.letters.press.wording import MEGABIT
from request_tracker.letters.quarter.cells import cell_text, day_text, number_text
from request_tracker.letters.quarter.charts import outages_chart, requests_chart
from request_tracker.letters.quarter.tables import (
    NOT_YET,
    PrintedTable,
    causes,
    in_time,
    offices,
    outcomes,
    outlook,
    promises,
    steps,
)
from request_tracker.reports.quarter import Evaluation
from request_tracker.words.bilingual import Both, filled

# What two pages hold beside the charts; the spreadsheet has them all.
WORST_OFFICES, LATEST_STEPS, MOST_OUTCOMES = 8, 4, 8
# Of a step's row the paper has service, name, late visits, share in time, median.
_OF_STEPS = (0, 1, 3, 4, 5)
# Of an uplink's outlook line, direction, capacity, p95, the date with its interval, the date with requests, days.
_OF_OUTLOOK = (0, 1, 2, 3, 6, 7, 8, 10, 12)
# Letters of a cell: a column of longer ones shares the width of the page, the others take what they need.
_SHORT = 24
_ROMAN = ("I", "II", "III", "IV")
_TITLE = Both("Evaluasi Pelayanan Triwulan {} Tahun {}", "Evaluation of the Services, Quarter {} of {}")
_UNTIL = Both("{} sampai {}", "{} to {}")
_WORDS = {
    "known": Both("Mengetahui, Kepala Dinas", "Seen, Head of the Office"),
    "anchor": Both("Jangkar rantai audit", "Anchor of the audit chains"),
    "anchor_why": Both(
        "Dengan baris atau kode ini siapa pun dapat membuktikan bahwa catatan sebelum tanggalnya tidak ditulis ulang.",
        "With this line or code anybody can prove that no record before its date was written anew.",
    ),
    "sheet": Both(
        "Semua tabel dan asal setiap angka ada pada lembar kerja (XLSX) yang menyertai laporan ini.",
        "All tables, and the origin of every figure, are in the spreadsheet (XLSX) that comes with this report.",
    ),
    "charts": Both("Grafik dari tabel laporan ini", "Charts of this report's tables"),
}
_NO_ANSWER = Both("belum ada jawaban", "nobody has answered yet")


def quarter_pdf(
    evaluation: Evaluation, office: Office, own: Path | None = None, anchor: str = "", language: str = "id"
) -> bytes:
    """The pack as PDF; ``anchor`` (``custody.anchor``) is printed too, in letters and as QR. Raises TrackerError."""
    since, last = evaluation.quarter.since, evaluation.quarter.until - timedelta(days=1)
    number = _ROMAN[since.month // 3] if language == "id" else since.month // 3 + 1
    title = filled(_TITLE, number, since.year).said(language)
    period = filled(_UNTIL, day_text(since, language), day_text(last, language)).said(language)
    data = {
        "language": language,
        "title": title,
        "period": period,
        "foot": f"{title} · {period}",
        "place": office.city,
        "office": {"government": office.government, "name": office.name, "address": letterhead(office).address},
        "pairs": [(name.said(language), text.said(language)) for name, text in summary(evaluation)],
        "first": [_printed(table, language) for table in _first_page(evaluation) if table.rows],
        "second": [_printed(table, language) for table in _second_page(evaluation) if table.rows],
        "words": {key: text.said(language) for key, text in _WORDS.items()},
        "anchor": anchor,
    }
    pictures = {
        "requests.svg": requests_chart(evaluation, language),
        "outages.svg": outages_chart(evaluation, language),
    }
    if anchor:
        pictures["anchor.svg"] = segno.make(anchor, error="m").svg_inline(scale=3)
    return pdf("triwulan.typ", data, pictures, own)


def summary(of: Evaluation) -> list[tuple[Both, Both]]:
    """The quarter in a dozen lines, each with its figure."""
    ended = sum(count for row in of.volumes for _, count in row.endings)
    opened, counted = sum(row.opened for row in of.volumes), sum(row.counted for row in of.volumes)
    late = sum(row.late for row in of.volumes)
    pairs = [
        (
            Both("Kasus", "Cases"),
            filled(Both("{} dibuka, {} selesai", "{} opened, {} ended"), opened, ended),
        ),
        (
            Both("Tepat waktu", "In time"),
            Both("belum ada yang dinilai", "nothing to judge yet")
            if not counted
            else filled(
                Both("{} dari {} kasus ({})", "{} of {} cases ({})"),
                counted - late,
                counted,
                whole_percent(in_time(counted, late) or 0.0),
            ),
        ),
        (Both("Pengaduan", "Complaints"), _complaints(of)),
        (Both("Gangguan", "Outages"), _outages(of)),
        (Both("Uplink terlemah", "Weakest uplink"), _weakest(of)),
        (Both("Jaminan bandwidth", "Guaranteed bandwidth"), _guarantees(of)),
        *((Both("Bukti jaminan", "Evidence of guarantees"), _agent_head(head)) for head in of.guarantee_heads),
        (Both("Indeks kepuasan (IKM)", "Satisfaction index (IKM)"), _satisfaction(of)),
        (Both("Kebutuhan belum terpenuhi", "Needs not met"), _unmet(of)),
        (
            Both("Diukur sampai", "Measured until"),
            Both(*(day_text(of.measured_until - timedelta(days=1), language) for language in ("id", "en"))),
        ),
    ]
    return [*pairs, (Both("Belum terbaca", "Not answered"), of.problem)] if of.problem else pairs


def _complaints(of: Evaluation) -> Both:
    rows = [row for row in of.volumes if row.kind == "complaint"]
    text = Both("{} masuk, {} terlambat dijawab", "{} came in, {} were answered late")
    return filled(text, sum(row.opened for row in rows), sum(row.late for row in rows))


def _outages(of: Evaluation) -> Both:
    text = Both("{} kejadian, {} menit, {} menit-OPD hilang", "{} of them, {} minutes, {} office-minutes lost")
    minutes = filled(text, of.outages, of.outage_minutes, of.outage_counts.office_minutes)
    if not of.planned_minutes:
        return minutes
    more = filled(
        Both("; pekerjaan terencana {} menit, terpisah", "; planned work {} minutes, apart"), of.planned_minutes
    )
    return Both(minutes.indonesian + more.indonesian, minutes.english + more.english)


def _weakest(of: Evaluation) -> Both:
    judged = [(share, row) for row in of.uplinks if (share := row.uptime.judged(of.least)) is not None]
    if not judged:
        return NOT_YET
    share, row = min(judged, key=lambda pair: (pair[0], pair[1].uplink))
    name = of.line_names.get(row.uplink, row.uplink)
    return filled(Both("{}: {}", "{}: {}"), name, said(share, row.uptime.measured_share, of.least))


def _guarantees(of: Evaluation) -> Both:
    judged = [row.measured for row in of.opds if row.measured.judged_share_kept(of.least) is not None]
    if not judged:
        some = any(row.measured.judged for row in of.opds)
        return NOT_YET if some else Both("tidak terukur", "not measured")
    share = 1 - sum(days.missed for days in judged) / sum(days.judged for days in judged)
    return filled(
        Both("dipenuhi dalam {} pengukuran pada {} dari {} OPD", "kept in {} of the measurements of {} of {} offices"),
        share_said(share),
        len(judged),
        len(of.opds),
    )


def _agent_head(head: GuaranteeHead) -> Both:
    return Both(*(f"{head.agent}, {head.text.said(language)}" for language in ("id", "en")))


def _satisfaction(of: Evaluation) -> Both:
    index = of.satisfaction
    if index.value is None:
        return _NO_ANSWER
    value = float(index.value)
    return Both(
        f"{number_text(value, 'id')} (mutu {index.grade}), {index.respondents} responden",
        f"{number_text(value, 'en')} (grade {index.grade}), {index.respondents} respondents",
    )


def _unmet(of: Evaluation) -> Both:
    total = sum(row.wanted for row in of.unmet) / MEGABIT
    text = Both("{} permohonan, {} Mbit/s", "{} requests, {} Mbit/s")
    numbers = [number_text(total, language) for language in ("id", "en")]
    return Both(*(filled(text, len(of.unmet), number)[place] for place, number in enumerate(numbers)))


def _first_page(of: Evaluation) -> Sequence[PrintedTable]:
    """The services: what became of the cases, what was promised, the steps that were late most often."""
    late = sorted((row for row in steps(of).rows if row[3]), key=lambda row: (-int(str(row[3])), str(row[1])))
    late_steps = _chosen(steps(of)._replace(rows=tuple(late[:LATEST_STEPS])), _OF_STEPS)._replace(
        title=Both("Langkah yang paling sering terlambat", "Steps that were late most often")
    )
    return promises(of), outcomes(of)._replace(rows=outcomes(of).rows[:MOST_OUTCOMES]), late_steps


def _second_page(of: Evaluation) -> Sequence[PrintedTable]:
    """The network: causes, the uplinks' outlook, the offices that lost most; the picture has their availability."""
    worst = sorted(
        (row for row in offices(of).rows if row[2] or row[1]), key=lambda row: (-int(str(row[2])), str(row[0]))
    )
    return (
        causes(of),
        _chosen(outlook(of), _OF_OUTLOOK),
        offices(of)._replace(
            title=Both("OPD yang paling lama terputus", "Offices that were cut off longest"),
            rows=tuple(worst[:WORST_OFFICES]),
        ),
    )


def _chosen(table: PrintedTable, columns: Sequence[int]) -> PrintedTable:
    """These columns of it; the spreadsheet has them all."""
    head = tuple(table.head[place] for place in columns)
    return table._replace(head=head, rows=tuple(tuple(row[place] for place in columns) for row in table.rows))


def _printed(table: PrintedTable, language: str) -> dict[str, Any]:
    rows = [[cell_text(value, language) for value in row] for row in table.rows]
    return {
        "title": table.title.said(language),
        "note": table.note.said(language) if table.note else "",
        "head": [text.said(language) for text in table.head],
        "rows": rows,
        "wide": [place == 0 or max(map(len, column)) > _SHORT for place, column in enumerate(zip(*rows, strict=True))],
        "numbers": [
            all(not isinstance(row[place], (str, Both)) for row in table.rows) for place in range(len(table.head))
        ],
    }
