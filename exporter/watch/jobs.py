"""The watch's table of jobs: its pieces in; rounds, senders, and what failed where nobody waits, out."""

from functools import partial

from exporter.watch.rounds import Watch
from exporter.watch.trap_polls import TrapPolls
from exporter.watch.traps import Traps
from runtime.jobs import Job, Jobs
from runtime.supervision import JobTasks

PART = "watch"
# Pieces that work when something comes (an answer, a trap) note what fails; this often it is looked at and told.
CHECK_SECONDS = 5.0
# Looking for where loss and delay begin costs some milliseconds with 500 lines; the window it looks at is five minutes.
LOSSES_SECONDS = 5.0


def watch_jobs(watch: Watch, trap_polls: TrapPolls, traps: Traps, interval: float) -> Jobs:
    """The table; a round each ``interval`` seconds."""
    table = (
        Job("rounds", interval, partial(watch.turn, interval)),
        Job("losses", LOSSES_SECONDS, watch.find_ill),
        *watch.sender.jobs(),
        Job("answers", CHECK_SECONDS, watch.prober.faults.tell),
        Job("causes", CHECK_SECONDS, watch.incidents.refining.tell),
        Job("traps", CHECK_SECONDS, traps.check),
        Job("trap_polls", CHECK_SECONDS, trap_polls.faults.tell),
    )
    return Jobs(PART, table)


def tasks_of(jobs: Jobs, watch: Watch) -> JobTasks:
    """The tasks of the table, which the watch and the sender wake when something changed."""
    tasks = JobTasks(jobs)
    watch.wake, watch.sender.wake = partial(tasks.hurry, "rounds"), tasks.hurry
    return tasks
