"""The reply to a request as a letter: granted, granted in part, refused with the deciding step's reason. Pure."""

from request_tracker.cases.model import Event
from request_tracker.letters.press.facts import Facts, incoming, paper, rates, until
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.sheets import LETTER
from request_tracker.letters.press.signers import head_of_office
from request_tracker.letters.press.wording import day
from request_tracker.sop.model import Sop, Target

GRANTED, WITHDRAWN = "selesai", "dibatalkan"
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
        return facts.case.ending not in (GRANTED, WITHDRAWN)
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
    allocation, wanted = facts.allocation, facts.case.form.get("wanted_receive")
    if facts.case.ending == WITHDRAWN:
        return "telah dibatalkan oleh pemohon.", ()
    if is_refused(facts):
        return "belum dapat kami penuhi.", (("Alasan", reason(facts)),)
    if allocation is None:
        return "sedang kami proses.", (("Nomor kasus", facts.case.number),)
    part = " sebagian" if wanted and allocation.receive_ceiling < int(wanted) else ""
    return f"kami penuhi{part}, dengan alokasi sebagai berikut:", (*rates(allocation), *until(facts))


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
