"""The reply to a request as a letter: granted, granted in part, refused with the deciding step's reason. Pure."""

from request_tracker.cases.model import Event
from request_tracker.letters.press.facts import Facts, day, head_of_office, incoming, paper, rates, until
from request_tracker.letters.press.model import Paper
from request_tracker.sop.model import Sop, Target

GRANTED, WITHDRAWN = "selesai", "dibatalkan"
AGAINST = "belum_disarankan"
UNSAID = "Menurut hasil pemeriksaan, bandwidth yang diminta tidak tersedia."


def reply(facts: Facts) -> Paper:
    """The reply letter (BTM-07, PKL-B-06); before anything is decided it says that the request is being handled."""
    said, pairs = _answer(facts)
    number, dated, _ = incoming(facts)
    asked = f"surat Saudara nomor {number}" if number else "permohonan Saudara"
    on = dated or (day(facts.local(facts.case.opened_at)) if not number else "")
    about = f"{asked} tanggal {on}" if on else asked
    opening = (
        f"Menindaklanjuti {about} hal {facts.case.subject}, dengan ini kami sampaikan bahwa permohonan tersebut {said}",
    )
    return paper(
        facts,
        "surat.typ",
        "surat-balasan",
        "Surat Balasan",
        to=f"Kepala {facts.opd}",
        subject=f"Jawaban atas {facts.case.subject}",
        opening=opening,
        pairs=pairs,
        closing=("Demikian kami sampaikan. Atas perhatian dan kerja sama Saudara, kami ucapkan terima kasih.",),
        signers=(head_of_office(facts),),
    )


def refused(facts: Facts) -> bool:
    """True where the case has ended without what was asked, or its last decision leads to such an end."""
    if facts.case.ending is not None:
        return facts.case.ending not in (GRANTED, WITHDRAWN)
    last = deciding(facts)
    step = facts.sop.steps.get(last.step or "") if last else None
    target = step.decision.get(str(last.data["label"])) if step and last else None
    return target is not None and _end_of(facts.sop, target) not in (GRANTED, None)


def reason(facts: Facts) -> str:
    """Why it was refused: what the deciding step's signers wrote, else why its frozen evidence advised against it.

    Notes of other steps never count: a superior's remark on the draft is not a reason to the office (BTM-07, KTM-06).
    """
    decision = deciding(facts)
    if decision is None:
        return UNSAID
    visit = _visit(facts, decision)
    notes = [str(one.data["note"]) for one in visit if one.kind == "signed" and one.data.get("note")]
    papers = (one.data.get("content") or {} for one in visit if one.kind == "document_added")
    frozen = [str(one["reason"]) for one in papers if one.get("verdict") == AGAINST and one.get("reason")]
    return next(reversed([*frozen, *notes]), UNSAID)


def deciding(facts: Facts) -> Event | None:
    """The last decision of the case; None where its SOP has none, or nobody has decided yet."""
    return next((event for event in reversed(facts.history) if event.kind == "decided"), None)


def _answer(facts: Facts) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What is said of the request, and the facts under it."""
    granted, wanted = facts.allocation, facts.case.form.get("wanted_receive")
    if facts.case.ending == WITHDRAWN:
        return "telah dibatalkan oleh pemohon.", ()
    if refused(facts):
        return "belum dapat kami penuhi.", (("Alasan", reason(facts)),)
    if granted is None:
        return "sedang kami proses.", (("Nomor kasus", facts.case.number),)
    part = " sebagian" if wanted and granted.receive_ceiling < int(wanted) else ""
    return f"kami penuhi{part}, dengan alokasi sebagai berikut:", (*rates(granted), *until(facts))


def _visit(facts: Facts, decision: Event) -> list[Event]:
    """The events of the deciding step since it was last entered, up to the decision."""
    mine = [event for event in facts.history if event.step == decision.step and event.seq < decision.seq]
    entered = [place for place, event in enumerate(mine) if event.kind == "step_entered"]
    return mine[entered[-1] :] if entered else mine


def _end_of(sop: Sop, target: Target) -> str | None:
    """The end a target leads to by itself; None where another decision lies between."""
    seen: set[str] = set()
    while target.step and target.step not in seen:
        seen.add(target.step)
        following = sop.step(target.step).next
        if following is None:
            return None
        target = following
    return target.end
