"""The chain of calls as figures: tickets, calls made and the roster in; families for Prometheus out.

By role, never by person. The chain is the tracker's alone; other programs see here where it stands.
"""

from collections.abc import Iterator
from datetime import datetime

from request_tracker.outages.follow import AGAIN
from request_tracker.people.roster import on_duty
from request_tracker.store.database import Store
from runtime.families import Family, family
from runtime.metrics import PREFIX, Metric

# The levels of the chain that name a rank of duty.
RANKS = (1, 2)
STAGE = Metric(
    f"{PREFIX}outage_escalation_stage",
    "gauge",
    "Levels of the chain that were called for a lasting outage; 0 until the first call.",
    ("root", "ticket"),
)
TAKEN = Metric(
    f"{PREFIX}outage_taken_info",
    "gauge",
    "Always 1; a role of whoever took a lasting outage on.",
    ("ticket", "role"),
)
DUTY = Metric(
    f"{PREFIX}duty_filled",
    "gauge",
    "1 where the roster names somebody now; else all of the role are called.",
    ("rank",),
)
CHAIN_METRICS = (STAGE, TAKEN, DUTY)
_STAGES = (
    "SELECT t.root, t.number, count(e.level) AS stage FROM tickets t LEFT JOIN escalations e"
    # Repetitions carry a mark; estimates and calls to the ISP begin otherwise than a role and its rank.
    " ON e.ticket = t.number AND e.level NOT LIKE ? AND e.level NOT LIKE 'eta:%' AND e.level NOT LIKE 'call:%'"
    " WHERE t.ended_at IS NULL GROUP BY t.id"
)
_TAKEN = (
    "SELECT t.number, r.role FROM tickets t JOIN user_roles r ON t.acknowledged_by = 'user:' || r.user_id"
    " WHERE t.ended_at IS NULL AND t.acknowledged_at IS NOT NULL"
)


def chain_figures(store: Store, now: datetime) -> Iterator[Family]:
    """Where the chain of each lasting outage stands, and whether somebody is on duty."""
    stages = store.rows(_STAGES, [f"%{AGAIN}%"])
    yield family(STAGE, [((row["root"], row["number"]), row["stage"]) for row in stages])
    yield family(TAKEN, [((row["number"], row["role"]), 1) for row in store.rows(_TAKEN)])
    yield family(DUTY, [((str(rank),), int(on_duty(store, rank, now) is not None)) for rank in RANKS])
