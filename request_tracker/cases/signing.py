"""Which papers a signature puts a name under, and the kinds of signature (BTM-09). Pure.

``password``: approved in the tracker, the password asked again; ``scan``: signed by hand, the scan handed in; ``link``:
by the requester's secret link, with name and position typed. BSrE's certificates are not built in.
"""

from request_tracker.cases.model import EMPTY, Case, Data, Who
from request_tracker.sop.model import Document, Sop, Step

PASSWORD, SCAN, LINK = "password", "scan", "link"
KINDS = frozenset({PASSWORD, SCAN, LINK})


def signed_by(who: Who, role: str) -> Data:
    """What a signature says of its signer beside the reference: an account's name, position and role as they are now.

    A requester without an account has none: his name is personal data and stays outside the events.
    """
    return {"signed_by": {"name": who.name, "position": who.position, "role": role}} if who.name else EMPTY


def formal(sop: Sop, step: Step, lane: str) -> tuple[Document, ...]:
    """The papers of the step that carry this lane's signature (``tanda_tangan``)."""
    return tuple(sop.documents[key] for key in step.outputs if lane in sop.documents[key].signatures)


def unsigned(case: Case, sop: Sop) -> tuple[str, ...]:
    """The lanes whose signature the paper at hand still lacks: one is not enough."""
    lanes = []
    for open_step in case.open_steps:
        step, done = sop.step(open_step.id), {lane for lane, _ in open_step.signed}
        lanes += [lane for lane in step.lanes if lane not in done and formal(sop, step, lane)]
    return tuple(lanes)
