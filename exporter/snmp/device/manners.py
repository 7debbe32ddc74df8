"""What has been learnt of one agent: how much it carries at once, what it lacks, refused or never answers. Pure.

An object that was there and is gone, and one that the agent answers with an error, is asked again: at the next poll,
then ever more seldom. What an agent lacked from the beginning is asked for when it is learnt anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from exporter.snmp.device.objects import NAME_OF, SYS_UPTIME
from exporter.snmp.engines.interface import MAX_VARBINDS, WalkHabits
from exporter.snmp.wire.message import REPETITIONS

# sysUpTime, an identity and one of its objects: with less, nothing is learnt of an interface.
SMALLEST = 3
# Polls between two askings for what is lost: at a scrape every 15 seconds no more than eight minutes.
_MOST_POLLS = 32
# A column that answered before is believed to be only hindered until it has failed so often in a row.
_HINDERED = 3
# A column that is left is tried again after 1, 2, 4 ... learnings, at most so many; at ten minutes each, six hours.
LEFT_LEARNINGS = 36


@dataclass
class Manners:
    """How many varbinds the agent carries, which objects it lacks or refused one by one, which columns are left.

    ``uptime`` is None until sysUpTime was asked for alone, then whether the agent has it. ``settled`` is set when what
    was learnt has been read once: what is missing from then on was there before.
    """

    varbinds: int = MAX_VARBINDS
    missing: set[str] = field(default_factory=set)
    refused: int = 0
    uptime: bool | None = None
    settled: bool = False
    lost: dict[str, tuple[int, int]] = field(default_factory=dict)
    columns: "Columns" = field(default_factory=lambda: Columns())

    @property
    def plain(self) -> bool:
        """Whether there is nothing to say of the agent, as of most."""
        return self.varbinds == MAX_VARBINDS and self.uptime is not False and not self.columns.left

    def smaller(self, tried: int) -> None:
        """Remember that ``tried`` varbinds were too many."""
        self.varbinds = max(SMALLEST, min(self.varbinds, tried) // 2)

    def lacks(self, oids: Iterable[str], by_error: bool = False) -> None:
        """Remember what did not come; what was there before, or came as an error, is asked again."""
        oids = set(oids)
        self.missing |= oids
        for oid in oids if self.settled or by_error else ():
            wait = self.lost.get(oid, (0, 0))[0]
            # Doubled each time: 1, 2, 4 polls.
            wait = min(2 * wait or 1, _MOST_POLLS)
            self.lost[oid] = (wait, wait)

    def before_poll(self) -> None:
        """Count down to the next asking for what is lost."""
        for oid, (wait, left) in self.lost.items():
            self.lost[oid] = (wait, left - 1)
            if left <= 1:
                self.missing.discard(oid)

    def after_poll(self, values: Iterable[str]) -> None:
        """Forget the loss of what came back; what was learnt has been read once."""
        for oid in self.lost.keys() & set(values) if self.lost else ():
            del self.lost[oid]
        self.settled = True

    def before_learning(self) -> None:
        """Learnt anew: an agent that was updated may have objects that it lacked before."""
        self.missing.clear()
        self.lost.clear()
        self.settled = False
        self.columns.before_learning()
        if self.uptime is False:
            self.missing.add(SYS_UPTIME)


@dataclass
class Columns:
    """Columns of a table that the agent never answers, left out so that the others are read."""

    answered: set[str] = field(default_factory=set)
    failed: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)

    def before_learning(self) -> None:
        """Columns that were left long ago are tried again."""
        self.left = {column: learnings - 1 for column, learnings in self.left.items() if learnings > 1}

    def came(self, column: str) -> None:
        """The column was answered."""
        self.answered.add(column)
        self.failed.pop(column, None)

    def leave(self, column: str) -> bool:
        """Whether a column that failed is left: at once where it never answered, else when it fails again and again."""
        self.failed[column] = times = self.failed.get(column, 0) + 1
        if column in self.answered and times < _HINDERED:
            return False
        self.left[column] = min(2 ** (times - 1), LEFT_LEARNINGS)
        return True


def oddities_of_agent(manners: Manners, habits: WalkHabits) -> dict[str, list[str]]:
    """What had to be worked around of the agent itself: by the name of the quirk, the words for a person."""
    without = "reboots, jumps and the time of changes are not seen"
    oddities = {
        "small_requests": [f"{manners.varbinds} varbinds"] if manners.varbinds < Manners.varbinds else [],
        "no_sys_uptime": [without] if manners.uptime is False else [],
        "column_unanswered": [NAME_OF.get(column, column) for column in manners.columns.left],
        "short_walks": [f"{habits.repetitions} rows at once"] if habits.repetitions < REPETITIONS else [],
        "table_out_of_order": sorted(NAME_OF.get(column, column) for column in habits.unordered),
        "answers_from_elsewhere": sorted(habits.elsewhere),
    }
    return oddities


def quirks_of_agent(manners: Manners, habits: WalkHabits) -> tuple[str, ...]:
    """The same as names alone, the label values of ``lebarpita_snmp_quirk``."""
    if manners.plain and habits.plain:
        return ()
    return tuple(quirk for quirk, words in oddities_of_agent(manners, habits).items() if words)
