"""What a check finds: what is wrong and what cures it, each in Indonesian and English."""

from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong on the way of the data; the second of each pair is English."""

    wrong: Pair
    cure: Pair
