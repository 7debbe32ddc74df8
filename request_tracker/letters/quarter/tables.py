"""The tables of the quarterly evaluation: figures in, tables with names in both languages out. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from request_tracker.capacity.outlook import FullDate
from request_tracker.evidence.uptime import Uptime
from request_tracker.evidence.uptime_days import MeasuredDays
from request_tracker.letters.press.wording import MEGABIT
from request_tracker.outages.found_cause import CAUSES, cause_said
from request_tracker.people.roles import ROLE_NAMES
from request_tracker.reports.quarter import Evaluation
from request_tracker.reports.survey import ELEMENTS
from request_tracker.words.bilingual import Both
from request_tracker.words.labels import phrase
from request_tracker.words.spreadsheet_text import Cell, ShareCell, WholeShare
from request_tracker.words.way_names import WAY_NAMES

Row = tuple[Cell, ...]
NOT_YET = Both("belum dapat dinilai", "cannot be judged yet")
_ALREADY = Both("sudah penuh", "full already")
_BEYOND = Both("tidak dalam tiga tahun", "not within three years")
_CASES, _LATE, _IN_TIME = Both("Kasus", "Cases"), Both("Terlambat", "Late"), Both("Tepat waktu", "In time")
_SERVICE, _AVAILABLE = Both("Layanan", "Service"), Both("Ketersediaan", "Availability")
_MEASURED, _UPLINK = Both("Terukur", "Measured"), Both("Uplink", "Uplink")
_MINUTES, _OFFICE_MINUTES = Both("Menit", "Minutes"), Both("Menit-OPD", "Office-minutes")
_OPD = Both("OPD", "Office")
CASE_LIST, OUTAGE_LIST = Both("Daftar kasus", "List of cases"), Both("Daftar gangguan", "List of outages")


class PrintedTable(NamedTuple):
    """One table: its title, its head, its rows; ``note`` says what a reader must know of it."""

    title: Both
    head: tuple[Both, ...]
    rows: tuple[Row, ...]
    note: Both | None = None


def tables(evaluation: Evaluation) -> tuple[PrintedTable, ...]:
    """Every table, in the order of the spreadsheet."""
    return (
        outcomes(evaluation),
        promises(evaluation),
        steps(evaluation),
        roles(evaluation),
        causes(evaluation),
        outages(evaluation),
        uplinks(evaluation),
        outlook(evaluation),
        offices(evaluation),
        unmet(evaluation),
        survey(evaluation),
        cases(evaluation),
    )


def in_time(visits: int, late: int) -> WholeShare | None:
    """The share in time; None where there was nothing to be in time with."""
    return WholeShare(1 - late / visits) if visits else None


def availability(uptime: Uptime, least: float) -> tuple[Cell, Cell]:
    """An availability and its measured share, in the house's one definition."""
    judged = uptime.judged(least)
    return NOT_YET if judged is None else ShareCell(judged), WholeShare(uptime.measured_share)


def outcomes(of: Evaluation) -> PrintedTable:
    """What became of the cases."""
    rows = (
        (of.cases.sop_names[row.sop], phrase(outcome), count) for row in of.volumes for outcome, count in row.outcomes
    )
    head = (_SERVICE, Both("Hasil", "Outcome"), _CASES)
    return PrintedTable(Both("Kasus menurut hasil", "Cases by outcome"), head, tuple(rows))


def promises(of: Evaluation) -> PrintedTable:
    """What was promised and kept, service by service."""
    rows = (
        (of.cases.sop_names[row.sop], row.opened, row.counted, row.late, in_time(row.counted, row.late), row.loops)
        for row in of.volumes
    )
    head = (_SERVICE, Both("Dibuka", "Opened"), Both("Dihitung", "Counted"), _LATE, _IN_TIME)
    note = Both(
        "Kasus yang dibatalkan pemohon tidak dihitung dalam waktu dan janji.",
        "Cases that their requester cancelled count in no time and no promise.",
    )
    title = Both("Janji layanan", "Promises of the services")
    return PrintedTable(title, (*head, Both("Putaran ulang", "Rounds repeated")), tuple(rows), note)


def steps(of: Evaluation) -> PrintedTable:
    """Every step's time."""
    rows = (
        (
            of.cases.sop_names[row.sop],
            of.cases.step_names[row.sop, row.step],
            row.visits,
            row.late,
            in_time(row.visits, row.late),
            round(row.median_hours, 1),
            round(row.p90_hours, 1),
        )
        for row in of.steps
    )
    head = (_SERVICE, Both("Langkah", "Step"), Both("Kunjungan", "Visits"), _LATE, _IN_TIME)
    hours = (Both("Median, jam", "Median, hours"), Both("P90, jam", "P90, hours"))
    title = Both("Waktu per langkah (jam bersih)", "Time of each step (net hours)")
    return PrintedTable(title, (*head, *hours), tuple(rows))


def roles(of: Evaluation) -> PrintedTable:
    """Who was in time."""
    rows = ((ROLE_NAMES[row.role], row.visits, row.late, in_time(row.visits, row.late)) for row in of.cases.roles)
    head = (Both("Peran", "Role"), Both("Langkah dijalani", "Steps walked"), _LATE, _IN_TIME)
    return PrintedTable(Both("Tepat waktu menurut peran", "In time by role"), head, tuple(rows))


def causes(of: Evaluation) -> PrintedTable:
    """Why lines were down."""
    rows = (
        (cause_said(row.cause), row.outages, row.minutes, row.office_minutes)
        for row in of.outage_counts.by_cause(CAUSES)
    )
    head = (Both("Penyebab", "Cause"), Both("Gangguan", "Outages"), _MINUTES, _OFFICE_MINUTES)
    return PrintedTable(Both("Gangguan menurut penyebab", "Outages by cause"), head, tuple(rows))


def outages(of: Evaluation) -> PrintedTable:
    """Every outage."""
    rows = (
        (
            outage.number,
            of.line_names.get(outage.root, outage.root),
            cause_said(outage.cause),
            outage.begun_at,
            outage.ended_at,
            round(outage.seconds / 60, 1),
            round(outage.office_seconds / 60, 1),
            round(outage.planned / 60, 1),
        )
        for outage in of.outage_counts.outages
    )
    head = (Both("Tiket", "Ticket"), Both("Tempat", "Place"), Both("Penyebab", "Cause"), Both("Mulai", "Begun"))
    minutes = (Both("Pulih", "Restored"), _MINUTES, _OFFICE_MINUTES, Both("Terencana, menit", "Planned, minutes"))
    return PrintedTable(OUTAGE_LIST, (*head, *minutes), tuple(rows))


def uplinks(of: Evaluation) -> PrintedTable:
    """The uplinks' availability."""
    rows = (
        (of.line_names.get(row.uplink, row.uplink), *availability(row.uptime, of.least), row.minutes)
        for row in of.uplinks
    )
    head = (_UPLINK, _AVAILABLE, _MEASURED, Both("Menit gangguan", "Minutes of outages"))
    return PrintedTable(Both("Ketersediaan uplink", "Availability of the uplinks"), head, tuple(rows))


def outlook(of: Evaluation) -> PrintedTable:
    """What each uplink will carry in a year at the present trend, and when it is full."""
    rows = (
        (
            of.line_names.get(row.uplink, row.uplink),
            WAY_NAMES[way],
            line.capacity / MEGABIT,
            _megabits(line.use.p95),
            NOT_YET if line.use.next_year is None else _megabits(line.use.next_year),
            _megabits(line.use.half_width),
            *_full(of, line.as_it_is),
            line.pending.rate / MEGABIT,
            _full(of, line.with_pending)[0],
            _full(of, line.more)[0],
            line.use.days,
        )
        for row in of.uplinks
        for way, line in row.outlook.items()
    )
    head = (_UPLINK, Both("Arah", "Direction"), Both("Kapasitas", "Capacity"), Both("p95 kini", "p95 now"))
    year = (Both("12 bulan lagi", "In 12 months"), Both("±", "±"))
    full = (Both("Penuh", "Full"), Both("paling cepat", "at the earliest"), Both("paling lambat", "at the latest"))
    pending = (Both("Diminta", "Asked for"), Both("Penuh bila dikabulkan", "Full if granted"))
    more = (Both("Penuh dengan +100 Mbit/s", "Full with 100 Mbit/s more"), Both("Hari terukur", "Days measured"))
    title = Both("Prakiraan uplink (Mbit/s)", "Outlook of the uplinks (Mbit/s)")
    note = Both(
        "Penuh: p95 harian mencapai 95 % kapasitas; paling cepat dan paling lambat adalah selang 95 %.",
        "Full: the daily p95 reaches 95 % of the capacity; the earliest and the latest are its 95 % interval.",
    )
    return PrintedTable(title, (*head, *year, *full, *pending, *more), tuple(rows), note)


def _full(of: Evaluation, date: FullDate | None) -> tuple[Cell, Cell, Cell]:
    """The day and both ends of its interval; what is not forecast, or full already, has no date."""
    if date is None:
        return NOT_YET, None, None
    if date.day and date.day <= of.measured_until:
        return _ALREADY, None, None
    return date.day or _BEYOND, date.earliest or _BEYOND, date.latest or _BEYOND


def offices(of: Evaluation) -> PrintedTable:
    """Every office: what it asked for, lost, and got."""
    rows = (
        (
            of.opd_names[row.opd],
            row.opened,
            row.minutes,
            *availability(row.measured.uptime, of.least),
            _guarantee(row.measured, of.least),
        )
        for row in of.opds
    )
    head = (_OPD, Both("Kasus dibuka", "Cases opened"), Both("Menit terputus", "Minutes cut off"), _AVAILABLE)
    title = Both("OPD dan ketersediaannya", "Offices and their availability")
    return PrintedTable(title, (*head, _MEASURED, Both("Jaminan dipenuhi", "Guarantee kept")), tuple(rows))


def _guarantee(measured: MeasuredDays, least: float) -> Cell:
    """How often the guarantee was kept; nothing where nobody judged it, no figure of too little."""
    share = measured.judged_share_kept(least)
    return ShareCell(share) if share is not None else NOT_YET if measured.judged else None


def unmet(of: Evaluation) -> PrintedTable:
    """KTM-CT: what was asked for and could not be had."""
    rows = ((row.number, of.opd_names.get(row.opd, row.opd), row.wanted / MEGABIT, row.ended_on) for row in of.unmet)
    head = (Both("Kasus", "Case"), _OPD, Both("Diminta, Mbit/s", "Asked, Mbit/s"), Both("Berakhir", "Ended"))
    return PrintedTable(Both("Kebutuhan yang belum terpenuhi", "Needs that could not be met"), head, tuple(rows))


def survey(of: Evaluation) -> PrintedTable:
    """The nine elements of the satisfaction survey."""
    rows = ((Both(*ELEMENTS[key]), float(mean)) for key, mean in of.satisfaction.means.items())
    title = Both("Survei kepuasan (1 sampai 4)", "Satisfaction survey (1 to 4)")
    return PrintedTable(title, (Both("Unsur", "Element"), Both("Rata-rata", "Mean")), tuple(rows))


def cases(of: Evaluation) -> PrintedTable:
    """Every case that the other tables count."""
    yes = Both("ya", "yes"), Both("tidak", "no")
    rows = (
        (
            case.number,
            of.cases.sop_names[case.sop],
            of.opd_names.get(case.opd, case.opd),
            case.opened_on,
            case.ended_on,
            phrase(case.outcome),
            yes[not case.counted],
            yes[not case.late] if case.counted else None,
        )
        for case in of.cases.cases
    )
    head = (Both("Nomor", "Number"), _SERVICE, _OPD, Both("Dibuka", "Opened"), Both("Berakhir", "Ended"))
    more = (Both("Hasil", "Outcome"), Both("Dihitung", "Counted"), _LATE)
    return PrintedTable(CASE_LIST, (*head, *more), tuple(rows))


def _megabits(value: float | None) -> float | None:
    return None if value is None else round(value / MEGABIT, 1)


def filled_only(every: Iterable[PrintedTable]) -> list[PrintedTable]:
    """Those that have rows."""
    return [table for table in every if table.rows]
