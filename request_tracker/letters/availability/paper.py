"""Laporan cek kesediaan (KTM-05, KTM-06): frozen figures in, the paper out. Pure.

Each uplink's room stands as arithmetic, with what the request takes of it and how full it runs.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from request_tracker.letters.press.facts import Facts, paper
from request_tracker.letters.press.figures import (
    NOT_JUDGED,
    WAYS,
    megabits,
    moment_of,
    opd_name,
    problems,
    source,
    wanted_rates,
)
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.sheets import REPORT, Sheet
from request_tracker.letters.press.signers import technician
from request_tracker.letters.press.unmade import unmade
from request_tracker.letters.press.wording import percent

TITLE = "Laporan Pengecekan Kesediaan Bandwidth"
# Before it is made it has no number to carry: the agenda numbers a report that somebody signs.
UNMADE = Sheet(template=REPORT.template)
CONCLUSIONS = {
    True: "Tersedia",
    False: "Tidak tersedia",
    None: "Belum dapat dinilai: laju yang diminta belum diketahui",
}


def availability(facts: Facts) -> Paper:
    """Each uplink's room as arithmetic, what the request takes of it, and how full it runs."""
    report = facts.monitored
    if report is None:
        return unmade(facts, UNMADE, "cek-kesediaan", TITLE, "langkah pengecekan")
    rooms = [room for room in report["rooms"] if room["uplink"] == report["uplink"]]
    opening = (
        f"Hasil pengecekan kesediaan bandwidth untuk {opd_name(facts, report)} melalui {report['uplink']} pada "
        f"{moment_of(facts, report['at'])}, menurut buku alokasi dan pemantauan {report['days']} hari.",
    )
    return paper(
        facts,
        REPORT,
        "laporan-cek-kesediaan",
        TITLE,
        opening=opening,
        pairs=(
            ("Nomor kasus", facts.case.number),
            ("Hal", facts.case.subject),
            ("Kesimpulan", CONCLUSIONS[report["available"]]),
            ("Diminta", wanted_rates(report["wanted"])),
            *((f"Hitungan {WAYS[room['way']]}", arithmetic(room, report["reserve"])) for room in rooms),
            (
                "Aturan",
                f"Tersedia bila sisa sesudah permintaan tidak di bawah nol pada {report['uplink']}, kedua arah.",
            ),
            *problems(report),
        ),
        rows=_rooms(report["rooms"]),
        closing=(
            "Angka dalam Mbit/s. Rasio: jumlah batas semua OPD dibagi kapasitas; di atas 1 berarti berlebih.",
            *source(report["queries"], report),
        ),
        annex=2,
        signers=(technician(facts),),
    )


def arithmetic(room: Mapping[str, Any], reserve: float) -> str:
    """``200 − 10 (cadangan 5 %) − 60 (jaminan berjalan) = 130; permintaan 8; sisa 122 Mbit/s``."""
    return (
        f"{megabits(room['capacity'])} − {megabits(room['reserve'])} (cadangan {percent(reserve, 0)}) − "
        f"{megabits(room['committed'])} (jaminan berjalan) = {megabits(room['room'])}; permintaan menambah "
        f"{megabits(room['added'])}; sisa {megabits(room['after'])} Mbit/s"
    )


def _rooms(rooms: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    head = ("Uplink", "Arah", "Kapasitas", "Jaminan", "Sisa", "Sesudah", "Rasio", "p95", "Jam tersibuk")
    return (head, *(_row(room) for room in rooms))


def _row(room: Mapping[str, Any]) -> tuple[str, ...]:
    busiest = f"{room['busiest'][0]:02d}.00, {megabits(room['busiest'][1])}" if room["busiest"] else _unjudged(room)
    figures = (megabits(room[key]) for key in ("capacity", "committed", "room", "after"))
    ratio = f"{room['ratio']:.2f}".replace(".", ",")
    return (
        room["uplink"],
        WAYS[room["way"]],
        *figures,
        ratio,
        _unjudged(room) if room["p95"] is None else megabits(room["p95"]),
        busiest,
    )


def _unjudged(room: Mapping[str, Any]) -> str:
    """What stands for a figure that there is not: nothing was measured, or too little."""
    return f"{NOT_JUDGED} (terukur {percent(room['measured'])})" if room.get("measured") else "tidak terukur"
