"""The proposal of an allocation as a case holds it: an event in, what stands in the case from there on out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from request_tracker.ledger.allocation import Allocation, AllocationProposal, proposal_of

# What a decision means for the request, in the words of the letters.
GRANTED, IN_PART, REFUSED = "dikabulkan", "dikabulkan_sebagian", "ditolak"


@dataclass(frozen=True)
class ProposalRecord:
    """The proposal that stands: who set it at which step and why, and the hash of the event that says so.

    ``part``: it is less than what the request asks for. ``before``: what the OPD had when it was set.
    """

    proposal: AllocationProposal
    step: str
    signer: str
    reason: str
    part: bool
    hash: str
    before: Allocation | None = None

    def covered(self) -> dict[str, Any]:
        """What a signature says of it, so that the signature's own hash covers the figures."""
        return {**self.proposal.data(), "part": self.part, "proposed": self.hash}


def record_of(data: Mapping[str, Any], step: str, signer: str, hash_: str) -> ProposalRecord:
    """The record of an ``allocation_proposed`` event."""
    before = Allocation(**data["before"]) if data["before"] else None
    return ProposalRecord(proposal_of(data), step, signer, data["reason"], data["part"], hash_, before)
