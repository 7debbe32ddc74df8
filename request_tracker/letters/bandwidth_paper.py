"""The report on an OPD's bandwidth as a paper and as a graph: frozen figures in, paper data and SVG out. Pure."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from typing import Any

import matplotlib
from matplotlib.dates import DateFormatter
from matplotlib.figure import Figure

from request_tracker.letters.facts import Facts, moment, paper, rate
from request_tracker.letters.model import Paper, Signer

TITLE = "Laporan Monitoring Bandwidth"
Points = Sequence[Sequence[float]]
_WAYS = (("receive", "unduh", "#2f6690"), ("transmit", "unggah", "#b5651d"))


def bandwidth(facts: Facts, told: Mapping[str, Any]) -> Paper:
    """PKL-B-CT3: thirty days of one OPD, with the graph, the queries and the hash."""
    measured = f"{told['measured'] * 100:.1f} %".replace(".", ",")
    ended = _at(facts, told["at"])
    opening = (
        f"Pemakaian bandwidth {facts.names.get(told['opd'], told['opd'])} selama {told['days']} hari sampai {ended}; "
        f"rata-rata 5 menit, lapis 2. Terukur {measured} dari waktu itu; yang tidak terukur tidak diisi.",
    )
    problem = (("Belum terbaca", str(told["problem"])),) if told["problem"] else ()
    available = "tidak terukur" if told["availability"] is None else _percent(told["availability"], 3)
    asked = "; ".join(f"{expression} @ {at:.0f}" for expression, at in told["queries"])
    return paper(
        facts,
        "laporan.typ",
        "laporan-monitoring-bandwidth",
        TITLE,
        opening=opening,
        pairs=(("Nomor kasus", facts.case.number), ("Ketersediaan 30 hari", available), *problem),
        rows=table(facts, told),
        closing=(f"Dapat dihitung ulang dari: {asked}.", f"Sidik sha256: {told['sha256']}"),
        signers=(Signer("Pelaksana", facts.name_of(facts.case.assignee) if facts.case.assignee else ""),),
        svg=graph(told["receive"]["hourly"], told["transmit"]["hourly"], told["allocation"], facts.local),
    )


def table(facts: Facts, told: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Every figure, download and upload side by side."""
    allocation = told["allocation"] or {}

    def both(name: str, say: Callable[[Mapping[str, Any]], str]) -> tuple[str, str, str]:
        return (name, say(told["receive"]), say(told["transmit"]))

    return (
        ("Ukuran", "Unduh", "Unggah"),
        ("Alokasi, batas", _rate(allocation.get("receive_ceiling")), _rate(allocation.get("transmit_ceiling"))),
        both("Median (p50)", lambda one: _rate(one["p50"])),
        both("p95, sepanjang hari", lambda one: _rate(one["p95"])),
        both("p95, jam kerja", lambda one: _rate(one["office_p95"])),
        both("Puncak", lambda one: _peak(facts, one)),
        both("Waktu di atas 80 % batas", lambda one: _percent(one["above_80"])),
        both("Waktu di atas 95 % batas", lambda one: _percent(one["above_95"])),
        both("Jam tersibuk", _busiest),
        both("Pertumbuhan p95 per bulan", _growth),
        ("Paket dibuang pembentuk", *(_count(value) for value in told["dropped"])),
    )


def graph(receive: Points, transmit: Points, allocation: Mapping[str, Any] | None, local: Any) -> str:
    """Both directions over time with their ceilings; SVG, the same text each time. Gaps stay gaps."""
    with matplotlib.rc_context({"svg.hashsalt": "lebarpita", "svg.fonttype": "path", "font.size": 8}):
        figure = Figure(figsize=(7.2, 2.4), layout="constrained")
        axes = figure.subplots()
        for (way, name, colour), points in zip(_WAYS, (receive, transmit), strict=True):
            times = [local(datetime.fromtimestamp(at, UTC)).replace(tzinfo=None) for at, _ in with_gaps(points)]
            axes.plot(times, [value * 8e-6 for _, value in with_gaps(points)], color=colour, linewidth=0.9, label=name)
            if allocation:
                ceiling = allocation[f"{way}_ceiling"] * 8e-6
                axes.axhline(ceiling, color=colour, linestyle="--", linewidth=0.8, label=f"batas {name}")
        axes.set_ylabel("Mbit/s")
        axes.set_ylim(bottom=0)
        days = DateFormatter("%d-%m")  # type: ignore[no-untyped-call]  # matplotlib.dates has no types
        axes.xaxis.set_major_formatter(days)
        axes.legend(loc="upper left", frameon=False, ncols=4)
        made = BytesIO()
        figure.savefig(made, format="svg", metadata={"Date": None})
    return made.getvalue().decode()


def with_gaps(points: Points) -> list[tuple[float, float]]:
    """The points with a hole wherever one is missing, so that no line is drawn over what was not measured."""
    steps = [later[0] - sooner[0] for sooner, later in pairwise(points)]
    found: list[tuple[float, float]] = []
    for (at, value), step in zip(points, [0.0, *steps], strict=True) if points else ():
        if step > 1.5 * min(steps, default=step):
            found.append((at - step / 2, math.nan))
        found.append((at, value))
    return found


def _rate(value: float | None) -> str:
    return "–" if value is None else rate(round(value / 1250) * 1250)


def _percent(share: float | None, digits: int = 1) -> str:
    return "–" if share is None else f"{share * 100:.{digits}f} %".replace(".", ",")


def _peak(facts: Facts, one: Mapping[str, Any]) -> str:
    return "–" if one["peak"] is None else f"{_rate(one['peak'])} pada {_at(facts, one['peak_at'])}"


def _busiest(one: Mapping[str, Any]) -> str:
    known = [(value, hour) for hour, value in enumerate(one["hours"]) if value is not None]
    if not known:
        return "–"
    value, hour = max(known)
    return f"{hour:02d}.00 sampai {hour + 1:02d}.00, rata-rata {_rate(value)}"


def _growth(one: Mapping[str, Any]) -> str:
    if one["growth"] is None:
        return "belum dapat dihitung (kurang dari 14 hari)"
    sign = "+" if one["growth"] >= 0 else "−"
    return f"{sign}{_rate(abs(one['growth']))} (± {_rate(one['growth_interval'])})"


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _at(facts: Facts, seconds: float) -> str:
    return moment(facts.local(datetime.fromtimestamp(seconds, UTC)))
