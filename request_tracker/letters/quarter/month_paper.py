"""A month of one OPD or one uplink on paper: figures in, one page out, with the use as a picture."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from request_tracker.config import Office
from request_tracker.evidence.uptime import not_yet, said, share_said, whole_percent
from request_tracker.letters.press.facts import letterhead
from request_tracker.letters.press.pdf import pdf
from request_tracker.letters.press.pictures import Drawing, Limits, graph
from request_tracker.letters.press.wording import MEGABIT, MONTHS
from request_tracker.letters.quarter.cells import ENGLISH_MONTHS, cell_text, day_text, number_text
from request_tracker.letters.quarter.tables import NOT_YET, PrintedTable
from request_tracker.outages.found_cause import cause_said
from request_tracker.reports.months import OPD, MonthFigures
from request_tracker.words.bilingual import Both, filled
from request_tracker.words.labels import phrase
from request_tracker.words.way_names import WAY_NAMES

Local = Callable[[datetime], datetime]
# What one page holds beside the picture; the page on the screen has all of them.
MOST_ROWS = 12
NOT_MEASURED = Both("tidak terukur", "not measured")


def month_pdf(of: MonthFigures, office: Office, local: Local, own: Path | None = None, language: str = "id") -> bytes:
    """The month as PDF. Raises TrackerError."""
    title = Both("Laporan bulanan layanan jaringan", "Monthly report of the network service").said(language)
    data = {
        "language": language,
        "title": title,
        "period": f"{of.name} · {month_text(of, language)}",
        "foot": f"{title} · {of.name} · {month_text(of, language)}",
        "office": {"government": office.government, "name": office.name, "address": letterhead(office).address},
        "pairs": [(name.said(language), text.said(language)) for name, text in month_lines(of)],
        "tables": [_printed(table, language) for table in month_tables(of) if table.rows],
        "chart": Both("Pemakaian selama bulan ini", "Use over the month").said(language),
    }
    pictures = {"use.svg": month_graph(of, office, local, language)} if has_use(of) else {}
    return pdf("bulan.typ", {**data, "drawn": bool(pictures)}, pictures, own)


def has_use(of: MonthFigures) -> bool:
    """True where there is something to draw; an empty frame tells nothing."""
    return any(way.hourly for way in of.use.values())


def month_text(of: MonthFigures, language: str) -> str:
    """``September 2026``."""
    names = ENGLISH_MONTHS if language == "en" else MONTHS
    return f"{names[of.month.since.month - 1]} {of.month.since.year}"


def month_lines(of: MonthFigures) -> list[tuple[Both, Both]]:
    """The month in a few lines: what was had, what it was used for, what was lost."""
    uptime = of.measured.uptime
    lines = [(Both("Ketersediaan", "Availability"), said(uptime.share, uptime.measured_share, of.least))]
    lines.append((Both("Gangguan", "Outages"), _outages(of)))
    if of.kind == OPD:
        lines.append((Both("Jaminan dipenuhi", "Guarantee kept"), _guarantee(of)))
        lines.append((Both("Kasus", "Cases"), filled(Both("{} kasus", "{} cases"), len(of.cases))))
    limit = Both("Batas", "Ceiling") if of.kind == OPD else Both("Kapasitas", "Capacity")
    for way, name in WAY_NAMES.items():
        lines.append((filled(Both("{} {}", "{} {}"), limit, name), _rate(of.limits[way])))
        lines.append((filled(Both("Pemakaian {}", "Use, {}"), name), _use(of, way)))
    last = of.measured_until - timedelta(days=1)
    until = Both(*(day_text(last, language) for language in ("id", "en")))
    lines.append((Both("Diukur sampai", "Measured until"), until if last >= of.month.since else NOT_YET))
    return [*lines, (Both("Belum terbaca", "Not answered"), of.problem)] if of.problem else lines


def month_tables(of: MonthFigures) -> tuple[PrintedTable, ...]:
    """The outages with what they cost, and an OPD's cases."""
    outages = (
        (
            outage.begun_at,
            of.line_names.get(outage.root, outage.root),
            cause_said(outage.cause),
            round(outage.seconds / 60, 1),
        )
        for outage in of.outages.outages
    )
    cases = (
        (case.number, of.sop_names[case.sop], case.opened_on, case.ended_on, phrase(case.outcome)) for case in of.cases
    )
    opened, ended = Both("Dibuka", "Opened"), Both("Berakhir", "Ended")
    return (
        PrintedTable(
            Both("Gangguan", "Outages"),
            (Both("Mulai", "Begun"), Both("Tempat", "Place"), Both("Penyebab", "Cause"), Both("Menit", "Minutes")),
            tuple(outages),
        ),
        PrintedTable(
            Both("Kasus", "Cases"),
            (Both("Nomor", "Number"), Both("Layanan", "Service"), opened, ended, Both("Hasil", "Outcome")),
            tuple(cases),
        ),
    )


def month_graph(of: MonthFigures, office: Office, local: Local, language: str, draw: Drawing = graph) -> str:
    """The highest five minutes of each hour, with the ceilings in force; SVG, the same text each time."""
    receive, transmit = (of.use[way].hourly for way in WAY_NAMES)
    before = office.made_up_before
    ceilings = {way: of.use[way].ceilings for way in WAY_NAMES}
    return draw(receive, transmit, Limits(ceilings, {}, before.timestamp() if before else None), local, language)


def _outages(of: MonthFigures) -> Both:
    """An OPD's minutes are those that it lost, an uplink's those of its outages."""
    lost = sum(outage.lost.get(of.key, 0.0) for outage in of.outages.outages)
    minutes = round(lost / 60) if of.kind == OPD else of.outages.minutes
    return filled(Both("{} kejadian, {} menit", "{} of them, {} minutes"), len(of.outages.outages), minutes)


def _use(of: MonthFigures, way: str) -> Both:
    """The p95 and the peak with the share of the month that they are of; neither of too little."""
    use, share = of.use[way], of.use_measured[way]
    if use.p95 is None:
        return NOT_MEASURED
    if share < of.least:
        return not_yet(share)
    text = Both("p95 {}, puncak {} (terukur {} waktu)", "p95 {}, peak {} ({} of the time measured)")
    return filled(text, _rate(use.p95), _rate(use.peak), whole_percent(share))


def _guarantee(of: MonthFigures) -> Both:
    share, judged = of.measured.judged_share_kept(of.least), of.measured.judged_share
    if share is None:
        return not_yet(judged) if judged else NOT_MEASURED
    text = Both("{} waktu (dinilai {} waktu)", "{} of the time ({} of the time judged)")
    return filled(text, share_said(share), whole_percent(judged))


def _rate(value: float | None) -> Both:
    if value is None:
        return Both("–", "–")
    return Both(*(f"{number_text(value / MEGABIT, language)} Mbit/s" for language in ("id", "en")))


def _printed(table: PrintedTable, language: str) -> dict[str, Any]:
    return {
        "title": table.title.said(language),
        "head": [text.said(language) for text in table.head],
        "rows": [[cell_text(value, language) for value in row] for row in table.rows[:MOST_ROWS]],
    }
