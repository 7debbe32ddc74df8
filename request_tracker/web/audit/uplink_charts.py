"""The months of every uplink for their page: what was measured in, a picture with its scale, names and table out."""

from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from request_tracker.chart.availability_months import AvailabilityMonth, draw_months, floor_of
from request_tracker.evidence.uptime import Uptime, said, share_said, whole_percent
from request_tracker.letters.press.wording import MONTHS
from request_tracker.letters.quarter.cells import ENGLISH_MONTHS
from request_tracker.reports.periods import Period
from request_tracker.reports.uplink_months import UplinkYear
from request_tracker.words.bilingual import Both

_NOT_YET = Both("belum dapat dinilai", "cannot be judged yet")
_UNMEASURED = Both("tidak terukur", "not measured")


@dataclass(frozen=True, kw_only=True)
class MonthRow:
    """A month in words: its name, its availability, how much of it was measured, minutes down, its page."""

    name: str
    availability: str
    measured: str
    down: int | None
    href: str


@dataclass(frozen=True, kw_only=True)
class UplinkChart:
    """``middle`` and ``floor`` are the scale's marks below 100 %; ``short`` the months' names below the columns."""

    name: str
    picture: Markup
    middle: str
    floor: str
    short: tuple[str, ...]
    whole: str
    grey: int
    rows: tuple[MonthRow, ...]


def uplink_chart(year: UplinkYear, least: float, language: str) -> UplinkChart:
    """One uplink; below ``least`` of its time measured a month is not judged."""
    rows = tuple(_row(year, place, least, language) for place in range(len(year.months)))
    judged = [share for each in year.months if (share := each.uptime.judged(least)) is not None]
    floor = floor_of(judged)
    months = [
        AvailabilityMonth(
            share=each.uptime.judged(least),
            measured=each.uptime.measured_share,
            href=row.href,
            title=f"{row.name}: {row.availability} ({row.measured})",
        )
        for each, row in zip(year.months, rows, strict=True)
    ]
    return UplinkChart(
        name=year.name,
        picture=draw_months(months, floor),
        middle=_percent((1 + floor) / 2, language),
        floor=_percent(floor, language),
        short=tuple(_name(each.month, language)[:3] for each in year.months),
        whole=said(year.whole.share, year.whole.measured_share, least).said(language),
        grey=len(rows) - len(judged),
        rows=rows,
    )


def _row(year: UplinkYear, place: int, least: float, language: str) -> MonthRow:
    each = year.months[place]
    share = each.uptime.judged(least)
    return MonthRow(
        name=f"{_name(each.month, language)} {each.month.since.year}",
        availability=_judged(each.uptime, share).said(language),
        measured=whole_percent(each.uptime.measured_share).said(language),
        down=None if share is None else each.uptime.down,
        href=url_for("months.page", name=each.month.name, kind="uplink", key=year.uplink),
    )


def _judged(uptime: Uptime, share: float | None) -> Both:
    if share is None:
        return _NOT_YET if uptime.measured else _UNMEASURED
    return share_said(share)


def _name(month: Period, language: str) -> str:
    return (ENGLISH_MONTHS if language == "en" else MONTHS)[month.since.month - 1]


def _percent(share: float, language: str) -> str:
    text = f"{share * 100:g} %"
    return text if language == "en" else text.replace(".", ",")
