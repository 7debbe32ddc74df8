"""The papers of an outage: what the monitoring saw (PKL-G-05), the completion report and letter. Pure.

Figures come from the frozen report in the case, never from this moment; what was not measured is said.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from request_tracker.letters.press.facts import Facts, course, head_of_office, moment, paper, rate, technician
from request_tracker.letters.press.model import Paper

MAX_ROWS = 60
MAX_NAMED = 3
_STATES = {"up": "tersambung", "down": "terputus", "unmeasured": "tidak terukur"}
_ALERTS = {"firing": "menyala", "resolved": "selesai"}
_CAUSES = {
    "link_down": "tautan mati",
    "device_down": "perangkat mati",
    "silent": "tautan menyala, tidak ada yang lewat",
    "unreachable": "tidak menjawab",
}


def monitoring(facts: Facts) -> Paper:
    """PKL-G-05: the report of the monitoring; every figure with its source, and how to compute it again."""
    told = facts.monitored or {}
    opening = (
        f"Laporan monitoring jaringan untuk {told['root']}, menurut sistem pemantauan pada "
        f"{_at(facts, told['at'])}. Lalu lintas lapis 2; keadaan tautan dibaca tiap 15 detik.",
    )
    asked = "; ".join(f"{expression} @ {at:.0f}" for expression, at in told["queries"])
    closing = (f"Dapat dihitung ulang: {asked or 'tidak ada kueri yang dijawab'}.", f"Sidik sha256: {told['sha256']}")
    return paper(
        facts,
        "laporan.typ",
        "laporan-monitoring-jaringan",
        "Laporan Monitoring Jaringan",
        opening=opening,
        pairs=figures(facts, told),
        rows=timeline(facts, told),
        closing=closing,
        signers=(technician(facts),),
    )


def completion(facts: Facts) -> Paper:
    """PKL-G-09: the report that an outage is solved: cause, course, minutes, offices, and what the ISP owes."""
    told = facts.monitored or {}
    pairs = (
        ("Nomor kasus", facts.case.number),
        *(_course_of(facts, told) if told else (("Gangguan", facts.case.subject),)),
        ("Terputus menurut pemantauan", _minutes(told.get("measured_minutes"))),
        ("Temuan pemeriksaan", _found(facts) or "–"),
        ("Putaran pemeriksaan", str(facts.case.round)),
        ("Hubungan ISP", _contacts(facts) or "–"),
        ("Dasar kompensasi SLA ISP", _credit(facts, told)),
    )
    return paper(
        facts,
        "laporan.typ",
        "laporan-penyelesaian-gangguan",
        "Laporan Penyelesaian Gangguan",
        opening=("Telah diselesaikan gangguan jaringan dengan rincian sebagai berikut.",),
        pairs=pairs,
        rows=course(facts),
        closing=(f"Angka dari laporan monitoring dengan sidik sha256 {told['sha256']}.",) if told else (),
        signers=(technician(facts),),
    )


def figures(facts: Facts, told: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The report's figures in words."""
    problem = (("Belum terbaca", str(told["problem"])),) if told["problem"] else ()
    return (
        ("Nomor kasus", str(told["number"])),
        *_course_of(facts, told),
        ("Terputus menurut pemantauan", _minutes(told["measured_minutes"])),
        ("Tidak terukur", _minutes(told["unmeasured_minutes"])),
        ("Unduh sebelum / selama", _pair(told["receive"], _rate)),
        ("Unggah sebelum / selama", _pair(told["transmit"], _rate)),
        ("Waktu tempuh sebelum / sekarang", _pair(told["round_trip"], _milliseconds)),
        ("Pemeriksaan tidak dijawab", _whole(told["lost_rounds"])),
        ("Ketersediaan 30 hari", _available(told)),
        ("Perangkat menyala sejak", "; ".join(f"{name}: {_at(facts, at)}" for name, at in told["booted"]) or "–"),
        *problem,
    )


def timeline(facts: Facts, told: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Changes of the line's state and alerts, in the order of time."""
    turns = [(turn["at"], _STATES[turn["state"]]) for turn in told["turns"]]
    alerts = [
        (one["at"], f"peringatan {one['name']} ({_ALERTS.get(one['status'], one['status'])}): {one['text']}")
        for one in told["alerts"]
    ]
    rows = sorted([*turns, *alerts])
    left_out = [("", f"{len(rows) - MAX_ROWS} perubahan lain tidak dicetak")] if len(rows) > MAX_ROWS else []
    return (("Waktu", "Kejadian"), *((_second(facts, at), text) for at, text in rows[:MAX_ROWS]), *left_out)


def _course_of(facts: Facts, told: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What an outage was, whom it hit and how long."""
    ended = told["ended_at"]
    return (
        ("Gangguan", str(told["root"])),
        ("Penyebab", _CAUSES.get(told["cause"], str(told["cause"]))),
        ("OPD terdampak", ", ".join(facts.names.get(code, code) for code in told["offices"]) or "–"),
        ("Mulai", _at(facts, told["started_at"])),
        ("Pulih", _at(facts, ended) if ended is not None else "belum"),
        ("Lamanya", _minutes(told["minutes"])),
    )


def _found(facts: Facts) -> str:
    """What every physical check found, round by round."""
    checks = [record for record in facts.case.records if record.content and "temuan" in record.content]
    return "; ".join(
        f"putaran {record.round}: {(record.content or {}).get('perangkat', '')} – {(record.content or {})['temuan']}"
        for record in checks
    )


def _contacts(facts: Facts) -> str:
    """Every time the ISP was asked: when, who, its ticket and its answer."""
    said = [
        f"{moment(facts.local(event.occurred_at))}: "
        + ", ".join(str(event.data[key]) for key in ("isp", "isp_ticket", "answer") if event.data.get(key))
        for event in facts.history
        if event.kind == "isp_contact"
    ]
    form = facts.case.form
    last = ", ".join(str(form[key]) for key in ("isp", "nomor_tiket_isp") if form.get(key))
    return "; ".join([*said, *([last] if last else [])])


def _credit(facts: Facts, told: Mapping[str, Any]) -> str:
    """What may be claimed from the ISP: only for its own line, and only what was measured."""
    if not told.get("circuit") and not told.get("provider"):
        return "bukan tautan ISP"
    line = f"{told['provider']}, sirkuit {told['circuit'] or '–'}"
    ticket = facts.case.form.get("nomor_tiket_isp")
    number = f", tiket {ticket}" if ticket else ""
    return (
        f"{_minutes(told['measured_minutes'])} terputus pada {line}{number}; "
        f"ketersediaan 30 hari {_available(told)}; bandingkan dengan kontrak"
    )


def _at(facts: Facts, seconds: float) -> str:
    return moment(facts.local(datetime.fromtimestamp(seconds, UTC)))


def _second(facts: Facts, seconds: float) -> str:
    return f"{facts.local(datetime.fromtimestamp(seconds, UTC)):%d-%m-%Y %H.%M.%S}"


def _pair(values: tuple[float | None, float | None], say: Any) -> str:
    return " / ".join("tidak terukur" if value is None else say(value) for value in values)


def _rate(value: float) -> str:
    return rate(round(value / 1250) * 1250)


def _milliseconds(value: float) -> str:
    return f"{value * 1000:.1f} ms".replace(".", ",")


def _minutes(value: float | None) -> str:
    return "tidak terukur" if value is None else f"{value:g} menit".replace(".", ",")


def _whole(value: float | None) -> str:
    return "tidak terukur" if value is None else f"{value:.0f} kali"


def _available(told: Mapping[str, Any]) -> str:
    if told["availability"] is None:
        return "tidak terukur"
    share, measured = told["availability"] * 100, (told["availability_measured"] or 0.0) * 100
    return f"{share:.3f} % (terukur {measured:.1f} % dari 30 hari)".replace(".", ",")


def restored(facts: Facts) -> Paper:
    """PKL-G-10: the letter that an outage is over, to every office it hit; its figures are the frozen report's."""
    told = facts.monitored
    return paper(
        facts,
        "surat.typ",
        "surat-penyelesaian-gangguan",
        "Surat Laporan Penyelesaian Gangguan",
        to=_hit(facts, told["offices"] if told else ()),
        subject="Laporan penyelesaian gangguan jaringan",
        opening=("Bersama ini kami laporkan bahwa gangguan jaringan berikut telah selesai ditangani.",),
        pairs=(
            *(_course_of(facts, told) if told else _as_heard(facts)),
            ("Temuan pemeriksaan", _found(facts) or "–"),
            ("Nomor kasus", facts.case.number),
        ),
        closing=("Demikian disampaikan, atas perhatian Saudara kami ucapkan terima kasih.",),
        signers=(head_of_office(facts),),
    )


def _hit(facts: Facts, offices: Sequence[str]) -> str:
    """To whom the letter goes: the offices that were hit, by name where they are few."""
    if not offices:
        return f"Kepala {facts.opd}" if facts.case.opd else "Para Kepala OPD terdampak"
    if len(offices) > MAX_NAMED:
        return f"Para Kepala OPD terdampak ({len(offices)} OPD, tersebut di bawah)"
    return "; ".join(f"Kepala {facts.names.get(code, code)}" for code in offices)


def _as_heard(facts: Facts) -> tuple[tuple[str, str], ...]:
    """What the case itself was told of the outage, where no report of the monitoring is at hand."""
    heard = next((event for event in reversed(facts.history) if event.kind == "connected"), None)
    started, told = facts.case.opened_at, heard.data if heard else {}
    ended = datetime.fromtimestamp(told["ended_at"], UTC) if "ended_at" in told else None
    minutes = told.get("minutes", round((ended - started).total_seconds() / 60, 2) if ended else None)
    return (
        ("Gangguan", facts.case.subject),
        ("Mulai", moment(facts.local(started))),
        ("Pulih", moment(facts.local(ended)) if ended else "tidak terukur"),
        ("Lamanya", _minutes(minutes)),
    )
