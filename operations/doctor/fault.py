"""What a check finds: what is wrong and what cures it, or what it saw where all is well; in Indonesian and English."""

from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong on the way of the data; the second of each pair is English.

    ``note``: nothing fails for it, or nobody can say; it ends neither the way nor the command.
    """

    wrong: Pair
    cure: Pair
    note: bool = False


@dataclass(frozen=True)
class Assurance:
    """All is well, and this is what says so: from whom flows come, how long the disk lasts."""

    said: Pair


Finding = Fault | Assurance | None
