"""An outage as its papers say it: the monitoring's frozen report and the case in, pairs and sentences out. Pure.

Figures come from the frozen report, never from this moment; what was not measured is said.
"""

from collections.abc import Mapping
from typing import Any

from request_tracker.letters.press.facts import Facts
from request_tracker.letters.press.figures import moment_of
from request_tracker.words.labels import phrase

CAUSES = {
    "link_down": "tautan mati",
    "device_down": "perangkat mati",
    "silent": "tautan menyala, tidak ada yang lewat",
    "unreachable": "tidak menjawab",
}


def outage_course(facts: Facts, report: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What an outage was, whom it hit and how long."""
    ended = report["ended_at"]
    return (
        ("Gangguan", str(report["root"])),
        ("Gejala", CAUSES.get(report["cause"], str(report["cause"]))),
        ("OPD terdampak", ", ".join(facts.names.get(code, code) for code in report["offices"]) or "–"),
        ("Mulai", moment_of(facts, report["started_at"])),
        ("Pulih", moment_of(facts, ended) if ended is not None else "belum"),
        ("Lamanya", minutes(report["minutes"])),
    )


def findings(facts: Facts) -> str:
    """What every physical check found, round by round; a dash where there was none."""
    checks = ((record.round, record.content or {}) for record in facts.case.records)
    return (
        "; ".join(
            f"putaran {round_}: {content.get('perangkat', '')} – {content['temuan']}"
            for round_, content in checks
            if "temuan" in content
        )
        or "–"
    )


def found_cause(facts: Facts) -> str:
    """The cause that the technician said last, a word of the list."""
    said = [event.data for event in facts.history if event.kind == "cause_found"]
    if not said:
        return "belum diisi"
    return " – ".join(text for text in (phrase(said[-1]["cause"]).indonesian, str(said[-1].get("text") or "")) if text)


def minutes(value: float | None) -> str:
    """``59,5 menit``; the watch sees a cut within seconds, so a tenth of a minute is all that is known."""
    return "tidak terukur" if value is None else f"{round(value, 1):g} menit".replace(".", ",")
