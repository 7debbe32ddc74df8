"""Lembar Disposisi (X-DSP): the letter's facts, the boxes an official ticks, every instruction, who signed. Pure.

What the case knows is filled in and ticked; the rest stands as an empty box or a dash, to be filled in by hand.
Behind it stands what was signed of the effect on the others.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from request_tracker.cases.model import Event
from request_tracker.letters.press.effects import effect_lines
from request_tracker.letters.press.facts import Facts, incoming, paper, signer_name, signer_of, step_text
from request_tracker.letters.press.model import Paper, Signer
from request_tracker.letters.press.sheets import Sheet
from request_tracker.letters.press.signers import head_signature, mark, under
from request_tracker.letters.press.wording import day, short

SHEET, HALF_SHEET = Sheet(template="disposisi.typ"), Sheet(template="disposisi-setengah.typ")
URGENCY = {"sangat_segera": "Sangat segera", "segera": "Segera", "rahasia": "Rahasia", "biasa": "Biasa"}
WISHES = ("Tanggapan dan saran", "Proses lebih lanjut", "Koordinasi/konfirmasi", "Untuk diketahui")
EMPTY_BOX, TICKED_BOX = "☐", "☒"


def disposition(facts: Facts, half: bool = False) -> Paper:
    """The sheet on A4, or on half a folio."""
    signatures = [event for event in facts.history if event.kind == "signed" and _official(facts, event)]
    head, effects = head_signature(facts), effect_lines(facts)
    return paper(
        facts,
        HALF_SHEET if half else SHEET,
        "lembar-disposisi",
        "Lembar Disposisi",
        at=head.occurred_at if head else None,
        pairs=(*_letter(facts), *_boxes(facts)),
        rows=tuple(_instruction(facts, event) for event in signatures),
        signers=(_head(facts),),
        # A page of its own behind the sheet: on half a folio there is no room for who gains and who loses.
        closing=effects,
        annex=len(effects) if len(effects) > 1 else 0,
        copies=(),
    )


def _letter(facts: Facts) -> tuple[tuple[str, str], ...]:
    case, letter = facts.case, incoming(facts)
    registered = case.letter("masuk")
    received = datetime.fromisoformat(registered.received_on) if registered else case.opened_at
    eoffice = f" (SRIKANDI {registered.eoffice})" if registered and registered.eoffice else ""
    return (
        ("Surat dari", facts.opd),
        ("Diterima tanggal", day(facts.local(received))),
        ("Nomor surat", letter.number),
        ("Nomor agenda", f"{letter.agenda}{eoffice}"),
        ("Tanggal surat", letter.day),
        ("Nomor kasus", case.number),
        ("Perihal", case.subject),
    )


def _boxes(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Urgency, to whom it is passed on and what is asked of them; ticked by a sheet on paper or by the course."""
    sheets = (event.data["from_paper"] for event in facts.history if event.data.get("from_paper"))
    sheet: Mapping[str, Any] = next(sheets, {})
    urgency = "   ".join(_box(name, sheet.get("sifat") == key) for key, name in URGENCY.items())
    entries = {event.step for event in facts.history if event.kind == "step_entered"}
    officials = dict.fromkeys(
        lane
        for step in facts.sop.steps.values()
        for lane in step.lanes
        if facts.sop.role(lane) in ("head_of_division", "head_of_section")
    )
    reached = {lane for step in facts.sop.steps.values() if step.id in entries for lane in step.lanes}
    lanes = [_box(facts.sop.lanes[lane].name, lane in reached) for lane in officials]
    written = [_box(str(sheet["diteruskan_kepada"]), True)] if sheet.get("diteruskan_kepada") else []
    wish = str(sheet.get("harap") or "")
    wishes = [_box(name, name.lower() in wish.lower()) for name in WISHES]
    other = [_box(wish, True)] if wish and wish.lower() not in map(str.lower, WISHES) else [_box("…………………", False)]
    return (
        ("Sifat", urgency),
        ("Diteruskan kepada Sdr.", "\n".join([*written, *lanes])),
        ("Dengan hormat harap", "\n".join([*wishes, *other])),
    )


def _box(name: str, ticked: bool) -> str:
    return f"{TICKED_BOX if ticked else EMPTY_BOX} {name}"


def _instruction(facts: Facts, event: Event) -> tuple[str, ...]:
    """Who, by which office and for whom; what he wrote; when; on paper or in the tracker."""
    behalf = f" a.n. {facts.name_of(event.in_place_of)}" if event.in_place_of else ""
    office = facts.sop.lanes[str(event.lane)].name
    where = "di kertas" if event.recorded_from_paper else "dalam pelacak"
    instruction = str(event.data.get("note") or step_text(facts, event.step))
    on = short(facts.local(event.occurred_at))
    return (f"{signer_name(facts, event)}{behalf}\n{office}", instruction, on, where)


def _head(facts: Facts) -> Signer:
    """The head's block: who really signed, on whose behalf, when and how; blank until then."""
    event = head_signature(facts)
    if event is None:
        return Signer("Kepala Dinas")
    behalf = f"a.n. {facts.name_of(event.in_place_of)}" if event.in_place_of else ""
    signer = signer_of(facts, event)
    return Signer("Kepala Dinas", signer.name, behalf=behalf, under=under(signer), mark=mark(facts, event))


def _official(facts: Facts, event: Event) -> bool:
    return event.lane is not None and facts.sop.role(event.lane).startswith("head_of")
