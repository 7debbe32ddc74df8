"""The report on an OPD's bandwidth as a paper (PKL-B-CT3): frozen figures in, paper data out. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from request_tracker.letters.press.facts import Facts, moment, paper, rate, technician
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.pictures import graph

TITLE = "Laporan Monitoring Bandwidth"


def bandwidth(facts: Facts, told: Mapping[str, Any]) -> Paper:
    """PKL-B-CT3: thirty days of one OPD, with the graph, the queries and the hash."""
    measured = f"{told['measured'] * 100:.1f} %".replace(".", ",")
    ended = at_of(facts, told["at"])
    opening = (
        f"Pemakaian bandwidth {facts.names.get(told['opd'], told['opd'])} selama {told['days']} hari sampai {ended}; "
        f"rata-rata 5 menit, lapis 2. Terukur {measured} dari waktu itu; yang tidak terukur tidak diisi.",
    )
    problem = (("Belum terbaca", str(told["problem"])),) if told["problem"] else ()
    available = "tidak terukur" if told["availability"] is None else percent(told["availability"], 3)
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
        signers=(technician(facts),),
        svg=graph(told["receive"]["hourly"], told["transmit"]["hourly"], told["allocation"], facts.local),
    )


def table(facts: Facts, told: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Every figure, download and upload side by side."""
    allocation = told["allocation"] or {}

    def both(name: str, say: Callable[[Mapping[str, Any]], str]) -> tuple[str, str, str]:
        return (name, say(told["receive"]), say(told["transmit"]))

    return (
        ("Ukuran", "Unduh", "Unggah"),
        ("Alokasi, batas", rate_of(allocation.get("receive_ceiling")), rate_of(allocation.get("transmit_ceiling"))),
        both("Median (p50)", lambda one: rate_of(one["p50"])),
        both("p95, sepanjang hari", lambda one: rate_of(one["p95"])),
        both("p95, jam kerja", lambda one: rate_of(one["office_p95"])),
        both("Puncak", lambda one: _peak(facts, one)),
        both("Waktu di atas 80 % batas", lambda one: percent(one["above_80"])),
        both("Waktu di atas 95 % batas", lambda one: percent(one["above_95"])),
        both("Jam tersibuk", _busiest),
        both("Pertumbuhan p95 per bulan", _growth),
        ("Paket dibuang pembentuk", *(_count(value) for value in told["dropped"])),
    )


def rate_of(value: float | None) -> str:
    """A measured rate to a hundredth of a Mbit/s; a dash where nothing was measured."""
    return "–" if value is None else rate(round(value / 1250) * 1250)


def percent(share: float | None, digits: int = 1) -> str:
    """``12,5 %``; a dash where nothing was measured."""
    return "–" if share is None else f"{share * 100:.{digits}f} %".replace(".", ",")


def _peak(facts: Facts, one: Mapping[str, Any]) -> str:
    return "–" if one["peak"] is None else f"{rate_of(one['peak'])} pada {at_of(facts, one['peak_at'])}"


def _busiest(one: Mapping[str, Any]) -> str:
    known = [(value, hour) for hour, value in enumerate(one["hours"]) if value is not None]
    if not known:
        return "–"
    value, hour = max(known)
    return f"{hour:02d}.00 sampai {hour + 1:02d}.00, rata-rata {rate_of(value)}"


def _growth(one: Mapping[str, Any]) -> str:
    if one["growth"] is None:
        return "belum dapat dihitung (kurang dari 14 hari)"
    sign = "+" if one["growth"] >= 0 else "−"
    return f"{sign}{rate_of(abs(one['growth']))} (± {rate_of(one['growth_interval'])})"


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def at_of(facts: Facts, seconds: float) -> str:
    """Unix seconds as the office says them."""
    return moment(facts.local(datetime.fromtimestamp(seconds, UTC)))
