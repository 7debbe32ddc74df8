"""What a decision does to all others, as papers say it: a case's history in, one paragraph a line out. Pure.

Only what was frozen with a signature is printed, under its own date; a paper works nothing out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from request_tracker.capacity.known_ceilings import ceiling_notes
from request_tracker.capacity.signed_effects import KIND, SignedEffects, signed_effects
from request_tracker.cases.model import Event
from request_tracker.cases.proposal import REFUSED
from request_tracker.cases.proposing import DECIDERS, proposes
from request_tracker.letters.press.facts import Facts, signer_name
from request_tracker.letters.press.figures import moment_of
from request_tracker.letters.press.wording import measured_rate, moment, percent, rate
from request_tracker.words.labels import phrase

# As many as the page of the case names; an annex of all OPDs of a line is read by nobody.
MOST_NAMES = 5
TITLE = "Pengaruh pada OPD lain"
NONE_SIGNED = (
    f"{TITLE}: tidak ada yang dibekukan bersama tanda tangan, karena belum dihitung atau karena diputuskan di kertas."
)

Answer = Mapping[str, Any]


def effect_lines(facts: Facts) -> tuple[str, ...]:
    """Every effect that was signed, oldest first; that there was none where somebody decided without; else nothing."""
    frozen = [event for event in facts.history if event.kind == "evidence_frozen" and event.data.get("kind") == KIND]
    if frozen:
        return tuple(line for event in frozen for line in _lines(facts, event))
    return (NONE_SIGNED,) if any(_decides(facts, event) for event in facts.history) else ()


def _decides(facts: Facts, event: Event) -> bool:
    """True for a signature by somebody who may set the number of a request."""
    step = facts.sop.steps.get(event.step or "")
    if event.kind != "signed" or facts.sop.kind != "request" or step is None or event.lane is None:
        return False
    return facts.case.opd is not None and facts.sop.role(event.lane) in DECIDERS and proposes(facts.sop, step)


def _lines(facts: Facts, event: Event) -> Iterator[str]:
    signed = signed_effects((event,))
    assert signed is not None, "the caller chose the event by its kind"
    answer = signed.answer
    yield _head(facts, event, signed)
    yield (
        f"Pemakaian {answer['days']} hari sampai {moment_of(facts, answer['at'])} pada uplink OPD ini, diputar ulang: "
        "jaminan lebih dahulu, sisanya menurut jaminan sampai batas masing-masing."
        + (f" {answer['unknown']} OPD tanpa alokasi tidak ikut dihitung." if answer["unknown"] else "")
    )
    for way in answer["ways"]:
        yield _way(facts, answer, way)


def _head(facts: Facts, event: Event, signed: SignedEffects) -> str:
    # Beside his signature, in one act: its line has the name that he had then.
    signatures = (e for e in facts.history if e.kind == "signed" and e.actor == event.actor and e.seq < event.seq)
    *_, signature = (event, *signatures)
    on = moment(facts.local(signed.signed_at))
    name = signer_name(facts, signature)
    return f"{TITLE}, dibekukan bersama tanda tangan {name} pada {on} (sidik sha256 {signed.sha256})."


def _way(facts: Facts, answer: Answer, way: Answer) -> str:
    name = phrase(way["way"]).indonesian.capitalize()
    measured = (
        f"terukur {percent(way['measured'])} dari waktu OPD ini, {percent(way['measured_all'])} dari waktu semua OPD"
    )
    if not way["effects"]:
        least = answer["least_measured_percent"]
        return f"{name} ({measured}): belum dapat dinilai; diperlukan paling sedikit {least} % waktu terukur."
    full_hours = way["held_hours"]
    sat = f" OPD ini {full_hours:.0f} jam berada pada batasnya." if full_hours else ""
    sat = " ".join([sat, *(note.indonesian for note in ceiling_notes(way))])
    first, last = way["effects"][0], way["effects"][-1]
    if first["rates"] == last["rates"]:
        return f"{name} ({measured}): tidak diminta berubah; uplink penuh {_hours(last['replay']['full'])}.{sat}"
    return f"{name} ({measured}):{sat} " + " ".join(_effect(facts, effect) for effect in way["effects"])


def _effect(facts: Facts, effect: Answer) -> str:
    """One decision: who gets more, who gets less, how long the line is full, and whose guarantee it would take."""
    changes, full = effect["replay"]["changes"], _hours(effect["replay"]["full"])
    begin = f"{phrase(effect['decision']).indonesian.capitalize()} {rate(effect['rates']['ceiling'])}:"
    if effect["decision"] == REFUSED:
        said = f"{begin} tetap seperti sekarang; uplink penuh {full}."
    else:
        more = _named(facts, changes, "gains", lambda change: "")
        less = _named(facts, changes, "loses", lambda change: f", paling banyak {measured_rate(change['most_lost'])}")
        said = f"{begin} bertambah {more}; berkurang {less}; uplink penuh {full}."
    if not effect["lacking"]:
        return said
    sources = [f"{facts.names.get(r['opd'], r['opd'])} {rate(r['unused'])}" for r in effect["reclaim"]]
    return f"{said} Jaminan kurang {rate(effect['lacking'])}; dapat ditarik dari: {', '.join(sources) or 'tidak ada'}."


def _named(facts: Facts, changes: Sequence[Answer], key: str, more: Callable[[Answer], str]) -> str:
    touched = sorted((c for c in changes if c[key]["high"]), key=lambda c: -c[key]["high"])
    names = [f"{facts.names.get(c['opd'], c['opd'])} ({_hours(c[key])}{more(c)})" for c in touched[:MOST_NAMES]]
    rest = [f"{len(touched) - MOST_NAMES} OPD lain"] if len(touched) > MOST_NAMES else []
    return ", ".join([*names, *rest]) or "tidak ada"


def _hours(span: Answer) -> str:
    low, high = f"{span['low']:.0f}", f"{span['high']:.0f}"
    return f"{low} jam" if low == high else f"{low} sampai {high} jam"
