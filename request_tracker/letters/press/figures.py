"""Measured figures as papers say them: a report of the evidence in, cells and sentences out. Pure.

What was not measured is said; it never looks like a nought.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from request_tracker.evidence.advice import USUAL, all_but
from request_tracker.evidence.saying import days as days_of
from request_tracker.evidence.uptime import said, share_said
from request_tracker.letters.press.facts import Facts
from request_tracker.letters.press.wording import HUNDREDTH, measured_rate, moment, percent, rate, short

WAYS = {"receive": "unduh", "transmit": "unggah"}

NOT_JUDGED = "belum dapat dinilai"
Query = Sequence[Any]
Report = Mapping[str, Any]


def moment_of(facts: Facts, seconds: float) -> str:
    """Unix seconds as the office says them."""
    return moment(facts.local(datetime.fromtimestamp(seconds, UTC)))


def opd_name(facts: Facts, report: Report) -> str:
    """The OPD that a report is of."""
    return str(facts.names.get(report["opd"], report["opd"]))


def problems(*reports: Report) -> tuple[tuple[str, str], ...]:
    """What the monitoring could not answer, each sentence once, and where it contradicts itself."""
    sentences = dict.fromkeys(str(report["problem"]) for report in reports if report.get("problem"))
    notes = dict.fromkeys(str(note) for report in reports for note in report.get("notes", ()))
    silent = (("Belum terbaca", "; ".join(sentences)),) if sentences else ()
    return (*silent, ("Catatan data", " ".join(notes))) if notes else silent


def source(queries: Sequence[Query], report: Report) -> tuple[str, str]:
    """How to compute it again: every query with its moment, and the hash of what was frozen."""
    return (f"Dapat dihitung ulang dari: {query_text(queries)}.", fingerprint(report))


def query_text(queries: Sequence[Query]) -> str:
    """Every query with the moment it was asked for."""
    return "; ".join(f"{expression} @ {at:.0f}" for expression, at in queries)


def fingerprint(report: Report) -> str:
    """The hash of what was frozen."""
    return f"Sidik sha256: {report['sha256']}"


def wanted_rates(rates: Mapping[str, int] | None) -> str:
    """The four rates that were asked for, in one line."""
    if rates is None:
        return "belum disebutkan"
    return ", ".join(
        f"{name} {rate(rates[f'{way}_ceiling'])} (jaminan {rate(rates[f'{way}_guaranteed'])})"
        for way, name in WAYS.items()
    )


def megabits(value: float | None) -> str:
    """A rate in Mbit/s as a bare figure, for arithmetic and cells whose head names the unit."""
    return "–" if value is None else f"{round(value / HUNDREDTH) / 100:g}".replace(".", ",").replace("-", "−")


def availability_said(report: Report) -> str:
    """The availability of a report of the monitoring, in the house's one definition (``evidence.uptime``).

    A report frozen before the measured share was asked has none; one before the rule was kept is judged by the usual.
    """
    share, measured = report["availability"], report.get("availability_measured")
    if share is not None and measured is None:
        return f"{share_said(share).indonesian} dari waktu yang terukur"
    least = report.get("availability_least")
    return said(share, measured or 0.0, USUAL.least_measured_percent / 100 if least is None else least).indonesian


def thirty_days(facts: Facts, report: Report) -> str:
    """What a paper calls it: the thirty days before the report's."""
    last = facts.local(datetime.fromtimestamp(report["at"], UTC)) - timedelta(days=1)
    return f"Ketersediaan 30 hari sampai {short(last)}"


def use_table(facts: Facts, report: Report) -> tuple[tuple[str, ...], ...]:
    """Every figure of an OPD's use, download and upload side by side."""
    allocation = report["allocation"] or {}

    enough = _enough(report)

    def both(name: str, say: Callable[[Mapping[str, Any]], str]) -> tuple[str, str, str]:
        download, upload = (say(report[way]) if enough[way] else NOT_JUDGED for way in WAYS)
        return (name, download, upload)

    return (
        ("Ukuran", "Unduh", "Unggah"),
        ("Alokasi, batas", *(measured_rate(allocation.get(f"{way}_ceiling")) for way in WAYS)),
        both("Median (p50)", lambda way: measured_rate(way["p50"])),
        both("p95, sepanjang hari", lambda way: measured_rate(way["p95"])),
        both("p95, jam kerja", lambda way: measured_rate(way["office_p95"])),
        # It was there, however little was measured besides; growth has a rule of its own.
        ("Puncak", *(_peak(facts, report[way]) for way in WAYS)),
        both("Waktu di atas 80 % batas", lambda way: _share_above(way, "above_80")),
        both("Waktu di atas 95 % batas", lambda way: _share_above(way, "above_95")),
        *_known_ceiling(report),
        both("Jam tersibuk", _busiest),
        ("Pertumbuhan p95 per bulan", *(_growth(report[way]) for way in WAYS)),
        ("Paket dibuang pembentuk", *(_count(value) for value in report["dropped"])),
    )


def _enough(report: Report) -> dict[str, bool]:
    """By direction, whether enough was measured; of an older report, which does not say the least, always."""
    shares, least = report.get("measured_ways") or (report["measured"],) * len(WAYS), report.get("availability_least")
    # What was not measured at all is a dash, and the silence has its own sentence.
    return {way: not share or least is None or share >= least for way, share in zip(WAYS, shares, strict=True)}


def _share_above(way: Mapping[str, Any], key: str) -> str:
    """A share of the time in which a ceiling was known; where it never was there is none."""
    return "plafon belum diketahui" if way["above_80"] is None and way["p95"] is not None else percent(way[key])


def _known_ceiling(report: Report) -> tuple[tuple[str, str, str], ...]:
    """Of how many days the rows above are; no row where they are of all that were measured, or an older report."""
    shares = report.get("measured_ways") or (report["measured"],) * len(WAYS)
    measured = [share * report["days"] for share in shares]
    of_these = [1.0 if (share := report[way].get("ceiling_share")) is None else share for way in WAYS]
    counted = [share * days for share, days in zip(of_these, measured, strict=True)]
    if not any(all_but(days, whole) for days, whole in zip(counted, measured, strict=True)):
        return ()
    download, upload = (f"{days_of(days).indonesian} hari" for days in counted)
    return (("… dihitung atas hari yang plafonnya diketahui", download, upload),)


def _peak(facts: Facts, way: Mapping[str, Any]) -> str:
    return "–" if way["peak"] is None else f"{measured_rate(way['peak'])} pada {moment_of(facts, way['peak_at'])}"


def _busiest(way: Mapping[str, Any]) -> str:
    means = [(mean, hour) for hour, mean in enumerate(way["hours"]) if mean is not None]
    if not means:
        return "–"
    mean, hour = max(means)
    return f"{hour:02d}.00 sampai {hour + 1:02d}.00, rata-rata {measured_rate(mean)}"


def _growth(way: Mapping[str, Any]) -> str:
    if way["growth"] is None:
        return "belum dapat dihitung (kurang dari 14 hari)"
    sign = "+" if way["growth"] >= 0 else "−"
    return f"{sign}{measured_rate(abs(way['growth']))} (± {measured_rate(way['growth_interval'])})"


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"
