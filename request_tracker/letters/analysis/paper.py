"""Laporan analisa bandwidth (BTM-06): frozen figures in, the paper out. Pure.

The effect on the others that was signed, and how each figure was computed and from which query, stand in the annex.
"""

from collections.abc import Callable, Mapping
from typing import Any

from inventory.admission import usable
from request_tracker.letters.press.effects import effect_lines
from request_tracker.letters.press.facts import Facts, paper
from request_tracker.letters.press.figures import (
    NOT_JUDGED,
    WAYS,
    availability_said,
    moment_of,
    opd_name,
    problems,
    source,
    thirty_days,
    use_table,
    wanted_rates,
)
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.pictures import week_and_line
from request_tracker.letters.press.sheets import REPORT
from request_tracker.letters.press.signers import technician
from request_tracker.letters.press.unmade import unmade
from request_tracker.letters.press.wording import measured_rate, percent, rate

TITLE = "Laporan Analisa Bandwidth"
VERDICTS = {
    "disarankan": "Disarankan",
    "disarankan_sebagian": "Disarankan sebagian",
    "belum_disarankan": "Belum disarankan",
    "belum_dinilai": "Belum dapat dinilai",
}


def analysis(facts: Facts) -> Paper:
    """Use over thirty days, the uplink's room, the advice with its rule, how to check it."""
    report = facts.monitored
    if report is None:
        return unmade(facts, REPORT, "laporan-analisa", TITLE, "langkah analisa")
    use = report["bandwidth"]
    opening = (
        f"Pemakaian {opd_name(facts, report)} selama {use['days']} hari sampai {moment_of(facts, use['at'])}, "
        f"rata-rata 5 menit, lapis 2. Terukur {percent(use['measured'])} dari waktu itu; yang tidak terukur tidak "
        "diisi.",
    )
    effects = effect_lines(facts)
    queries = [*((expression, report["at"]) for expression in report["queries"]), *use["queries"]]
    return paper(
        facts,
        REPORT,
        "laporan-analisa-bandwidth",
        TITLE,
        opening=opening,
        pairs=(
            ("Nomor kasus", facts.case.number),
            ("Hal", facts.case.subject),
            ("Rekomendasi", f"{VERDICTS.get(report['verdict'], report['verdict'])}. {report['reason']}"),
            ("Aturan rekomendasi", report["rule"]),
            ("Diminta", wanted_rates(report["wanted"])),
            *_uplink(report),
            (thirty_days(facts, use), availability_said(use)),
            *problems(report, use),
        ),
        rows=use_table(facts, use),
        closing=(*effects, *source(queries, report)),
        annex=len(effects) + 2,
        signers=(technician(facts),),
        svg=week_and_line(use, facts.local, report["wanted"]),
    )


def _judged(p95: float | None) -> str:
    return NOT_JUDGED if p95 is None else measured_rate(p95)


def _uplink(report: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Capacity, guarantees before and after, p95 and room of the OPD's uplink, each way."""

    def both(say: Callable[[str], str]) -> str:
        return " / ".join(say(way) for way in WAYS)

    def left(way: str) -> str:
        return rate(max(0.0, usable(report["capacity"][way]) - report["committed_after"][way]))

    return (
        ("Uplink (unduh / unggah)", f"{report['uplink']}, kapasitas {both(lambda way: rate(report['capacity'][way]))}"),
        ("Jaminan sekarang", both(lambda way: rate(report["committed"][way]))),
        ("Jaminan sesudahnya", both(lambda way: rate(report["committed_after"][way]))),
        ("p95 uplink", both(lambda way: _judged(report["uplink_p95"][way]))),
        ("Ruang sesudahnya (95 %)", both(left)),
    )
