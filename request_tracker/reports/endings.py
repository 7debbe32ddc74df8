"""Which cases count in times and promises: the one place where reports ask that of an ending. Pure.

A case that its requester took back, or that never was one, has no time that anybody promised.
"""

from request_tracker.cases.model import NOT_SERVED


def counts(ending: str | None) -> bool:
    """True where a case's times and promise are the service's; so they are while it is open."""
    return ending not in NOT_SERVED
