"""The reply to a request as a letter: granted, granted in part, refused with the deciding step's reason. Pure."""

from collections.abc import Mapping

from request_tracker.cases.early_end import early_reason, joined_case
from request_tracker.cases.endings import EARLY, WITHDRAWN
from request_tracker.cases.model import Event
from request_tracker.cases.proposing import in_part
from request_tracker.letters.press.facts import Facts, former, incoming, paper, rates, signer_of, until
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.sheets import LETTER
from request_tracker.letters.press.signers import head_of_office
from request_tracker.letters.press.wording import day
from request_tracker.sop.model import Sop, Target

GRANTED = "selesai"
# What was granted, taken back or ended early was not refused.
UNANSWERED = (GRANTED, WITHDRAWN, *EARLY)
AGAINST = "belum_disarankan"
UNSAID = "Menurut hasil pemeriksaan, bandwidth yang diminta tidak tersedia."


def reply(facts: Facts) -> Paper:
    """The reply letter (BTM-07, PKL-B-06); before anything is decided it says that the request is being handled."""
    answer, pairs = _answer(facts)
    opening = (
        f"Menindaklanjuti {_request(facts)} hal {facts.case.subject}, dengan ini kami sampaikan bahwa permohonan "
        f"tersebut {answer}",
    )
    return paper(
        facts,
        LETTER,
        "surat-balasan",
        "Surat Balasan",
        to=f"Kepala {facts.opd}",
        subject=f"Jawaban atas {facts.case.subject}",
        opening=opening,
        pairs=pairs,
        closing=("Demikian kami sampaikan. Atas perhatian dan kerja sama Saudara, kami ucapkan terima kasih.",),
        signers=(head_of_office(facts),),
    )


def _request(facts: Facts) -> str:
    """What is answered: the letter by its number and day, else the request by the day it came."""
    letter = incoming(facts)
    request = f"surat Saudara nomor {letter.number}" if letter.number else "permohonan Saudara"
    on = letter.day or (day(facts.local(facts.case.opened_at)) if not letter.number else "")
    return f"{request} tanggal {on}" if on else request


def is_refused(facts: Facts) -> bool:
    """True where the case has ended without what was asked, or its last decision leads to such an end."""
    if facts.case.ending is not None:
        return facts.case.ending not in UNANSWERED
    decision = last_decision(facts)
    step = facts.sop.steps.get(decision.step or "") if decision else None
    target = step.decision.get(str(decision.data["label"])) if step and decision else None
    return target is not None and _end_of(facts.sop, target) not in (GRANTED, None)


def reason(facts: Facts) -> str:
    """Why it was refused: what the deciding step's signers wrote, else why its frozen evidence advised against it.

    Notes of other steps never count: a superior's remark on the draft is not a reason to the office (BTM-07, KTM-06).
    """
    decision = last_decision(facts)
    if decision is None:
        return UNSAID
    visit = _visit(facts, decision)
    notes = [str(event.data["note"]) for event in visit if event.kind == "signed" and event.data.get("note")]
    contents = (event.data.get("content") or {} for event in visit if event.kind == "document_added")
    against = (content for content in contents if content.get("verdict") == AGAINST)
    advice = [str(content["reason"]) for content in against if content.get("reason")]
    return next(reversed([*advice, *notes]), UNSAID)


def last_decision(facts: Facts) -> Event | None:
    """The last decision of the case; None where its SOP has none, or nobody has decided yet."""
    return next((event for event in reversed(facts.history) if event.kind == "decided"), None)


def _answer(facts: Facts) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What is said of the request, and the facts under it."""
    allocation = facts.allocation
    if facts.case.ending == WITHDRAWN:
        return "telah dibatalkan oleh pemohon.", ()
    if joined := joined_case(facts.case, facts.history):
        because = ("Alasan", early_reason(facts.case, facts.history))
        return "kami tangani bersama permohonan yang sama.", (("Dilanjutkan pada kasus", joined), because)
    if facts.case.ending in EARLY:
        return "tidak kami teruskan.", (("Alasan", early_reason(facts.case, facts.history)),)
    if is_refused(facts):
        return "belum dapat kami penuhi.", (("Alasan", reason(facts)),)
    if allocation is None:
        return "sedang kami proses.", (("Nomor kasus", facts.case.number),)
    part = in_part(facts.case.form, allocation)
    why = (("Alasan", facts.case.proposal.reason),) if part and facts.case.proposal else ()
    lines = (*rates(allocation), *former(_before(facts)), *until(facts), *why, *_decided_by(facts))
    return f"kami penuhi{' sebagian' if part else ''}, dengan alokasi sebagai berikut:", lines


def _before(facts: Facts) -> Mapping[str, int] | None:
    """What the OPD had before the case changed it; None where it had nothing, or nothing has changed yet."""
    changes = [event.data["before"] for event in facts.history if event.kind == "allocation_applied"]
    return changes[0] if changes else None


def _decided_by(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Who decided the number: whoever set it, with position and day; nobody in a case from before it was signed."""
    proposed = next((e for e in reversed(facts.history) if e.kind == "allocation_proposed"), None)
    if proposed is None:
        return ()
    signed = next(e for e in facts.history if e.kind == "signed" and e.seq > proposed.seq and e.step == proposed.step)
    signer = signer_of(facts, signed)
    person = ", ".join(part for part in (signer.name, signer.position) if part)
    return (("Diputuskan oleh", f"{person}, {day(facts.local(proposed.occurred_at))}"),)


def _visit(facts: Facts, decision: Event) -> list[Event]:
    """The events of the deciding step since it was last entered, up to the decision."""
    here = [event for event in facts.history if event.step == decision.step and event.seq < decision.seq]
    entries = [place for place, event in enumerate(here) if event.kind == "step_entered"]
    return here[entries[-1] :] if entries else here


def _end_of(sop: Sop, target: Target) -> str | None:
    """The end a target leads to by itself; None where another decision lies between."""
    path: set[str] = set()
    while target.step and target.step not in path:
        path.add(target.step)
        following = sop.step(target.step).next
        if following is None:
            return None
        target = following
    return target.end
