"""Who stands under a paper: the facts of a case in; signers with name, rank and what stands for the ink out. Pure."""

from datetime import timedelta

from request_tracker.cases.model import Event
from request_tracker.cases.signing import PASSWORD, SCAN
from request_tracker.letters.press.facts import Facts, signer_name, signer_of
from request_tracker.letters.press.model import Signer
from request_tracker.letters.press.wording import moment
from request_tracker.people.details import PrintedPerson

# A signature that was recorded later than this after its moment was made on paper and written down afterwards; a page
# that is sent takes seconds.
AFTERWARDS = timedelta(minutes=1)
# What was signed before names stood in the events shows the account's name of today.
UNRECORDED = " (nama saat ini; nama dan jabatan saat itu tidak tercatat)"


def head_of_office(facts: Facts) -> Signer:
    """Who signed as the head of the office last, in whose place; a blank line where nobody has."""
    event = head_signature(facts)
    if event is None:
        return Signer("Kepala Dinas")
    behalf = f"a.n. {facts.name_of(event.in_place_of)}" if event.in_place_of else ""
    signer = signer_of(facts, event)
    return Signer("Kepala Dinas", signer.name, behalf=behalf, under=under(signer))


def head_signature(facts: Facts) -> Event | None:
    """The last signature in the lane of the head of the office."""
    signatures = (event for event in reversed(facts.history) if event.kind == "signed" and event.lane)
    return next((event for event in signatures if facts.sop.role(str(event.lane)) == "head_of_office"), None)


def mark(facts: Facts, event: Event) -> str:
    """What stands for the ink: which kind of signature, and when."""
    kind, _, name = event.signer.partition(":")
    at = moment(facts.local(event.occurred_at))
    if event.recorded_from_paper or event.written_at - event.occurred_at > AFTERWARDS:
        return f"Ditandatangani di kertas {at}; dicatat {facts.name_of(event.actor)}"
    signature = event.data.get("signature") or {}
    if signature.get("kind") == SCAN:
        return f"Ditandatangani di kertas; pindaian diterima {at}, sidik {signature['sha256'][:16]}"
    account = f"akun {signer_name(facts, event)}{UNRECORDED if event.lacks_signatory else ''}"
    if signature.get("kind") == PASSWORD:
        return f"Disetujui dalam pelacak dengan {account}, sandi diminta ulang, {at}"
    if kind == "user":
        return f"Ditandatangani dalam pelacak dengan {account}, {at}"
    if kind in ("contact", "public"):
        return f"Ditandatangani lewat tautan rahasia pemohon, {at}"
    return f"Ditandatangani oleh {name or kind}, {at}"


def technician(facts: Facts) -> Signer:
    """The technician named on the case, with what papers print of him; a blank line where nobody is."""
    if facts.case.assignee is None:
        return Signer("Pelaksana")
    return Signer("Pelaksana", facts.name_of(facts.case.assignee), under=under(facts.person_of(facts.case.assignee)))


def under(person: PrintedPerson) -> tuple[str, ...]:
    """Position, rank and NIP, each where it is known."""
    lines = (person.position, person.rank, f"NIP {person.nip}" if person.nip else "")
    return tuple(line for line in lines if line)
