"""The two papers a decision on bandwidth rests on: Laporan analisa (BTM-06) and Laporan cek kesediaan (KTM-05, KTM-06).

Frozen figures in, papers out; how each was computed and from which query stands on the paper. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from request_tracker.letters.bandwidth.paper import at_of, percent, rate_of, table
from request_tracker.letters.press.facts import Facts, paper, rate, technician
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.pictures import week_and_line

ANALYSIS, AVAILABILITY = "laporan_analisa", "cek_kesediaan"
VERDICTS = {
    "disarankan": "Disarankan",
    "disarankan_sebagian": "Disarankan sebagian",
    "belum_disarankan": "Belum disarankan",
    "belum_dinilai": "Belum dapat dinilai",
}
_WAYS = {"receive": "unduh", "transmit": "unggah"}


def analysis(facts: Facts) -> Paper:
    """Laporan analisa bandwidth: use over thirty days, the uplink's room, the advice with its rule, how to check it."""
    told = facts.monitored
    if told is None:
        return _unmade(facts, ANALYSIS, "Laporan Analisa Bandwidth", "langkah analisa")
    use = told["bandwidth"]
    opening = (
        f"Pemakaian {_opd(facts, told)} selama {use['days']} hari sampai {at_of(facts, use['at'])}, rata-rata 5 menit, "
        f"lapis 2. Terukur {percent(use['measured'])} dari waktu itu; yang tidak terukur tidak diisi.",
    )
    return paper(
        facts,
        "laporan.typ",
        "laporan-analisa-bandwidth",
        "Laporan Analisa Bandwidth",
        opening=opening,
        pairs=(
            ("Nomor kasus", facts.case.number),
            ("Hal", facts.case.subject),
            ("Rekomendasi", f"{VERDICTS.get(told['verdict'], told['verdict'])}. {told['reason']}"),
            ("Aturan rekomendasi", told["rule"]),
            ("Diminta", _four(told["wanted"])),
            *_uplink(told),
            ("Ketersediaan 30 hari", percent(use["availability"], 3)),
            *_problem(told, use),
        ),
        rows=table(facts, use),
        closing=_source(facts, [*((one, told["at"]) for one in told["queries"]), *use["queries"]], told),
        signers=(technician(facts),),
        svg=week_and_line(use, facts.local),
    )


def availability(facts: Facts) -> Paper:
    """Laporan cek kesediaan: each uplink's room as arithmetic, what the request takes of it, and how full it runs."""
    told = facts.monitored
    if told is None:
        return _unmade(facts, AVAILABILITY, "Laporan Pengecekan Kesediaan Bandwidth", "langkah pengecekan")
    mine = [one for one in told["rooms"] if one["uplink"] == told["uplink"]]
    said = {True: "Tersedia", False: "Tidak tersedia", None: "Belum dapat dinilai: laju yang diminta belum diketahui"}
    opening = (
        f"Hasil pengecekan kesediaan bandwidth untuk {_opd(facts, told)} melalui {told['uplink']} pada "
        f"{at_of(facts, told['at'])}, menurut buku alokasi dan pemantauan {told['days']} hari.",
    )
    return paper(
        facts,
        "laporan.typ",
        "laporan-cek-kesediaan",
        "Laporan Pengecekan Kesediaan Bandwidth",
        opening=opening,
        pairs=(
            ("Nomor kasus", facts.case.number),
            ("Hal", facts.case.subject),
            ("Kesimpulan", said[told["available"]]),
            ("Diminta", _four(told["wanted"])),
            *((f"Hitungan {_WAYS[one['way']]}", arithmetic(one, told["reserve"])) for one in mine),
            (
                "Aturan",
                f"Tersedia bila sisa sesudah permintaan tidak di bawah nol pada {told['uplink']}, kedua arah.",
            ),
            *_problem(told),
        ),
        rows=_rooms(told["rooms"]),
        closing=(
            "Angka dalam Mbit/s. Rasio: jumlah batas semua OPD dibagi kapasitas; di atas 1 berarti berlebih.",
            *_source(facts, told["queries"], told),
        ),
        signers=(technician(facts),),
    )


def arithmetic(room: Mapping[str, Any], reserve: float) -> str:
    """``200 − 10 (cadangan 5 %) − 60 (jaminan berjalan) = 130; permintaan 8; sisa 122 Mbit/s``."""
    return (
        f"{_mbit(room['capacity'])} − {_mbit(room['reserve'])} (cadangan {percent(reserve, 0)}) − "
        f"{_mbit(room['committed'])} (jaminan berjalan) = {_mbit(room['room'])}; permintaan menambah "
        f"{_mbit(room['added'])}; sisa {_mbit(room['after'])} Mbit/s"
    )


def _uplink(told: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Capacity, guarantees before and after, p95 and room of the OPD's uplink, each way."""

    def both(say: Callable[[str], str]) -> str:
        return " / ".join(say(way) for way in _WAYS)

    def left(way: str) -> str:
        return rate(max(0.0, told["capacity"][way] * 0.95 - told["committed_after"][way]))

    return (
        ("Uplink (unduh / unggah)", f"{told['uplink']}, kapasitas {both(lambda way: rate(told['capacity'][way]))}"),
        ("Jaminan sekarang", both(lambda way: rate(told["committed"][way]))),
        ("Jaminan sesudahnya", both(lambda way: rate(told["committed_after"][way]))),
        ("p95 uplink", both(lambda way: rate_of(told["uplink_p95"][way]))),
        ("Ruang sesudahnya (95 %)", both(left)),
    )


def _rooms(rooms: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    head = ("Uplink", "Arah", "Kapasitas", "Jaminan", "Sisa", "Sesudah", "Rasio", "p95", "Jam tersibuk")
    return (head, *(_row(one) for one in rooms))


def _row(one: Mapping[str, Any]) -> tuple[str, ...]:
    busiest = f"{one['busiest'][0]:02d}.00, {_mbit(one['busiest'][1])}" if one["busiest"] else "tidak terukur"
    figures = (_mbit(one[key]) for key in ("capacity", "committed", "room", "after"))
    ratio = f"{one['ratio']:.2f}".replace(".", ",")
    return (one["uplink"], _WAYS[one["way"]], *figures, ratio, _mbit(one["p95"]), busiest)


def _four(rates: Mapping[str, int] | None) -> str:
    if rates is None:
        return "belum disebutkan"
    said = (
        f"{name} {rate(rates[f'{way}_ceiling'])} (jaminan {rate(rates[f'{way}_guaranteed'])})"
        for way, name in _WAYS.items()
    )
    return ", ".join(said)


def _source(facts: Facts, queries: Sequence[Sequence[Any]], told: Mapping[str, Any]) -> tuple[str, ...]:
    """How to compute it again: every query with its moment, and the hash of what was frozen."""
    asked = "; ".join(f"{expression} @ {at:.0f}" for expression, at in queries)
    return (f"Dapat dihitung ulang dari: {asked}.", f"Sidik sha256: {told['sha256']}")


def _problem(*told: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    said = dict.fromkeys(str(one["problem"]) for one in told if one.get("problem"))
    return (("Belum terbaca", "; ".join(said)),) if said else ()


def _unmade(facts: Facts, file: str, title: str, step: str) -> Paper:
    """Said plainly where nothing was measured: never an empty table that looks like figures."""
    opening = (f"Laporan ini belum dibuat: angkanya dibekukan saat {step} ditandatangani.",)
    pairs = (("Nomor kasus", facts.case.number), ("Hal", facts.case.subject))
    return paper(facts, "laporan.typ", file.replace("_", "-"), title, opening=opening, pairs=pairs)


def _opd(facts: Facts, told: Mapping[str, Any]) -> str:
    return str(facts.names.get(told["opd"], told["opd"]))


def _mbit(value: float | None) -> str:
    return "–" if value is None else f"{round(value / 1250) / 100:g}".replace(".", ",").replace("-", "−")
