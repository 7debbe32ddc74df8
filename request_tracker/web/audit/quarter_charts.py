"""The quarter's figures as bars for the screen: an evaluation in, charts that are tables out.

The same figures as the paper's pictures (``letters.quarter.charts``); here every bar stands in a row with its name and
its number, so that it is read on a telephone, in the dark and aloud.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from request_tracker.chart.bars import draw_bar
from request_tracker.evidence.uptime import said
from request_tracker.letters.quarter.cells import cell_text
from request_tracker.letters.quarter.tables import causes, roles
from request_tracker.reports.quarter import Evaluation
from request_tracker.words.bilingual import Both
from request_tracker.words.labels import phrase
from request_tracker.words.spreadsheet_text import ShareCell


@dataclass(frozen=True)
class BarRow:
    """A name, its bar and its figure in words."""

    name: str
    bar: Markup
    figure: str


@dataclass(frozen=True, kw_only=True)
class BarChart:
    """One chart: its title, what its names and its figures are, its rows (none: nothing happened)."""

    title: str
    names: str
    figures: str
    rows: tuple[BarRow, ...]


def quarter_charts(of: Evaluation, language: str) -> tuple[BarChart, ...]:
    """What became of the requests, who was in time, what outages cost by cause, how available the uplinks were."""
    return tuple(
        BarChart(title=title.said(language), names=names.said(language), figures=figures.said(language), rows=rows)
        for title, names, figures, rows in (
            (
                Both("Permohonan menurut hasil", "Requests by outcome"),
                Both("Hasil", "Outcome"),
                Both("Permohonan", "Requests"),
                _outcomes(of, language),
            ),
            (
                Both("Tepat waktu menurut peran", "In time by role"),
                Both("Peran", "Role"),
                Both("Tepat waktu", "In time"),
                _roles(of, language),
            ),
            (
                Both("Menit-OPD yang hilang menurut penyebab", "Office-minutes lost by cause"),
                Both("Penyebab", "Cause"),
                Both("Menit-OPD", "Office-minutes"),
                _causes(of, language),
            ),
            (
                Both("Ketersediaan uplink", "Availability of the uplinks"),
                Both("Uplink", "Uplink"),
                Both("Ketersediaan", "Availability"),
                _uplinks(of, language),
            ),
        )
    )


def _outcomes(of: Evaluation, language: str) -> tuple[BarRow, ...]:
    counted: dict[str, int] = {}
    for row in of.volumes:
        for outcome, count in row.outcomes if row.kind == "request" else ():
            name = phrase(outcome).said(language)
            counted[name] = counted.get(name, 0) + count
    return _of_the_most([(name, float(count), str(count)) for name, count in counted.items()])


def _roles(of: Evaluation, language: str) -> tuple[BarRow, ...]:
    return tuple(
        BarRow(
            cell_text(row[0], language),
            draw_bar(float(row[3]) if isinstance(row[3], ShareCell) else None),
            cell_text(row[3], language),
        )
        for row in roles(of).rows
    )


def _causes(of: Evaluation, language: str) -> tuple[BarRow, ...]:
    return _of_the_most(
        [(cell_text(row[0], language), float(str(row[3])), cell_text(row[3], language)) for row in causes(of).rows]
    )


def _uplinks(of: Evaluation, language: str) -> tuple[BarRow, ...]:
    return tuple(
        BarRow(
            of.line_names.get(row.uplink, row.uplink),
            draw_bar(row.uptime.judged(of.least)),
            said(row.uptime.share, row.uptime.measured_share, of.least).said(language),
        )
        for row in of.uplinks
    )


def _of_the_most(rows: Sequence[tuple[str, float, str]]) -> tuple[BarRow, ...]:
    """Bars of counts: the longest is that of the most."""
    most = max((value for _, value, _ in rows), default=0.0) or 1.0
    return tuple(BarRow(name, draw_bar(value / most), figure) for name, value, figure in rows)
