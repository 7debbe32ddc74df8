"""Which endings are no service: the one place that says whose times and promise count. Pure."""

# A case that should never have begun; with what a requester took back it counts in no time and in no promise.
EARLY = ("rangkap", "bukan_kewenangan", "spam", "uji_coba", "ditarik")
WITHDRAWN = "dibatalkan"
NOT_SERVED = frozenset({*EARLY, WITHDRAWN})


def counts(ending: str | None) -> bool:
    """True where a case's times and promise are the service's; so they are while it is open."""
    return ending not in NOT_SERVED
